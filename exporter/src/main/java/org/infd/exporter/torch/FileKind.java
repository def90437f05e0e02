package org.infd.exporter.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.infd.inference.Problem;

/** What a file is by its first bytes, and the sentence for it when an archive was expected. */
enum FileKind {
  ZIP("is a zip archive, where other content was expected"),
  SAFETENSORS(
      "is a safetensors file: it holds tensors but not the model's arguments. Give the training"
          + " checkpoint (.pth) instead"),
  EMPTY("is empty. Copy or download it again"),
  LEGACY_TORCH(
      "is in the legacy PyTorch format from before version 1.6. Load it with a current PyTorch and"
          + " save it again with torch.save"),
  PICKLE(
      "is a bare Python pickle, not a PyTorch checkpoint. Save the checkpoint with torch.save of"
          + " PyTorch 1.6 or newer"),
  GZIP("is compressed with gzip. Unpack it first"),
  TAR("is a tar archive. Unpack it first"),
  ONNX("is an ONNX model, not a PyTorch checkpoint. Give the checkpoint it was exported from"),
  POINTER(
      "is a text file that stands for a large file kept elsewhere. Download the real file"
          + " (for a Git repository: 'git lfs pull')"),
  WEB_PAGE("is a web page, not a checkpoint. The download went wrong; download it again"),
  UNKNOWN(
      "is not a PyTorch checkpoint: it does not begin like a zip archive. Give the .pth file that"
          + " the training wrote");

  private static final int HEAD = 512;
  private static final int TAR_MAGIC = 257;
  private static final byte[] LEGACY_MAGIC = {
    // PROTO 2, LONG1 of ten bytes: the number that legacy files begin with
    (byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20
  };

  private final String sentence;

  FileKind(String sentence) {
    this.sentence = sentence;
  }

  /** The failure that says that {@code file} is of this kind. */
  Problem asProblem(Path file) {
    return new Problem(file + " " + sentence + ".");
  }

  /**
   * Looks at the first bytes of a file.
   *
   * @throws Problem if there is no such file, it is a folder, or it cannot be read
   */
  static FileKind of(Path file) {
    if (Files.isDirectory(file)) {
      throw new Problem(file + " is a folder. Give the checkpoint file itself.");
    }
    if (!Files.exists(file)) {
      throw new Problem(file + " does not exist. Check the path.");
    }
    if (!Files.isRegularFile(file)) {
      throw new Problem(file + " is not a regular file. Copy its content into a file first.");
    }
    try (var in = Files.newInputStream(file)) {
      return of(in.readNBytes(HEAD), Files.size(file), file);
    } catch (IOException e) {
      throw MappedFile.unreadable(file, e);
    }
  }

  private static FileKind of(byte[] head, long size, Path file) {
    if (head.length == 0) {
      return EMPTY;
    }
    var text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
      return ZIP;
    }
    if (text.startsWith("\u001f\u008b")) {
      return GZIP;
    }
    if (startsWith(head, LEGACY_MAGIC)) {
      return LEGACY_TORCH;
    }
    if ((head[0] & 0xff) == 0x80 && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
      return PICKLE;
    }
    if (text.length() > TAR_MAGIC && text.startsWith("ustar", TAR_MAGIC)) {
      return TAR;
    }
    if (Safetensors.looksLike(head, size)) {
      return SAFETENSORS;
    }
    if (text.startsWith("version https://git-lfs")) {
      return POINTER;
    }
    var lower = text.stripLeading().toLowerCase(Locale.ROOT);
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return WEB_PAGE;
    }
    // protobuf: field 1 (ir_version) as a small number, then a text or message of the model
    boolean onnxHead =
        head.length > 2 && head[0] == 8 && head[1] > 0 && head[1] < 32 && (head[2] & 0x87) == 2;
    if (onnxHead || file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return ONNX;
    }
    return UNKNOWN;
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
  }
}
