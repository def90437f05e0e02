package org.infd.exporter.torch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.infd.inference.ForeignFile;
import org.infd.inference.Problem;

/** What a file is by its first bytes, and the sentence for it when an archive was expected. */
enum FileKind {
  ZIP("is a zip archive, where other content was expected"),
  SAFETENSORS(
      "is a safetensors file: it holds tensors but not the model's arguments. Put the training's"
          + " configuration beside it under the same name, ending in .yaml or .json, or give the"
          + " training checkpoint (.pth) instead"),
  EMPTY("is empty. Copy or download it again"),
  LEGACY_TORCH("is a PyTorch file from before version 1.6, where other content was expected"),
  LEGACY_TAR(
      "is in the PyTorch format of before version 0.4, a tar archive, which cannot be read. Load it"
          + " with PyTorch and save it again with torch.save"),
  PICKLE("is a bare Python pickle, not a PyTorch checkpoint. Save the checkpoint with torch.save"),
  ONNX("is an ONNX model, not a PyTorch checkpoint. Give the checkpoint it was exported from"),
  UNKNOWN(
      "is not a PyTorch checkpoint: it does not begin like a zip archive. Give the .pth file that"
          + " the training wrote");

  private static final int HEAD = ForeignFile.HEAD;
  private static final int TAR_MAGIC = 257;
  private static final int FRAMED = 11;

  /** The number that legacy files begin with: LONG1 of ten bytes, and as protocol 1 writes it. */
  private static final String LEGACY_MAGIC = "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019";

  private static final String LEGACY_LINE = "L119547037146038801333356L\n";

  /** What the tar archives of the oldest versions hold. */
  private static final List<String> LEGACY_ENTRIES =
      List.of("sys_info", "pickle", "tensors", "storages");

  private final String sentence;

  FileKind(String sentence) {
    this.sentence = sentence;
  }

  /** The failure that says that {@code file} is of this kind. */
  Problem asProblem(Path file) {
    var foreign = this == UNKNOWN ? ForeignFile.of(file) : Optional.<ForeignFile>empty();
    return foreign
        .map(found -> found.instead(file, "a checkpoint"))
        .orElseGet(() -> new Problem(file + " " + sentence + "."));
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
    if (text.startsWith(LEGACY_MAGIC, 2)
        || text.startsWith(LEGACY_MAGIC, FRAMED)
        || text.startsWith(LEGACY_LINE)) {
      return LEGACY_TORCH;
    }
    if ((head[0] & 0xff) == 0x80 && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
      return PICKLE;
    }
    if (text.length() > TAR_MAGIC && text.startsWith("ustar", TAR_MAGIC)) {
      var first = text.substring(0, TAR_MAGIC).split("\0", 2)[0];
      return LEGACY_ENTRIES.contains(first.replaceAll("^[.]/|/$", "")) ? LEGACY_TAR : UNKNOWN;
    }
    if (Safetensors.looksLike(head, size)) {
      return SAFETENSORS;
    }
    // protobuf: field 1 (ir_version) as a small number, then a text or message of the model
    boolean onnxHead =
        head.length > 2 && head[0] == 8 && head[1] > 0 && head[1] < 32 && (head[2] & 0x87) == 2;
    if (onnxHead || file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return ONNX;
    }
    return UNKNOWN;
  }
}
