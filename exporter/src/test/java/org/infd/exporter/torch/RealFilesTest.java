package org.infd.exporter.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Files that the official programs wrote: the weights of the golden sets. */
class RealFilesTest {
  @Test
  void readsBothStages() {
    try (var checkpoint = Checkpoint.open(golden("infd-tiny/last-model.pth"))) {
      assertEquals(OptionalLong.of(600_000), checkpoint.iteration());
      assertTrue(checkpoint.placeholders().isEmpty());
      assertEquals(478, checkpoint.stateDict().size());
      assertTrue(get(checkpoint, "encoder.0.conv_in.weight").hasShape(32, 3, 3, 3));
      assertFalse(checkpoint.cfg().isEmpty());
      checkpoint.stateDict().values().forEach(StoredTensor::verify);
    }
    try (var checkpoint = Checkpoint.open(golden("infd-tiny/ae-stage.pth"))) {
      assertTrue(checkpoint.placeholders().contains("omegaconf.listconfig ListConfig"));
      assertTrue(checkpoint.placeholders().contains("typing Any"));
      assertEquals("encoder_vqf4", name(checkpoint));
    }
  }

  private static Object name(Checkpoint checkpoint) {
    return checkpoint.modelArgs().get("encoder") instanceof Map<?, ?> encoder
            && encoder.get("name") instanceof String name
        ? name
        : "";
  }

  @Test
  void readsTheSameWeightsFromAllClipFormats() {
    try (var script = TensorFile.open(golden("clip-tiny/tiny-jit.pt"));
        var plain = TensorFile.open(golden("clip-tiny/tiny.pt"));
        var hub = TensorFile.open(golden("clip-tiny/hub.safetensors"))) {
      assertEquals(TensorFile.Format.TORCH_SCRIPT, script.format());
      assertEquals(TensorFile.Format.STATE_DICT, plain.format());
      assertEquals(TensorFile.Format.SAFETENSORS, hub.format());
      assertTrue(script.placeholders().isEmpty());
      for (var tensor : plain.stateDict().values()) {
        var twin = get(script, tensor.name());
        assertArrayEquals(tensor.shape(), twin.shape(), tensor.name());
        assertArrayEquals(tensor.toFloats(), twin.toFloats(), tensor.name());
        twin.verify();
      }
      assertEquals(plain.stateDict().size() + 3, script.stateDict().size());
      assertEquals(DataType.F16, get(script, "visual.proj").type());
      assertEquals(DataType.I64, get(script, "context_length").type());
      var embedding = get(hub, "vision_model.embeddings.patch_embedding.weight");
      assertEquals(4, embedding.shape().length);
      for (float value : embedding.toFloats()) {
        assertTrue(Math.abs(value) < 10, embedding::toString);
      }
    }
  }

  private static Path golden(String name) {
    return Path.of("../src/test/resources/golden").resolve(name);
  }

  private static StoredTensor get(TensorFile file, String name) {
    var tensor = file.stateDict().get(name);
    if (tensor == null) {
      throw new AssertionError(name + " is missing");
    }
    return tensor;
  }
}
