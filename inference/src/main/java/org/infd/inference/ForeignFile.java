package org.infd.inference;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file is where something else was expected: what downloads leave that went wrong, what is
 * packed, and files of other programs. Told by the first bytes, whatever the name says.
 */
public enum ForeignFile {
  POINTER(
      "a text file that stands for a large file kept elsewhere",
      "Download the real file (for a Git repository: 'git lfs pull')"),
  WEB_PAGE("a web page", "The download went wrong; download it again"),
  XML(
      "an XML text, as servers send it in place of a file",
      "Look into it for the reason, and download the file again"),
  ZEROS(
      "nothing but zeros at its beginning", "It was not copied or downloaded whole; do that again"),
  GZIP("compressed with gzip", "Unpack it first"),
  BZIP2("compressed with bzip2", "Unpack it first"),
  XZ("compressed with xz", "Unpack it first"),
  ZSTANDARD("compressed with zstd", "Unpack it first"),
  SEVEN_ZIP("a 7z archive", "Unpack it first"),
  RAR("a RAR archive", "Unpack it first"),
  TAR("a tar archive", "Unpack it first"),
  ZIP("a zip archive", "Name the file that was meant, or unpack it first"),
  HDF5("an HDF5 file, as Keras writes them", "Only PyTorch checkpoints and safetensors are read"),
  GGUF("a GGUF file", "Only PyTorch checkpoints and safetensors are read"),
  NUMPY("an array of numpy", "Name the file that was meant"),
  PICTURE("a picture", "Name the file that was meant"),
  PDF("a PDF document", "Name the file that was meant"),
  PROGRAM("a program", "Name the file that was meant"),
  JSON(
      "a JSON text",
      "Name the file that was meant; if it was downloaded, look into it for the reason"),
  TEXT("a text", "Name the file that was meant; if it was downloaded, look into it for the reason");

  /** So many bytes are enough to tell. */
  public static final int HEAD = 512;

  private static final int TAR_MAGIC = 257;

  private final String what;
  private final String remedy;

  ForeignFile(String what, String remedy) {
    this.what = what;
    this.remedy = remedy;
  }

  /**
   * Says that a file is of this kind.
   *
   * @param expected what it should be, with its article, for example "a field file"
   */
  public Problem instead(Path file, String expected) {
    return new Problem(file + " is " + what + ", not " + expected + ". " + remedy + ".");
  }

  /**
   * Says that a file is of this kind.
   *
   * @param name how people call it
   * @param expected what it should be, with its article
   */
  public Problem instead(String name, String expected) {
    return new Problem("'" + name + "' is " + what + ", not " + expected + ". " + remedy + ".");
  }

  /** Whether this is what comes in place of any file, a text too, when a download goes wrong. */
  public boolean isDamage() {
    return this == POINTER || this == WEB_PAGE || this == XML || this == ZEROS;
  }

  /** Whether files of this kind are read as letters. */
  public boolean isText() {
    return this == JSON || this == TEXT;
  }

  /** What a file is, if it can be read and is of a kind that is known. */
  public static Optional<ForeignFile> of(Path file) {
    try (var in = Files.newInputStream(file)) {
      return of(in.readNBytes(HEAD));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * What begins like this.
   *
   * @param head the first bytes, {@value #HEAD} of them or what there are
   */
  public static Optional<ForeignFile> of(byte[] head) {
    var text = new String(head, 0, Math.min(head.length, HEAD), StandardCharsets.ISO_8859_1);
    var packed = ofSignature(text);
    return packed.isPresent() ? packed : ofText(text);
  }

  private static Optional<ForeignFile> ofSignature(String text) {
    ForeignFile found = null;
    if (text.startsWith("\u001f\u008b")) {
      found = GZIP;
    } else if (text.startsWith("BZh")) {
      found = BZIP2;
    } else if (text.startsWith("\u00fd7zXZ\0")) {
      found = XZ;
    } else if (text.startsWith("(\u00b5/\u00fd")) {
      found = ZSTANDARD;
    } else if (text.startsWith("7z\u00bc\u00af'\u001c")) {
      found = SEVEN_ZIP;
    } else if (text.startsWith("Rar!\u001a\u0007")) {
      found = RAR;
    } else if (text.startsWith("ustar", TAR_MAGIC)) {
      found = TAR;
    } else if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
      found = ZIP;
    } else if (text.startsWith("\u0089HDF\r\n")) {
      found = HDF5;
    } else if (text.startsWith("GGUF") || text.startsWith("GGML") || text.startsWith("ggjt")) {
      found = GGUF;
    } else if (text.startsWith("\u0093NUMPY")) {
      found = NUMPY;
    } else if (isPicture(text)) {
      found = PICTURE;
    } else if (text.startsWith("%PDF-")) {
      found = PDF;
    } else if (text.startsWith("\u007fELF")
        || text.startsWith("MZ\u0090\0")
        || text.startsWith("\u00cf\u00fa\u00ed\u00fe")) {
      found = PROGRAM;
    } else if (text.length() >= 16 && text.chars().allMatch(value -> value == 0)) {
      found = ZEROS;
    }
    return Optional.ofNullable(found);
  }

  private static boolean isPicture(String text) {
    return text.startsWith("\u0089PNG\r\n")
        || text.startsWith("\u00ff\u00d8\u00ff")
        || text.startsWith("GIF8")
        || text.startsWith("II*\0")
        || text.startsWith("MM\0*")
        || (text.startsWith("RIFF") && text.startsWith("WEBP", 8));
  }

  private static Optional<ForeignFile> ofText(String head) {
    if (head.isEmpty() || head.chars().anyMatch(ForeignFile::isNoText)) {
      return Optional.empty();
    }
    var text = head.startsWith("\u00ef\u00bb\u00bf") ? head.substring(3) : head;
    var lower = text.stripLeading().toLowerCase(Locale.ROOT);
    if (lower.startsWith("version https://git-lfs")) {
      return Optional.of(POINTER);
    }
    if (lower.startsWith("<!doctype html")
        || lower.startsWith("<html")
        || (lower.startsWith("<") && lower.contains("<html"))) {
      return Optional.of(WEB_PAGE);
    }
    if (lower.startsWith("<")) {
      return Optional.of(XML);
    }
    return Optional.of(lower.startsWith("{") || lower.startsWith("[") ? JSON : TEXT);
  }

  private static boolean isNoText(int sign) {
    return sign < ' ' && sign != '\n' && sign != '\r' && sign != '\t' && sign != '\f';
  }
}
