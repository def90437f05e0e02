package org.infd.exporter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redone boxes, on a small random model with norms: what changes, and what stays bit for bit. */
class RedoTest {
  private static final int SIDE = 128;

  // pixels of SIDE per cell of φ and of the latent, both 8 cells wide
  private static final int CELL = SIDE / 8;

  @TempDir Path folder;

  private ModelBundle bundle() throws IOException {
    var checkpoint = folder.resolve("model.pth");
    TorchFileWriter.write(checkpoint, TorchFileWriter.infd(TinyModel.args(), TinyModel.tensors()));
    var target = folder.resolve("bundle");
    BundleExporter.export(
        checkpoint,
        target,
        ImportOptions.defaults(),
        ProgressListener.none(),
        Cancellation.never());
    return ModelBundle.open(target);
  }

  private static Recipe recipe(ModelBundle bundle, SamplerKind sampler, long seed) {
    return Recipe.builder(bundle.manifest().id(), bundle.hash())
        .seed(seed)
        .steps(5)
        .sampler(sampler)
        .eta(1)
        .build();
  }

  private static Tensor picture(Generator generator, FieldImage image) {
    try (var field = generator.open(image, StatisticsMode.INTERPOLATED, Cancellation.never())) {
      return field.render(SIDE, Rectangle.whole(SIDE), Cancellation.never());
    }
  }

  private static FieldImage redo(
      Generator generator, FieldImage image, double row, double column, Recipe recipe) {
    return generator.redo(
        image, row, column, 0.25, 0.25, recipe, RunListener.none(), Cancellation.never());
  }

  @ParameterizedTest
  @EnumSource(SamplerKind.class)
  void onlyTheBoxAndItsMarginChange(SamplerKind sampler) throws IOException {
    var bundle = bundle();
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      var image =
          generator.generate(recipe(bundle, sampler, 1), RunListener.none(), Cancellation.never());
      var before = picture(generator, image);
      var redone = redo(generator, image, 0, 0, recipe(bundle, sampler, 2));
      assertEquals(new Rectangle(0, 0, 4, 4), redone.layers().getLast().mask());
      var after = picture(generator, redone);
      // cells 0 and 1, the margin to cell 3, a cell of the lookup, and what a pixel sees
      int untouched = 5 * CELL + bundle.manifest().renderer().receptiveRadius();
      int changed = 0;
      for (int i = 0; i < before.elements(); i++) {
        int row = i / SIDE % SIDE;
        int column = i % SIDE;
        if (row >= untouched || column >= untouched) {
          assertEquals(before.get(i), after.get(i), "row " + row + ", column " + column);
        } else if (row < 2 * CELL && column < 2 * CELL) {
          changed += before.get(i) == after.get(i) ? 0 : 1;
        }
      }
      assertTrue(changed > 3 * 4 * CELL * CELL * 0.9, changed + " values of the box changed");

      var file = folder.resolve("redone.infd");
      FieldFile.write(file, redone, null);
      assertArrayEquals(
          after.toArray(), picture(generator, FieldFile.read(file)).toArray(), "from a file");

      var twice = redo(generator, redone, 0.5, 0.5, recipe(bundle, sampler, 3));
      assertEquals(List.of(2, 3), List.of(redone.layers().size(), twice.layers().size()));
      var third = picture(generator, twice);
      for (int i = 0; i < CELL; i++) {
        assertEquals(after.get(i), third.get(i), "the first redone box stays");
      }
    }
  }

  @Test
  void theNewPartKnowsTheRest() throws IOException {
    var bundle = bundle();
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      var image =
          generator.generate(
              recipe(bundle, SamplerKind.DDIM, 1), RunListener.none(), Cancellation.never());
      var z = image.base().z();
      var redone =
          redo(generator, image, 0, 0, recipe(bundle, SamplerKind.DDIM, 2)).layers().getLast().z();
      int differ = 0;
      for (int i = 0; i < z.elements(); i++) {
        boolean covered = i / 8 % 8 < 4 && i % 8 < 4;
        if (!covered) {
          assertEquals(z.get(i), redone.get(i), "what is known is ended on");
        }
        differ += z.get(i) == redone.get(i) ? 0 : 1;
      }
      assertEquals(3 * 16, differ);
    }
  }

  @Test
  void whatCannotBeRedoneIsSaid() throws IOException {
    var bundle = bundle();
    try (var queue = new DeviceQueue(Device.cpu());
        var generator = new Generator(bundle, Device.cpu(), queue)) {
      var recipe = recipe(bundle, SamplerKind.DDIM, 1);
      var image = FieldImage.of(Tensor.zeros(bundle.manifest().latent().shape(1)), recipe);
      for (double[] place : new double[][] {{-0.1, 0}, {0.8, 0}, {0, 0.8}, {Double.NaN, 0}}) {
        var problem =
            assertThrows(Problem.class, () -> redo(generator, image, place[0], place[1], recipe));
        assertTrue(problem.getMessage().contains("does not lie in"), problem.getMessage());
      }
      var outside =
          new FieldImage(
              List.of(
                  image.base(),
                  new FieldImage.Layer(image.base().z(), recipe, new Rectangle(6, 6, 3, 2))));
      var problem = assertThrows(Problem.class, () -> picture(generator, outside));
      assertTrue(problem.getMessage().contains("lies outside"), problem.getMessage());
    }
  }
}
