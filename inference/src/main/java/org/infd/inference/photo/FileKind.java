package org.infd.inference.photo;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;

/** The kinds of picture files that are read. The content decides, not the ending of a name. */
enum FileKind {
  PNG("PNG"),
  JPEG("JPEG"),
  TIFF("TIFF"),
  BMP("BMP"),
  GIF("GIF"),
  WEBP("WebP");

  /** All that can be read, for sentences. */
  static final String ALL = "PNG, JPEG, TIFF, BMP, GIF and WebP are";

  private static final String EXPORT =
      "Export it as JPEG or PNG from a program that shows it, and open that.";
  private static final int HEAD = 1024;

  private final String title;

  FileKind(String title) {
    this.title = title;
  }

  /** What people call it. */
  String title() {
    return title;
  }

  /**
   * The kind of a file.
   *
   * @param name how people call the file
   * @throws Problem if it is none of these, with what it is instead and what to do
   */
  static FileKind of(String name, byte[] file) {
    var head = new String(file, 0, Math.min(HEAD, file.length), StandardCharsets.ISO_8859_1);
    if (head.isEmpty()) {
      throw new Problem(NumberText.format("'%s' is empty. Choose another file.", name));
    }
    // metadata-extractor takes the WebP of newer chunks, too, by its first twelve bytes only
    if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
      return WEBP;
    }
    // the one of more than 4 GB, which metadata-extractor does not know
    if (head.startsWith("II+\0") || head.startsWith("MM\0+")) {
      return TIFF;
    }
    return switch (detected(file)) {
      case Png -> PNG;
      case Jpeg -> JPEG;
      case Tiff -> TIFF;
      case Bmp -> BMP;
      case Gif -> GIF;
      case Heif -> throw foreign(name, isAvif(head) ? "an AVIF" : "a HEIC");
      case Avif -> throw foreign(name, "an AVIF");
      case Psd -> throw foreign(name, "a Photoshop");
      case Ico -> throw foreign(name, "an icon or cursor, and such a");
      case Pcx -> throw foreign(name, "a PCX");
      case Eps -> throw foreign(name, "an EPS");
      case Arw, Crw, Cr2, Crx, Nef, Orf, Raf, Rw2, Dng, Kdc, ThreeFR, Pef, Srw ->
          throw foreign(name, "a camera's raw");
      case QuickTime, Mp4, Avi, GoPro, Asf, Flv, Mxf, Vob ->
          throw new Problem(
              NumberText.format(
                  "'%s' is a film. Save one picture of it as JPEG or PNG, and open that.", name));
      case Pdf -> throw foreign(name, "a PDF document, and such a");
      default -> throw unknown(name, head);
    };
  }

  private static FileType detected(byte[] file) {
    try (var stream = new BufferedInputStream(new ByteArrayInputStream(file))) {
      return FileTypeDetector.detectFileType(stream);
    } catch (IOException | RuntimeException e) {
      // a few bytes of a film, and the like
      return FileType.Unknown;
    }
  }

  private static boolean isAvif(String head) {
    var brands = head.substring(0, Math.min(head.length(), 64));
    return brands.contains("avif") || brands.contains("avis");
  }

  private static Problem unknown(String name, String head) {
    if (head.startsWith("\u00FF\n") || head.startsWith("\0\0\0\fJXL ")) {
      return foreign(name, "a JPEG XL");
    }
    if (head.startsWith("\0\0\0\fjP  ") || head.startsWith("\u00FFO\u00FFQ")) {
      return foreign(name, "a JPEG 2000");
    }
    if (head.startsWith("ftypavi", 4)) {
      return foreign(name, "an AVIF");
    }
    if (head.startsWith("ftyp", 4)) {
      return foreign(name, "a HEIC");
    }
    var lower = head.toLowerCase(Locale.ROOT);
    if (lower.contains("<svg")) {
      return foreign(name, "an SVG");
    }
    if (lower.contains("<html") || lower.contains("<!doctype html")) {
      return new Problem(
          NumberText.format(
              "'%s' is a web page, not a picture: the download went wrong. Save the picture itself.",
              name));
    }
    return new Problem(NumberText.format("'%s' is no picture that can be read. %s.", name, ALL));
  }

  private static Problem foreign(String name, String what) {
    return new Problem(
        NumberText.format(
            "'%s' is %s picture, a kind that is not read here. %s", name, what, EXPORT));
  }
}
