package org.infd.exporter.torch;

import static org.infd.exporter.torch.Refusals.assertFileRefused;
import static org.infd.exporter.torch.Refusals.assertRefused;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no checkpoints at all, or checkpoints of something else. */
class OtherFilesTest {
  @TempDir Path folder = Path.of("");

  @Test
  void saysWhatTheFileIsInstead() throws IOException {
    refused(new byte[0], "is empty");
    refused(bytes("\u0080\2\u008a\12l\u00fc\u009cF\u00f9 j\u00a8P\31."), "ends without a STOP");
    refused(bytes("storages" + "\0".repeat(249) + "ustar  \0"), "before version 0.4");
    refused(bytes("./pickle" + "\0".repeat(249) + "ustar  \0"), "before version 0.4");
    refused(bytes("x".repeat(257) + "ustar  \0"), "Unpack it first");
    refused(bytes("\u0080\2}q\0."), "bare Python pickle");
    refused(bytes("\u001f\u008b\10\0\0\0\0\0\0\0"), "gzip");
    refused(bytes("\10\7\22\7pytorch\32\0031.3"), "ONNX");
    refused(bytes("\2\0\0\0\0\0\0\0{}"), "safetensors");
    refused(bytes("version https://git-lfs.github.com/spec/v1\noid"), "git lfs pull");
    refused(bytes("\n<!DOCTYPE html><html>"), "web page");
    refused(bytes(" ".repeat(257) + "ustar\0000"), "tar archive");
    refused(bytes("hello"), "is a text, not a checkpoint");
    refused(bytes("{\"error\": \"Repository not found\"}"), "is a JSON text, not a checkpoint");
    refused(bytes("\u00ef\u00bb\u00bf<!-- 404 --><!DOCTYPE html><html>"), "web page");
    refused(bytes("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"), "XML text");
    refused(bytes("BZh91AY&SY" + "\u00ff".repeat(20)), "bzip2, not a checkpoint. Unpack it first");
    refused(bytes("\u00fd7zXZ\0" + "\u00ff".repeat(20)), "xz, not a checkpoint. Unpack it first");
    refused(bytes("7z\u00bc\u00af'\u001c\0\4"), "7z archive, not a checkpoint. Unpack it first");
    refused(bytes("\u0089PNG\r\n\u001a\n\0\0"), "is a picture");
    refused(bytes("GGUF\3\0\0\0"), "GGUF");
    refused(new byte[5000], "nothing but zeros");
    refused(bytes("PK\3\4"), "not a whole zip");
    refused(new byte[] {0}, "not a PyTorch checkpoint");
  }

  @Test
  void saysWhatIsWrongWithThePath() {
    assertRefused(() -> Checkpoint.open(folder).close(), folder.toString(), "is a folder");
    var missing = folder.resolve("missing.pth");
    assertRefused(() -> Checkpoint.open(missing).close(), missing.toString(), "does not exist");
    assertRefused(() -> TensorFile.open(missing).close(), "does not exist");
  }

  @Test
  void refusesCheckpointsOfOtherModels() throws IOException {
    var w = TensorSource.filled(1, 2);
    written(Map.of("w", w), "bare state dict");
    written(Map.of("state_dict", Map.of("w", w), "epoch", 3), "bare state dict");
    written(Map.of("model", Map.of("w", w)), "no name");
    written(Map.of("model", Map.of("name", "liif", "sd", Map.of("w", w))), "'liif'");
    written(Map.of("model", Map.of("name", "infd")), "no state dict");
    written(Map.of("model", Map.of("name", 3, "sd", Map.of("w", w))), "no name");
    written(Map.of("model", "infd"), "no 'model' entry");
    written(Map.of(), "no 'model' entry");
    refused(TestZip.checkpoint(bytes("\u0080\2].")).bytes(), "no dictionary");
    var script = TestZip.checkpoint();
    script.stored("m/constants.pkl", bytes("\u0080\2)."));
    refused(script.bytes(), "TorchScript");
  }

  @Test
  void refusesFilesWithoutStateDict() throws IOException {
    var file = folder.resolve("numbers.pt");
    TorchFileWriter.write(file, Map.of("lr", 0.5));
    assertRefused(() -> Checkpoint.openStateDict(file).close(), "no state dict");
    TorchFileWriter.write(file, Map.of("w", TensorSource.filled(1, 2), "lr", 0.5));
    assertRefused(() -> Checkpoint.openStateDict(file).close(), "'lr'", "not a tensor");
    TorchFileWriter.write(file, Map.of("w".repeat(2000), TensorSource.filled(1, 2)));
    assertRefused(() -> Checkpoint.openStateDict(file).close(), "2000 characters");
  }

  @Test
  void refusesUnsoundSafetensors() throws IOException {
    var w = "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    tensors(w.replace("F32", "F8_E4M3"), "'w'", "'F8_E4M3'");
    tensors(w.replace("[2]", "[3]"), "'w'", "past its storage");
    tensors(w.replace("[2]", "[1]"), "'w'", "do not fit");
    tensors(w.replace("[2]", "[-2]"), "'w'", "negative");
    tensors(w.replace("[2]", "[4294967296,4294967296]"), "'w'", "impossible");
    tensors(w.replace("[2]", "[2.5]"), "'w'", "shape");
    tensors(w.replace("[2]", "\"2\""), "'w'", "shape");
    tensors(w.replace("[0,8]", "[8,0]"), "'w'", "outside");
    tensors(w.replace("[0,8]", "[0,99]"), "'w'", "outside");
    tensors(w.replace("[0,8]", "[-8,0]"), "'w'", "outside");
    tensors(w.replace("[0,8]", "[0]"), "'w'", "outside");
    tensors(w + "," + w.replace("\"w\"", "\"v\"").replace("[0,8]", "[4,12]"), "overlaps");
    tensors(w, "8 bytes follow its last tensor");
    tensors(
        w.replace("[0,8]", "[4,12]")
            + ","
            + w.replace("\"w\"", "\"v\"").replace("[0,8]", "[12,20]"),
        "outside");
    tensors(w.replace("[0,8]", "[8,16]"), "'w'", "begins after 8 bytes");
    tensors("\"__metadata__\":3," + w, "metadata");
    tensors("\"__metadata__\":{\"a\":[1]}," + w, "'a' is no text");
    tensors(
        "\"module.w\":" + w.substring(4) + ",\"w\":" + w.substring(4).replace("0,8", "8,16"),
        "'module.w'",
        "one tensor");
    tensors(w + "," + w, "no sound JSON");
    tensors(w + ",", "no sound JSON");
    tensors("\"a\":" + "[".repeat(5000), "no sound JSON");
    var lying = safetensors("{}");
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putLong(1000);
    assertFileRefused(TensorFile::open, folder, lying, "1000 bytes");
  }

  private void tensors(String header, String... fragments) throws IOException {
    assertFileRefused(TensorFile::open, folder, safetensors("{" + header + "}"), fragments);
  }

  private static byte[] safetensors(String header) {
    var json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + 16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private void written(Map<String, ?> outer, String... fragments) throws IOException {
    var file = folder.resolve("written.pth");
    TorchFileWriter.write(file, outer);
    assertFileRefused(folder, Files.readAllBytes(file), fragments);
  }

  private void refused(byte[] content, String... fragments) throws IOException {
    assertFileRefused(folder, content, fragments);
  }

  private static byte[] bytes(String latin1) {
    return new PickleBytes().raw(latin1).bytes();
  }
}
