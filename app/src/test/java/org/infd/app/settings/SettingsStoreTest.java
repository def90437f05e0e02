package org.infd.app.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.app.tab.SavedTab;
import org.infd.app.viewer.SavedView;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsStoreTest {
  @TempDir private Path folder;

  private SettingsStore store(String content) throws IOException {
    var file = folder.resolve("settings.json");
    Files.writeString(file, content);
    return new SettingsStore(file);
  }

  @Test
  void remembersAll() {
    var settings =
        new Settings(
            new Preferences(
                ThemeMode.DARK,
                Movement.REDUCED,
                NumberStyle.COMMA,
                DeviceWish.CPU,
                PrecisionWish.FULL,
                4096,
                3,
                64 << 20,
                LivePreview.EVERY_FIFTH,
                Below.NOTHING,
                "/home/ada/Bilder"),
            1200,
            800,
            true,
            4096,
            true,
            "/home/ada/Bilder",
            Recipe.builder("m", "aa")
                .seed(-5)
                .steps(30)
                .sampler(SamplerKind.DDIM)
                .eta(0.5)
                .classLabel(3)
                .build(),
            5L << 30,
            List.of(new SavedTab("a lake", "/home/ada/lake.infd", new SavedView(0.5, 0.2, 0.3))),
            0);
    var file = folder.resolve("new").resolve("settings.json");
    new SettingsStore(file).save(settings);
    assertEquals(settings, new SettingsStore(file).load());
  }

  @Test
  void whatIsMissingOrDamagedIsTheDefault() throws IOException {
    assertEquals(Settings.defaults(), new SettingsStore(folder.resolve("none.json")).load());
    for (var damaged :
        new String[] {
          "", "{", "null", "[1]", "{\"preferences\":{\"look\":\"PINK\"}}", "{\"width\":\"wide\"}"
        }) {
      assertEquals(Settings.defaults(), store(damaged).load(), damaged);
    }
    assertEquals(Settings.defaults(), store(" ".repeat(100_000) + "{}").load());
  }

  @Test
  void whatCannotBeIsTheDefault() throws IOException {
    var wild =
        "{\"preferences\":{\"look\":\"DARK\",\"threads\":-1,\"cacheBytes\":7},\"width\":-3,\"height\":1e300,\"exportSide\":-1,\"tab\":-1,\"tabs\":[null,{\"title\":\"x\"}],"
            + "\"recipe\":{\"seed\":4},\"later\":true}";
    assertEquals(
        new Settings(
            new Preferences(
                ThemeMode.DARK,
                Movement.SYSTEM,
                NumberStyle.SYSTEM,
                DeviceWish.AUTO,
                PrecisionWish.AUTO,
                0,
                0,
                Preferences.DEFAULT_CACHE,
                LivePreview.EVERY_STEP,
                Below.INVENTED,
                null),
            0,
            0,
            false,
            0,
            false,
            null,
            null,
            0,
            List.of(),
            -1),
        store(wild).load());
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNoFailure() throws IOException {
    var file = folder.resolve("file");
    Files.writeString(file, "");
    new SettingsStore(file.resolve("settings.json")).save(Settings.defaults());
  }

  private static SavedTab tab(String name) {
    return new SavedTab(name, "/home/ada/" + name + ".infd", null);
  }

  private static Settings with(Settings from, Preferences preferences, List<SavedTab> tabs) {
    return new Settings(
        preferences,
        from.width(),
        from.height(),
        from.maximised(),
        from.exportSide(),
        from.seedLocked(),
        from.folder(),
        from.recipe(),
        from.galleryBytes(),
        tabs,
        0);
  }

  private static Preferences looking(ThemeMode look, String pictures) {
    var usual = Preferences.defaults();
    return new Preferences(
        look,
        usual.movement(),
        usual.numbers(),
        usual.device(),
        usual.precision(),
        0,
        0,
        usual.cacheBytes(),
        usual.preview(),
        usual.below(),
        pictures);
  }

  /** Each window writes what was changed in it, whichever ends last. */
  @Test
  void twoWindowsLoseNothingOfEachOther() {
    var file = folder.resolve("settings.json");
    new SettingsStore(file)
        .save(
            with(Settings.defaults(), looking(ThemeMode.LIGHT, null), List.of(tab("a"), tab("b"))));
    var one = new SettingsStore(file);
    var two = new SettingsStore(file);
    var first = one.load();
    var second = two.load();
    // in one the theme is chosen, in the other a folder; each opens a picture, one closes one
    one.save(with(first, looking(ThemeMode.DARK, null), List.of(tab("b"), tab("c"))));
    two.save(with(second, looking(ThemeMode.LIGHT, "/pictures"), List.of(tab("d"), tab("b"))));
    one.save(with(first, looking(ThemeMode.DARK, null), List.of(tab("b"), tab("c"))));
    var kept = new SettingsStore(file).load();
    assertEquals(ThemeMode.DARK, kept.preferences().look());
    assertEquals("/pictures", kept.preferences().picturesFolder());
    assertEquals(List.of(tab("b"), tab("c"), tab("d")), kept.tabs());
    assertEquals(0, kept.tab());
    // what was closed in the window that had it alone is gone
    two.save(with(second, looking(ThemeMode.LIGHT, "/pictures"), List.of(tab("b"))));
    assertEquals(List.of(tab("b"), tab("c")), new SettingsStore(file).load().tabs());
  }
}
