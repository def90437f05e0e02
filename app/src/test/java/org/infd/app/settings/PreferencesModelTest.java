package org.infd.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.runtime.Device;
import org.junit.jupiter.api.Test;

class PreferencesModelTest {
  private final PreferencesModel model = new PreferencesModel(Preferences.defaults());

  @Test
  void theThemeFollowsTheSystemUntilOneIsChosen() {
    assertEquals(Theme.LIGHT, model.themeProperty().get());
    model.systemDarkProperty().set(true);
    assertEquals(Theme.DARK, model.themeProperty().get());
    model.switchTheme();
    assertEquals(Theme.LIGHT, model.themeProperty().get());
    model.systemDarkProperty().set(false);
    model.switchTheme();
    assertEquals(Theme.DARK, model.themeProperty().get());
    assertEquals(ThemeMode.DARK, model.preferences().look());
    model.themeModeProperty().set(ThemeMode.SYSTEM);
    assertEquals(Theme.LIGHT, model.themeProperty().get());
  }

  @Test
  void movementFollowsTheSystemUntilChosen() {
    assertFalse(model.reducedProperty().get());
    model.systemReducesProperty().set(true);
    assertTrue(model.reducedProperty().get());
    model.movementProperty().set(Movement.FULL);
    assertFalse(model.reducedProperty().get());
    model.systemReducesProperty().set(false);
    model.movementProperty().set(Movement.REDUCED);
    assertTrue(model.reducedProperty().get());
  }

  @Test
  void someOfItWaitsForTheNextStart() {
    model.themeModeProperty().set(ThemeMode.DARK);
    model.picturesFolderProperty().set(Optional.of(Path.of("elsewhere")));
    assertFalse(model.waitsForStart());
    model.threadsProperty().set(1);
    assertTrue(model.waitsForStart());
    model.threadsProperty().set(0);
    model.deviceProperty().set(DeviceWish.CUDA);
    assertTrue(model.waitsForStart());
  }

  @Test
  void whatIsChosenIsRemembered() {
    var chosen =
        new Preferences(
            ThemeMode.DARK,
            Movement.REDUCED,
            NumberStyle.SPACE,
            DeviceWish.CUDA,
            PrecisionWish.FULL,
            2048,
            4,
            64 << 20,
            LivePreview.OFF,
            Below.NOTHING,
            "elsewhere");
    assertEquals(chosen, new PreferencesModel(chosen).preferences());
    assertEquals(Preferences.defaults(), model.preferences());
  }

  @Test
  void numbersAreWrittenAsShown() {
    for (var style : NumberStyle.values()) {
      if (style != NumberStyle.SYSTEM) {
        var written = String.format(style.locale(Locale.ROOT), "%,.1f", 1234.5);
        assertEquals(style.title(), written.replaceAll("[\\u00a0\\u202f]", " "));
      }
    }
    assertEquals(Locale.JAPAN, NumberStyle.SYSTEM.locale(Locale.JAPAN));
  }

  @Test
  void onlyWhatTheRuntimeHoldsIsOffered() {
    assertEquals(List.of(DeviceWish.AUTO, DeviceWish.CPU, DeviceWish.CUDA), model.wishes());
    model.offer(Set.of(Device.Kind.CPU, Device.Kind.DIRECTML));
    assertTrue(model.wishes().contains(DeviceWish.DIRECTML));
    assertFalse(model.wishes().contains(DeviceWish.TENSORRT));
  }
}
