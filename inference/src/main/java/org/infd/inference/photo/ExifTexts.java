package org.infd.inference.photo;

import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifSubIFDDirectory;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What people and programs have written into the Exif data of a JPEG or WebP. Files are not
 * trusted: what is damaged says nothing.
 *
 * @param comment UserComment (Exif 2.3, tag 0x9286)
 * @param model the name of the camera, where some programs put other things
 */
public record ExifTexts(Optional<String> comment, Optional<String> model) {
  private static final ExifTexts NOTHING = new ExifTexts(Optional.empty(), Optional.empty());

  /** Eight bytes before a comment name its character set. */
  private static final int CODE = 8;

  /** The texts of a file; nothing for all but JPEG and WebP. */
  public static ExifTexts of(byte[] file) {
    try {
      if (isJpeg(file)) {
        return of(ExifData.ofJpeg(file));
      }
      return isWebp(file) ? of(ExifData.of(WebpChunks.of(file).exif())) : NOTHING;
    } catch (ImageProcessingException | IOException | RuntimeException e) {
      // damaged metadata come with all sorts of exceptions
      return NOTHING;
    }
  }

  private static ExifTexts of(Metadata metadata) {
    var details = metadata.getFirstDirectoryOfType(ExifSubIFDDirectory.class);
    var first = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
    return new ExifTexts(
        Optional.ofNullable(
                details == null ? null : details.getByteArray(ExifSubIFDDirectory.TAG_USER_COMMENT))
            .flatMap(ExifTexts::text),
        Optional.ofNullable(first == null ? null : first.getString(ExifIFD0Directory.TAG_MODEL)));
  }

  private static boolean isJpeg(byte[] file) {
    return file.length > 2 && file[0] == -1 && file[1] == (byte) 0xD8;
  }

  private static boolean isWebp(byte[] file) {
    return file.length > 12
        && new String(file, 0, 12, StandardCharsets.ISO_8859_1).matches("(?s)RIFF....WEBP");
  }

  private static Optional<String> text(byte[] comment) {
    if (comment.length <= CODE) {
      return Optional.empty();
    }
    var code = new String(comment, 0, CODE, StandardCharsets.ISO_8859_1);
    var charset = code.startsWith("UNICODE") ? wide(comment) : StandardCharsets.UTF_8;
    int start =
        code.startsWith("UNICODE") || code.startsWith("ASCII") || isZero(comment) ? CODE : 0;
    return Optional.of(new String(comment, start, comment.length - start, charset));
  }

  private static boolean isZero(byte[] comment) {
    for (int i = 0; i < CODE; i++) {
      if (comment[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writers do not agree in which order the bytes of a letter come; the zeros of plain ones tell.
   */
  private static Charset wide(byte[] comment) {
    int first = 0;
    int second = 0;
    for (int i = CODE; i + 1 < comment.length; i += 2) {
      first += comment[i] == 0 ? 1 : 0;
      second += comment[i + 1] == 0 ? 1 : 0;
    }
    return second > first ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE;
  }
}
