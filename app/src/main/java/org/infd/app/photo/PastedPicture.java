package org.infd.app.photo;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.PixelReader;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DataFormat;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.Photo;
import org.infd.inference.photo.PictureReader;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * A picture from the clipboard: it has no name, and no file of ours. Where a program has put it
 * there as a file, that is read as any other; otherwise the toolkit's pixels are taken.
 */
public final class PastedPicture {
  /** What people read instead of a file name. */
  private static final String NAME = "pasted picture";

  /** The names that systems have for files of pictures on the clipboard, the best first. */
  private static final List<String> FILES =
      List.of(
          "image/png",
          "PNG",
          "public.png",
          "image/webp",
          "image/tiff",
          "public.tiff",
          "image/jpeg",
          "public.jpeg");

  private static final int LARGEST = 256 << 20;

  private PastedPicture() {}

  /** The picture as a file, as the program wrote it that it was copied in. */
  public static Optional<byte[]> file(Clipboard clipboard) {
    var there = clipboard.getContentTypes();
    return FILES.stream()
        .flatMap(name -> there.stream().filter(format -> format.getIdentifiers().contains(name)))
        .flatMap(format -> bytes(clipboard, format).stream())
        .findFirst();
  }

  private static Optional<byte[]> bytes(Clipboard clipboard, DataFormat format) {
    if (clipboard.getContent(format) instanceof ByteBuffer buffer
        && buffer.hasRemaining()
        && buffer.remaining() <= LARGEST) {
      var bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return Optional.of(bytes);
    }
    return Optional.empty();
  }

  /**
   * Reads a picture that was on the clipboard as a file.
   *
   * @throws org.infd.inference.Problem if it is no picture
   */
  public static Photo read(byte[] file, Cancellation cancellation) {
    return Photo.of(NAME, ModelBundle.sha256(file), PictureReader.read(NAME, file, cancellation));
  }

  /** The toolkit's picture as a photo; empty where the clipboard has none after all. */
  public static Optional<Photo> of(@Nullable Image image) {
    var reader = image == null ? null : image.getPixelReader();
    if (image == null || reader == null || image.getWidth() < 1 || image.getHeight() < 1) {
      return Optional.empty();
    }
    int width = (int) image.getWidth();
    int height = (int) image.getHeight();
    var argb = argb(reader, width, height);
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, width, height, argb, 0, width);
    var bytes = ByteBuffer.allocate(8 + 4 * width * height).putInt(width).putInt(height);
    bytes.asIntBuffer().put(argb);
    return Optional.of(Photo.of(NAME, ModelBundle.sha256(bytes.array()), picture));
  }

  /**
   * The colours, not multiplied by how opaque they are. With GTK the toolkit says that they are,
   * and they are not: a colour above its alpha, which no multiplied one has, gives that away. Where
   * none is above, both readings are possible, and the toolkit is believed.
   */
  private static int[] argb(PixelReader reader, int width, int height) {
    var pixels = new int[width * height];
    reader.getPixels(0, 0, width, height, PixelFormat.getIntArgbInstance(), pixels, 0, width);
    if (Objects.equals(reader.getPixelFormat(), PixelFormat.getByteBgraPreInstance())) {
      var stored = new int[pixels.length];
      reader.getPixels(0, 0, width, height, PixelFormat.getIntArgbPreInstance(), stored, 0, width);
      for (int pixel : stored) {
        if (isAboveAlpha(pixel)) {
          return stored;
        }
      }
    }
    return pixels;
  }

  private static boolean isAboveAlpha(int argb) {
    int alpha = argb >>> 24;
    return (argb >> 16 & 0xFF) > alpha || (argb >> 8 & 0xFF) > alpha || (argb & 0xFF) > alpha;
  }
}
