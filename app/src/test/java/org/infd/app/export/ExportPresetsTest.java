package org.infd.app.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.export.ExportFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportPresetsTest {
  @TempDir private Path folder;
  private final ExportChoices choices = new ExportChoices();

  private ExportPresets presets() {
    return new ExportPresets(folder.resolve("presets.json"), Runnable::run);
  }

  private static List<String> names(ExportPresets presets) {
    return presets.all().stream().map(ExportPreset::title).toList();
  }

  @Test
  void thoseOfTheProgramAreTakenAsTheyAre() {
    assertEquals(
        List.of("Wallpaper 4K", "Print A3 at 300 dpi", "Web page", "16K PNG"), names(presets()));
    for (var preset : ExportPreset.BUILT_IN) {
      preset.use(choices);
      assertTrue(preset.isChosen(choices), preset.title());
      assertEquals("", choices.errorProperty().get());
    }
    var a3 = ExportPreset.BUILT_IN.get(1);
    a3.use(choices);
    assertEquals(4961, choices.widthProperty().get());
    assertEquals(3508, choices.heightProperty().get());
  }

  @Test
  void thoseOfTheUserAreThereAtTheNextStart() {
    choices.formatProperty().set(ExportFormat.BIGTIFF);
    choices.aspectProperty().set(Aspect.PHOTO);
    choices.setLongSide(6000);
    var mine = presets().keep("  For the wall ", choices).orElseThrow();
    assertEquals("For the wall", mine.title());
    var other = new ExportChoices();
    var found = presets().all().getLast();
    found.use(other);
    assertEquals(ExportFormat.BIGTIFF, other.formatProperty().get());
    assertEquals(Aspect.PHOTO, other.aspectProperty().get());
    assertEquals(6000, other.widthProperty().get());
    assertEquals(4000, other.heightProperty().get());
    assertTrue(found.isChosen(other));
    other.setLongSide(3000);
    assertFalse(found.isChosen(other));
  }

  @Test
  void aNameIsTakenOnceAndOneCanBeForgotten() {
    var presets = presets();
    presets.keep("a", choices);
    choices.setLongSide(512);
    presets.keep("a", choices);
    assertEquals(5, presets.all().size());
    assertEquals(512, presets.all().getLast().width());
    assertEquals(
        "This one comes with the program. Give yours another name.", presets.whyNot("16K PNG"));
    assertEquals("Give it a name.", presets.whyNot("  "));
    assertEquals("Give it a shorter name.", presets.whyNot("a".repeat(61)));
    presets.remove(presets.all().getLast());
    presets.remove(presets.all().getFirst());
    assertEquals(4, presets.all().size());
    assertEquals(4, presets().all().size());
  }

  @Test
  void thereAreNotMoreThanCanBeLookedThrough() {
    var presets = presets();
    for (int i = 0; i < ExportPresets.MOST; i++) {
      presets.keep("preset " + i, choices);
    }
    assertEquals("There are many already. Remove one first.", presets.whyNot("one more"));
    assertEquals("", presets.whyNot("preset 3"), "it takes the place of the one before");
    assertTrue(presets.keep("one more", choices).isEmpty());
  }

  @Test
  void whatIsDamagedIsKeptAsideAndPassedOver() throws IOException {
    var file = folder.resolve("presets.json");
    Files.writeString(file, "{ not json");
    assertEquals(4, presets().all().size());
    assertFalse(Files.exists(file));
    try (var aside = Files.list(folder.resolve("damaged"))) {
      assertEquals(1, aside.count());
    }
    presets().keep("good", choices);
    Files.writeString(
        file,
        Files.readString(file)
            .replaceFirst(
                "\\[", "[ null, {}, {\"name\":\"x\",\"width\":-1}, {\"name\":\"16K PNG\"},"));
    assertEquals("good", names(presets()).getLast());
    assertEquals(5, presets().all().size());
  }

  @Test
  void aFileOfANewerProgramIsKeptAside() throws IOException {
    var file = folder.resolve("presets.json");
    Files.writeString(file, "{\"version\": 9, \"presets\": []}");
    assertEquals(4, presets().all().size());
    assertFalse(Files.exists(file));
  }
}
