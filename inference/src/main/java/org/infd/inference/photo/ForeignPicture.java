package org.infd.inference.photo;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;

/** Kinds of pictures that are not read, and films, by what stands in them. */
final class ForeignPicture {
  private static final String EXPORT =
      "Export it as JPEG or PNG from a program that shows it, and open that.";

  /**
   * Something that stands at a place of a file.
   *
   * @param what it is, with its article, before the word picture
   */
  private record Sign(int at, String text, String what) {}

  static final String RAW = "a camera's raw";
  private static final String FILM = "";
  private static final int TARGA_HEAD = 18;

  private static final List<Sign> SIGNS =
      List.of(
          new Sign(0, "8BPS", "a Photoshop"),
          new Sign(0, "\u00FF\n", "a JPEG XL"),
          new Sign(0, "\0\0\0\fJXL ", "a JPEG XL"),
          new Sign(0, "\0\0\0\fjP  ", "a JPEG 2000"),
          new Sign(0, "\u00FFO\u00FFQ", "a JPEG 2000"),
          new Sign(0, "II\u00BC", "a JPEG XR"),
          new Sign(0, "gimp xcf", "a GIMP (XCF)"),
          new Sign(38, "application/x-krita", "a Krita"),
          new Sign(38, "image/openraster", "an OpenRaster"),
          new Sign(0, "DDS |", "a DDS"),
          new Sign(0, "v/1\u0001", "an OpenEXR"),
          new Sign(0, "#?RADIANCE", "a Radiance (HDR)"),
          new Sign(0, "#?RGBE", "a Radiance (HDR)"),
          new Sign(0, "qoif", "a QOI"),
          new Sign(0, "BPG\u00FB", "a BPG"),
          new Sign(0, "FLIF", "a FLIF"),
          new Sign(0, "AT&TFORM", "a DjVu"),
          new Sign(0, "SIMPLE  =", "a FITS"),
          new Sign(128, "DICM", "a DICOM"),
          new Sign(40, " EMF", "an EMF"),
          new Sign(0, "\u00D7\u00CD\u00C6\u009A", "a WMF"),
          new Sign(0, "FUJIFILMCCD-RAW", RAW),
          new Sign(0, "IIRO", RAW),
          new Sign(0, "IIRS", RAW),
          new Sign(0, "MMOR", RAW),
          new Sign(0, "IIU\0", RAW),
          new Sign(6, "HEAPCCDR", RAW),
          new Sign(0, "FOVb", RAW),
          new Sign(0, "\0MRM", RAW),
          new Sign(8, "CR\u0002", RAW),
          new Sign(4, "ftypcrx", RAW),
          new Sign(4, "ftypavi", "an AVIF"),
          new Sign(4, "ftyphei", "a HEIC"),
          new Sign(4, "ftyphev", "a HEIC"),
          new Sign(4, "ftypmif1", "a HEIC"),
          new Sign(4, "ftypmsf1", "a HEIC"),
          new Sign(4, "ftypjxl", "a JPEG XL"),
          new Sign(4, "ftyp", FILM),
          new Sign(4, "moov", FILM),
          new Sign(4, "mdat", FILM),
          new Sign(4, "wide", FILM),
          new Sign(0, "\u001AE\u00DF\u00A3", FILM),
          new Sign(0, "OggS", FILM));

  /** The portable ones of Netpbm; one has a comment or a number behind its name. */
  private static final Pattern PORTABLE =
      Pattern.compile("(?s)P([1-7fF])[ \\t\\r\\n][ \\t\\r\\n#0-9A-Z-].*");

  private static final String TARGA_END = "TRUEVISION-XFILE.\0";

  private ForeignPicture() {}

  /**
   * What to say of a file; empty if it is none of these.
   *
   * @param name how people call it
   * @param head its first bytes, as letters of Latin-1
   */
  static Optional<Problem> of(String name, String head, byte[] file) {
    for (var sign : SIGNS) {
      if (head.startsWith(sign.text(), sign.at())) {
        boolean isAvif = sign.what().equals("a HEIC") && isAvif(head);
        return Optional.of(
            sign.what().equals(FILM)
                ? film(name)
                : problem(name, isAvif ? "an AVIF" : sign.what()));
      }
    }
    var portable = PORTABLE.matcher(head);
    if (portable.matches()) {
      var kind =
          switch (portable.group(1)) {
            case "1", "4" -> "a PBM";
            case "2", "5" -> "a PGM";
            case "7" -> "a PAM";
            case "f", "F" -> "a PFM";
            default -> "a PPM";
          };
      return Optional.of(problem(name, kind));
    }
    if (isTarga(name, file)) {
      return Optional.of(problem(name, "a TGA"));
    }
    return head.toLowerCase(Locale.ROOT).contains("<svg")
        ? Optional.of(problem(name, "an SVG"))
        : Optional.empty();
  }

  /** Whether one of the brands of a HEIF is that of AVIF. */
  static boolean isAvif(String head) {
    var brands = head.substring(0, Math.min(head.length(), 64));
    return brands.contains("avif") || brands.contains("avis");
  }

  /** The new ones end in a name; of old ones the name of the file must say it. */
  private static boolean isTarga(String name, byte[] file) {
    int start = file.length - TARGA_END.length();
    if (start > 0) {
      var end = new String(file, start, TARGA_END.length(), StandardCharsets.ISO_8859_1);
      if (end.equals(TARGA_END)) {
        return true;
      }
    }
    var lower = name.toLowerCase(Locale.ROOT);
    return (lower.endsWith(".tga") || lower.endsWith(".targa")) && file.length > TARGA_HEAD;
  }

  /** Says that a picture is of such a kind. */
  static Problem problem(String name, String what) {
    return new Problem(
        NumberText.format(
            "'%s' is %s picture, a kind that is not read here. %s", name, what, EXPORT));
  }

  /** Says that it is no picture, but many. */
  static Problem film(String name) {
    return new Problem(
        NumberText.format(
            "'%s' is a film. Save one picture of it as JPEG or PNG, and open that.", name));
  }
}
