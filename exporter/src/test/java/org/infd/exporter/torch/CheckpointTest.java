package org.infd.exporter.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  @TempDir Path folder = Path.of("");

  @Test
  void readsArgumentsAndTensorsBack() throws IOException {
    var file = folder.resolve("last-model.pth");
    Map<String, @Nullable Object> args = new LinkedHashMap<>();
    args.put("z_shape", List.of(3, 64, 64));
    args.put("quantizer", true);
    args.put("z_dp", Map.of("linear_beta_start", 0.0015));
    args.put("encoder", null);
    args.put("large", 5_000_000_000L);
    args.put("negative", -7);
    var values = new float[] {1, 2, 3, 4, 5, -6.5f};
    Map<String, TensorSource> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", TensorSource.of(new long[] {2, 3}, values));
    for (var type : List.of(DataType.F16, DataType.BF16, DataType.F64)) {
      tensors.put("a." + type, TensorSource.of(type, new long[] {3, 2}, values));
    }
    tensors.put("a.count", TensorSource.of(DataType.I64, new long[0], 7));
    tensors.put("a.bytes", TensorSource.of(DataType.U8, new long[] {2}, 3, 200));
    TorchFileWriter.write(file, TorchFileWriter.infd(args, tensors));

    try (var checkpoint = Checkpoint.open(file)) {
      assertEquals("infd", checkpoint.modelName());
      assertEquals(OptionalLong.of(10), checkpoint.iteration());
      assertEquals(10L, checkpoint.cfg().get("max_iter"));
      assertEquals(List.of(3L, 64L, 64L), checkpoint.modelArgs().get("z_shape"));
      assertEquals(Map.of("linear_beta_start", 0.0015), checkpoint.modelArgs().get("z_dp"));
      assertEquals(5_000_000_000L, checkpoint.modelArgs().get("large"));
      assertEquals(-7L, checkpoint.modelArgs().get("negative"));
      assertTrue(checkpoint.placeholders().isEmpty());
      assertEquals(List.copyOf(tensors.keySet()), List.copyOf(checkpoint.stateDict().keySet()));
      for (var tensor : checkpoint.stateDict().values()) {
        tensor.verify();
        assertTrue(tensor.isContiguous());
        if (!tensor.type().isInteger()) {
          assertArrayEquals(values, tensor.toFloats(), tensor.name());
        }
      }
      assertArrayEquals(new long[] {7}, get(checkpoint, "a.count").toLongs());
      assertArrayEquals(new long[] {3, 200}, get(checkpoint, "a.bytes").toLongs());
      assertArrayEquals(new long[0], get(checkpoint, "a.count").shape());
      var part = new float[4];
      get(checkpoint, "a.weight").copyTo(3, part, 1, 2);
      assertArrayEquals(new float[] {0, 4, 5, 0}, part);
    }
  }

  @Test
  void unwrapsConfigNodesInTheConfigurationOnly() throws IOException {
    var file = folder.resolve("m.pth");
    var pickle =
        PickleBytes.protocol2()
            .raw("}(")
            .text("cfg")
            .raw("}(")
            .text("sides")
            .global("omegaconf.listconfig", "ListConfig")
            .raw(")\u0081}")
            .text("_content")
            .raw("]")
            .global("omegaconf.nodes", "AnyNode")
            .raw(")\u0081}")
            .text("_val")
            .raw("M\0\1sbasb")
            .text("other")
            .global("x", "Y")
            .raw(")\u0081u")
            .text("model")
            .raw("}(")
            .text("name")
            .text("infd")
            .text("sd")
            .emptyOrderedDict()
            .raw("uu.")
            .bytes();
    Files.write(file, TestZip.checkpoint(pickle).bytes());
    try (var checkpoint = Checkpoint.open(file)) {
      assertEquals(List.of(256L), checkpoint.cfg().get("sides"));
      assertTrue(checkpoint.cfg().containsKey("other"));
      assertNull(checkpoint.cfg().get("other"));
      assertTrue(checkpoint.modelArgs().isEmpty());
      assertTrue(checkpoint.placeholders().contains("x Y"));
    }
  }

  /** Tensors of optimisers may be anything: they are not even looked at. */
  @Test
  void optimisersAreNotTouched() throws IOException {
    var file = folder.resolve("m.pth");
    var pickle =
        PickleBytes.protocol2()
            .raw("}(")
            .text("optimizers")
            .raw("}")
            .text("step")
            .tensor("FloatStorage", "missing", 1L << 60, 0, new long[] {-1}, new long[0])
            .raw("s")
            .text("model")
            .raw("}(")
            .text("name")
            .text("infd")
            .text("args")
            .raw("N")
            .text("sd")
            .emptyOrderedDict()
            .raw("uu.")
            .bytes();
    Files.write(file, TestZip.checkpoint(pickle).bytes());
    try (var checkpoint = Checkpoint.open(file)) {
      assertTrue(checkpoint.stateDict().isEmpty());
      assertTrue(checkpoint.modelArgs().isEmpty());
    }
  }

  @Test
  void refusesAnotherModelByName() throws IOException {
    var file = folder.resolve("other.pth");
    var outer = TorchFileWriter.infd(Map.of(), Map.of());
    outer.put("model", Map.of("name", "liif", "sd", Map.of()));
    TorchFileWriter.write(file, outer);
    var problem = assertThrows(Problem.class, () -> Checkpoint.open(file).close());
    assertTrue(String.valueOf(problem.getMessage()).contains("'liif'"), problem::toString);
  }

  @Test
  void bareStateDictsHaveTheirOwnEntrance() throws IOException {
    var file = folder.resolve("clip.pt");
    TorchFileWriter.write(
        file, Map.of("state_dict", Map.of("module.w", TensorSource.filled(2, 3, 4))));
    assertThrows(Problem.class, () -> Checkpoint.open(file).close());
    try (var weights = Checkpoint.openStateDict(file)) {
      assertEquals(TensorFile.Format.STATE_DICT, weights.format());
      assertTrue(get(weights, "w").hasShape(3, 4));
      assertFalse(get(weights, "w").hasShape(4, 3));
    }
  }

  private static StoredTensor get(TensorFile file, String name) {
    var tensor = file.stateDict().get(name);
    if (tensor == null) {
      throw new AssertionError(name + " is missing");
    }
    return tensor;
  }
}
