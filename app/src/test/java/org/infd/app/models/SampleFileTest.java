package org.infd.app.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.bundle.BundleCatalog;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFileTest {
  @TempDir private Path home;
  private Path samples;
  private ModelBundle bundle;

  @BeforeEach
  void makeModel() throws IOException {
    var model = home.resolve("assets").resolve("hills");
    TinyBundle.write(model.resolve("bundle"), "hills");
    bundle = ModelBundle.open(model.resolve("bundle"));
    samples = Files.createDirectories(model.resolve("samples"));
  }

  private List<Sample> read(String content) throws IOException {
    Files.writeString(samples.resolve(SampleFile.NAME), content);
    return SampleFile.read(samples, bundle);
  }

  @Test
  void readsRecipes() throws IOException {
    assertEquals(List.of(), SampleFile.read(samples, bundle));
    var read =
        read(
            """
            [{"name": " Lake ", "seed": -7, "prompt": "a lake", "guidance": 2.5},
             {"name": "Anything", "seed": 9223372036854775807}]
            """);
    var lake = read.get(0).recipe();
    assertEquals("Lake", read.get(0).name());
    assertEquals(-7, lake.seed());
    assertEquals("a lake", lake.prompt());
    assertEquals(2.5, lake.guidanceScale());
    assertEquals("hills", lake.model());
    assertEquals(bundle.hash(), lake.modelHash());
    assertNull(read.get(1).recipe().prompt());
    assertEquals(1, read.get(1).recipe().guidanceScale());
    assertEquals(read, new BundleStore(new BundleCatalog(home, home.resolve("data"))).samples());
  }

  @Test
  void saysWhichSampleIsWrongAndHow() throws IOException {
    assertWrong("{", "could not be read as JSON");
    assertWrong("{}", "must be a JSON list of at most 24 samples");
    assertWrong("[1]", "Sample 1 of ", " needs a 'name' of at most 40 characters.");
    assertWrong("[{\"name\": \"A\"}]", "Sample 1 of ", "needs a 'seed', a whole number.");
    assertWrong("[{\"name\": \"A\", \"seed\": 1.5}]", "needs a 'seed', a whole number.");
    assertWrong(
        "[{\"name\": \"A\", \"seed\": 1}, {\"name\": \"A\", \"seed\": 2}]",
        "Sample 2 of ",
        "has the name of another one, 'A'.");
    assertWrong(
        "[{\"name\": \"A\", \"seed\": 1, \"prompt\": 3}]", "has a 'prompt' that is no text");
    assertWrong(
        "[{\"name\": \"A\", \"seed\": 1, \"prompt\": \"x\", \"guidance\": 99}]",
        "has a 'guidance' that is no number from 1 to 10.");
    assertWrong(
        "[{\"name\": \"A\", \"seed\": 1, \"prompt\": \"x\", \"guidance\": \"3\"}]",
        "has a 'guidance' that is no number from 1 to 10.");
  }

  private void assertWrong(String content, String... parts) {
    var message = assertThrows(Problem.class, () -> read(content)).getMessage();
    for (var part : parts) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void aThumbnailOfAnotherRecipeOrModelIsNotShown() throws IOException {
    var list = "[{\"name\": \"Lake\", \"seed\": 7, \"prompt\": \"a lake\"}]";
    var recipe = read(list).getFirst().recipe();
    var file = SampleFile.thumbnail(samples, recipe);
    Files.write(file, new byte[] {1});
    assertEquals(Optional.of(file), read(list).getFirst().thumbnail());
    assertEquals(Optional.empty(), read(list.replace("7", "8")).getFirst().thumbnail());
    Files.writeString(bundle.folder().resolve("render.onnx"), "another graph");
    TinyBundle.write(bundle.folder(), "hills-2");
    bundle = ModelBundle.open(bundle.folder());
    assertEquals(Optional.empty(), read(list).getFirst().thumbnail());
  }

  @Test
  void thumbnailsAreSmall() {
    var noise = new java.util.Random(3);
    var values = new float[3 * SampleThumbnail.SIDE * SampleThumbnail.SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i * 0.01) + 0.1f * noise.nextFloat();
    }
    var rgb = Tensor.of(values, 1, 3, SampleThumbnail.SIDE, SampleThumbnail.SIDE);
    var bytes = SampleThumbnail.jpeg(rgb);
    assertTrue(bytes.length > 1000 && bytes.length <= SampleThumbnail.LARGEST, "" + bytes.length);
  }
}
