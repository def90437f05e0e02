package org.infd.inference.photo.webp;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * One picture of a WebP, as far as it is there: the first {@link #there} rows.
 *
 * @param width columns, after thinning
 * @param height rows, after thinning
 * @param argb 0xAARRGGBB, row by row, sRGB display values or what a profile says, not multiplied by
 *     their opacity; not copied
 * @param there how many rows were read
 * @param isSound whether nothing in it contradicts itself
 */
@SuppressWarnings("ArrayRecordComponent") // as large as memory allows, so it has one owner
public record WebpPicture(int width, int height, int[] argb, int there, boolean isSound) {
  private static final int OPAQUE = 0xFF000000;

  /**
   * A part of a file.
   *
   * @param start where it begins
   * @param end where it ends; at most the length of the file
   */
  public record Part(int start, int end) {}

  /**
   * Where a picture lies in a file.
   *
   * @param colours the content of its chunk VP8 or VP8L
   * @param isLossless whether that is VP8L
   * @param opacity the content of its chunk ALPH, which only lossy pictures have
   */
  public record Source(Part colours, boolean isLossless, Optional<Part> opacity) {}

  /** Columns and rows of a picture. */
  public record Size(int width, int height) {}

  /**
   * The size of a picture, from its first bytes.
   *
   * @throws IOException if it is none
   */
  public static Size size(byte[] file, Source source) throws IOException {
    int start = source.colours().start();
    int end = source.colours().end();
    if (source.isLossless()) {
      var head = LosslessPicture.head(file, start, end);
      return new Size(head.width(), head.height());
    }
    var size = Vp8Header.size(file, start, end);
    return new Size(size.width(), size.height());
  }

  /**
   * Decodes a picture.
   *
   * @param step each so many-th row and column is kept
   * @param check is run now and then, and may throw
   * @throws IOException if nothing of it is there
   */
  public static WebpPicture read(byte[] file, Source source, int step, Runnable check)
      throws IOException {
    try {
      return source.isLossless()
          ? lossless(file, source.colours(), step, check)
          : lossy(file, source, step, check);
    } catch (Damage | BitReader.Ended e) {
      throw new IOException("makes no sense", e);
    }
  }

  private static WebpPicture lossless(byte[] file, Part part, int step, Runnable check)
      throws IOException {
    var head = LosslessPicture.head(file, part.start(), part.end());
    var found = LosslessPicture.read(file, part.start(), part.end(), check);
    var pixels = found.pixels();
    int width = Math.ceilDiv(head.width(), step);
    int height = Math.ceilDiv(head.height(), step);
    int next = 0;
    for (int y = 0; y < found.there(); y += step) {
      for (int x = 0; x < head.width(); x += step) {
        int colour = pixels[y * head.width() + x];
        pixels[next] = head.hasOpacity() ? colour : colour | OPAQUE;
        next++;
      }
    }
    int count = width * height;
    return new WebpPicture(
        width,
        height,
        count == pixels.length ? pixels : Arrays.copyOf(pixels, count),
        Math.ceilDiv(found.there(), step),
        found.isSound());
  }

  private static WebpPicture lossy(byte[] file, Source source, int step, Runnable check)
      throws IOException {
    var size = size(file, source);
    Optional<OpacityPlane> opacity = Optional.empty();
    boolean isSound = true;
    if (source.opacity().isPresent()) {
      try {
        opacity = Optional.of(opacity(file, source.opacity().get(), size, check));
        isSound = opacity.get().isSound();
      } catch (IOException | Damage | BitReader.Ended e) {
        // the colours may be there
        isSound = false;
      }
    }
    var found = new LossyPicture(file, source.colours().start(), source.colours().end(), check);
    var colours = found.colours();
    int width = Math.ceilDiv(size.width(), step);
    int height = Math.ceilDiv(size.height(), step);
    int there = Math.ceilDiv(found.there(), step);
    var argb = new int[width * height];
    for (int y = 0; y < there; y++) {
      check.run();
      for (int x = 0; x < width; x++) {
        int clear = opacity.isEmpty() ? OPAQUE : opacity.get().at(y * step, x * step) << 24;
        argb[y * width + x] = clear | colours.at(y * step, x * step);
      }
    }
    return new WebpPicture(width, height, argb, there, isSound && found.isSound());
  }

  private static OpacityPlane opacity(byte[] file, Part part, Size size, Runnable check)
      throws IOException {
    return OpacityPlane.read(file, part.start(), part.end(), size.width(), size.height(), check);
  }
}
