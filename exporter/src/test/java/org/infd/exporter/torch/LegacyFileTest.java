package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertFileRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The format from before PyTorch 1.6: pickles one after the other, then the storages. */
class LegacyFileTest {
  @TempDir Path folder = Path.of("");

  /** Written by torch.save with its old format in pickle protocols 2, 3 and 4. */
  @ParameterizedTest
  @ValueSource(strings = {"legacy-2.pt", "legacy-3.pt", "legacy-4.pt"})
  void readsWhatTheOriginalWrote(String name) throws IOException {
    var file = folder.resolve(name);
    try (var in = LegacyFileTest.class.getResourceAsStream(name)) {
      assertNotNull(in);
      Files.copy(in, file);
    }
    try (var weights = TensorFile.open(file)) {
      for (var type : List.of("f32", "f16", "bf16", "f64")) {
        values(weights, type, 1.5f, -2, 3, 4, 5, 6);
      }
      for (var type : List.of("i64", "i32", "i16", "i8", "u8")) {
        values(weights, type, 1, 2, 3, 4, 5, 6);
      }
      values(weights, "flags", 1, 0, 1);
      values(weights, "transposed", 0, 3, 1, 4, 2, 5);
      values(weights, "row", 3, 4, 5);
      values(weights, "every", 1, 3, 5);
      values(weights, "scalar", 7);
      values(weights, "empty");
      values(weights, "shared", 0, 1, 2, 3, 4, 5);
      values(weights, "parameter", 8, 9);
    }
  }

  private static void values(TensorFile file, String name, float... expected) {
    var tensor = file.stateDict().get(name);
    assertNotNull(tensor, name);
    tensor.verify();
    assertArrayEquals(expected, tensor.toFloats(), name);
  }

  @Test
  void readsPartsOfStorages() throws IOException {
    var file = folder.resolve("m.pth");
    Files.write(file, checkpoint("(" + text("part") + "K\1K\2t", 4));
    try (var checkpoint = Checkpoint.open(file)) {
      values(checkpoint, "w", 2, 3);
    }
  }

  @Test
  void refusesWhatContradictsItself() throws IOException {
    refused(checkpoint("(" + text("part") + "K\3K\2t", 4), "'w'", "part of a storage");
    refused(checkpoint("(" + text("part") + "J\u00ff\u00ff\u00ff\u00ffK\2t", 4), "'w'", "part of");
    refused(checkpoint("K\1", 4), "'w'", "part of a storage");
    refused(checkpoint("N", 5), "5 elements", "16 bytes are left");
    refused(checkpoint("N", -1), "-1 elements");
    refused(checkpoint("N", Long.MAX_VALUE), "elements");
    refused(checkpoint("N", 3), "'w'", "should have a storage of 4");
    var sound = checkpoint("N", 4);
    var file = folder.resolve("m.pth");
    Files.write(file, sound);
    try (var checkpoint = Checkpoint.open(file)) {
      assertEquals(1, checkpoint.stateDict().size());
    }
    var text = new String(sound, java.nio.charset.StandardCharsets.ISO_8859_1);
    refused(latin1(text.replace("FloatStorage", "FloatStorvge")), "'torch FloatStorvge'");
    refused(latin1(text.replace("M\u00e9\3.", "M\u00ea\3.")), "unknown version");
    refused(
        latin1(text.replace(text("little_endian") + "\u0088", text("little_endian") + "\u0089")),
        "'big'");
    for (int length = 0; length < sound.length; length += 7) {
      refused(Arrays.copyOf(sound, length));
    }
    refused(Arrays.copyOf(sound, sound.length - 1));
  }

  @Test
  void everyBitFlipIsReadOrRefused() throws IOException {
    var sound = checkpoint("N", 4);
    var random = new SplittableRandom(5);
    var file = folder.resolve("flipped.pth");
    for (int i = 0; i < 400; i++) {
      var flipped = sound.clone();
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, flipped);
      Refusals.outcome(() -> Refusals.readAll(Checkpoint::open, file));
    }
  }

  private void refused(byte[] content, String... fragments) throws IOException {
    assertFileRefused(folder, content, fragments);
  }

  /** A checkpoint of one tensor 'w' over the storage 1, 2, 3, 4, with this part of it. */
  private static byte[] checkpoint(String view, long stored) {
    boolean part = view.startsWith("(");
    var head =
        "\u0080\2\u008a\12l\u00fc\u009cF\u00f9 j\u00a8P\31.\u0080\2M\u00e9\3."
            + "\u0080\2}"
            + text("little_endian")
            + "\u0088s.";
    var pickle =
        PickleBytes.checkpointUpToTensor()
            .global("torch._utils", "_rebuild_tensor_v2")
            .raw("((")
            .text("storage")
            .global("torch", "FloatStorage")
            .text("key")
            .text("cpu")
            .integer(4)
            .raw(view)
            .raw("tQ")
            .integer(0)
            .tuple(part ? 2 : 4)
            .tuple(1)
            .raw("\u0089")
            .emptyOrderedDict()
            .raw("tR")
            .endOfTensor();
    var values = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(stored);
    for (float value : new float[] {1, 2, 3, 4}) {
      values.putFloat(value);
    }
    return new PickleBytes()
        .raw(head)
        .raw(pickle)
        .raw("\u0080\2]" + text("key") + "a.")
        .raw(values.array())
        .bytes();
  }

  private static String text(String text) {
    return "X" + (char) text.length() + "\0\0\0" + text;
  }

  private static byte[] latin1(String text) {
    return new PickleBytes().raw(text).bytes();
  }
}
