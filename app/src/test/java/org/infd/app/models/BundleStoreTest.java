package org.infd.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleStoreTest {
  @TempDir private Path folder;

  private BundleStore store() {
    return new BundleStore(new BundleCatalog(folder.resolve("home"), folder.resolve("data")));
  }

  private Path installed(String id) {
    return folder.resolve("data").resolve("models").resolve(id);
  }

  @Test
  void tellsWhatModelsAre() throws IOException {
    TinyBundle.write(folder.resolve("home/assets/hills/bundle"), "hills");
    TinyBundle.write(installed("own"), "own");
    Files.createDirectories(installed("broken"));
    var cards = store().list();
    assertEquals(List.of("hills", "broken", "own"), cards.stream().map(ModelCard::id).toList());
    var hills = cards.get(0);
    assertTrue(hills.embedded());
    assertFalse(hills.makesPictures(), "it has no diffusion network");
    assertEquals(
        List.of(
            new ModelCard.Fact("Trained scale", "64 to 512 px"),
            new ModelCard.Fact("Makes", "No pictures by itself"),
            new ModelCard.Fact("Licence", "Apache-2.0"),
            new ModelCard.Fact("Weights", "32 bit")),
        hills.facts());
    assertEquals(
        Files.size(hills.folder().resolve("render.onnx"))
            + Files.size(hills.folder().resolve("bundle.json")),
        hills.bytes());
    assertTrue(cards.get(1).isBroken());
    assertTrue(cards.get(1).problem().contains("bundle.json"), cards.get(1).problem());
  }

  @Test
  void findsWhatWasChangedEachTimeItIsAsked() throws IOException {
    TinyBundle.write(installed("own"), "own");
    var store = store();
    var own = store.list().getFirst();
    assertEquals(2, store.verify(own));
    Files.writeString(installed("own").resolve("render.onnx"), "something else");
    var problem = assertThrows(Problem.class, () -> store.verify(own));
    assertTrue(problem.getMessage().contains("render.onnx was changed"), problem.getMessage());
  }

  @Test
  void countsTheVocabularyOfAClipToo() throws IOException {
    TinyBundle.write(installed("own"), "own");
    var merges = installed("own").resolve("clip-merges.txt.gz");
    Files.writeString(merges, "merges");
    var bundle = ModelBundle.open(installed("own"));
    var clip =
        new Manifest.Clip(
            8,
            4,
            "quick_gelu",
            "render",
            8,
            new Manifest.Vocabulary("clip-merges.txt.gz", ModelBundle.sha256(merges), 514),
            bundle.manifest().source());
    var manifest = bundle.manifest().withClip(clip, bundle.manifest().graphs());
    Files.writeString(installed("own").resolve(ModelBundle.MANIFEST), ModelBundle.toJson(manifest));
    var store = store();
    assertEquals(3, store.verify(store.list().getFirst()));
  }

  @Test
  void removesInstalledModelsOnly() throws IOException {
    TinyBundle.write(folder.resolve("home/assets/hills/bundle"), "hills");
    TinyBundle.write(installed("own"), "own");
    var store = store();
    var cards = store.list();
    assertThrows(Problem.class, () -> store.remove(cards.get(0)));
    store.remove(cards.get(1));
    assertEquals(List.of("hills"), store.list().stream().map(ModelCard::id).toList());
    try (var left = Files.list(store.folder())) {
      assertEquals(0, left.count());
    }
    assertThrows(Problem.class, () -> store.remove(cards.get(1)), "it is gone");
  }

  @Test
  void whatAnEarlierRemovalLeftIsSwept() throws IOException {
    TinyBundle.write(installed("own"), "own");
    var left = store().folder().resolve(".removed-1");
    TinyBundle.write(left, "gone");
    assertEquals(1, store().list().size());
    assertFalse(Files.exists(left));
  }

  @Test
  void aBadCheckpointIsRefusedWithTheImportersSentenceAndLeavesNothing() throws IOException {
    var file = Files.writeString(folder.resolve("notes.pth"), "not a checkpoint");
    var store = store();
    var problem =
        assertThrows(
            Problem.class,
            () ->
                store.importCheckpoint(
                    file,
                    new ModelStore.Wishes("", "", false, ""),
                    (stage, done) -> {},
                    Cancellation.never()));
    assertTrue(problem.getMessage().contains("is a text, not a checkpoint"), problem.getMessage());
    assertEquals(List.of(), store.list());
    var scale =
        assertThrows(
            Problem.class,
            () ->
                store.importCheckpoint(
                    file,
                    new ModelStore.Wishes("x", "", false, "large"),
                    (stage, done) -> {},
                    Cancellation.never()));
    assertTrue(scale.getMessage().contains("no trained scale"), scale.getMessage());
  }
}
