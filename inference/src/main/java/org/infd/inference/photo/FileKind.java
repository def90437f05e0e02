package org.infd.inference.photo;

import com.drew.imaging.FileType;
import com.drew.imaging.FileTypeDetector;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.infd.inference.ForeignFile;
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
      case Tiff -> tiff(name, file);
      case Bmp -> BMP;
      case Gif -> GIF;
      case Heif ->
          throw ForeignPicture.problem(name, ForeignPicture.isAvif(head) ? "an AVIF" : "a HEIC");
      case Avif -> throw ForeignPicture.problem(name, "an AVIF");
      case Psd -> throw ForeignPicture.problem(name, "a Photoshop");
      case Ico -> throw ForeignPicture.problem(name, "an ICO (icon)");
      case Pcx -> throw ForeignPicture.problem(name, "a PCX");
      case Eps -> throw ForeignPicture.problem(name, "an EPS");
      case Arw, Crw, Cr2, Crx, Nef, Orf, Raf, Rw2, Dng, Kdc, ThreeFR, Pef, Srw ->
          throw ForeignPicture.problem(name, ForeignPicture.RAW);
      case QuickTime, Mp4, Avi, GoPro, Asf, Flv, Mxf, Vob -> throw ForeignPicture.film(name);
      case Pdf ->
          throw new Problem(
              NumberText.format(
                  "'%s' is a PDF document, not a picture. Export a page of it as PNG or JPEG, and"
                      + " open that.",
                  name));
      default -> throw unknown(name, head, file);
    };
  }

  private static FileKind tiff(String name, byte[] file) {
    if (CameraRaw.isIn(file)) {
      throw ForeignPicture.problem(name, ForeignPicture.RAW);
    }
    return TIFF;
  }

  private static FileType detected(byte[] file) {
    try (var stream = new BufferedInputStream(new ByteArrayInputStream(file))) {
      return FileTypeDetector.detectFileType(stream);
    } catch (IOException | RuntimeException e) {
      // a few bytes of a film, and the like
      return FileType.Unknown;
    }
  }

  private static Problem unknown(String name, String head, byte[] file) {
    return ForeignPicture.of(name, head, file)
        .or(
            () ->
                ForeignFile.of(file)
                    .filter(found -> !found.isText())
                    .map(found -> found.instead(name, "a picture")))
        .orElseGet(
            () ->
                new Problem(
                    NumberText.format("'%s' is no picture that can be read. %s.", name, ALL)));
  }
}
