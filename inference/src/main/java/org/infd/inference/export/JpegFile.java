package org.infd.inference.export;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.infd.inference.Problem;

/**
 * JPEG with its text: what people read as the Exif comment, where image browsers look for it, and
 * the exact recipe as a plain comment. The pixels stream; the compressed bytes are held in memory.
 */
final class JpegFile {
  /** How a comment begins that holds the recipe. */
  static final String RECIPE_MARK = "infd ";

  /** The start of the image and the JFIF segment, which is always as long. */
  private static final int AFTER_JFIF = 20;

  /** A segment counts its own length in two bytes. */
  private static final int LARGEST_SEGMENT = 65_533;

  static final int EXIF = 0xE1;
  static final int COMMENT = 0xFE;

  private static final byte[] EXIF_MARK = {'E', 'x', 'i', 'f', 0, 0};
  private static final byte[] UNICODE_MARK = {'U', 'N', 'I', 'C', 'O', 'D', 'E', 0};
  private static final int EXIF_FOLDER_TAG = 0x8769;
  private static final int USER_COMMENT_TAG = 0x9286;
  private static final short LONG = 4;
  private static final short UNDEFINED = 7;

  private JpegFile() {}

  static void encode(BandedImage image, float quality, PngText text, OutputStream stream)
      throws IOException {
    var writer = writer();
    try (var output =
        new MemoryCacheImageOutputStream(new InsertingStream(stream, AFTER_JFIF, segments(text)))) {
      var settings = writer.getDefaultWriteParam();
      settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      settings.setCompressionQuality(quality);
      writer.setOutput(output);
      writer.write(null, new IIOImage(image.asOneTile(), null, null), settings);
    } catch (IIOException e) {
      // the writer wraps what the disk said
      throw e.getCause() instanceof IOException cause ? cause : e;
    } finally {
      writer.dispose();
    }
  }

  private static ImageWriter writer() {
    var writers = ImageIO.getImageWritersByFormatName("jpeg");
    if (!writers.hasNext()) {
      throw new Problem("This Java runtime cannot write JPEG. Choose PNG.");
    }
    return writers.next();
  }

  /** The segments of a text; what is too long for one is left out, as the format has it. */
  private static byte[] segments(PngText text) {
    var segments = new ByteArrayOutputStream();
    var parameters = text.texts().get(PngText.PARAMETERS);
    if (parameters != null) {
      put(segments, EXIF, exif(parameters));
    }
    var recipe = text.texts().get(PngText.RECIPE);
    if (recipe != null) {
      put(segments, COMMENT, (RECIPE_MARK + recipe).getBytes(StandardCharsets.UTF_8));
    }
    return segments.toByteArray();
  }

  private static void put(ByteArrayOutputStream segments, int marker, byte[] content) {
    if (content.length > LARGEST_SEGMENT) {
      return;
    }
    segments.write(0xFF);
    segments.write(marker);
    segments.write((content.length + 2) >> 8);
    segments.write(content.length + 2);
    segments.writeBytes(content);
  }

  /** A folder of one entry, which leads to a folder of one entry: the user's comment. */
  private static byte[] exif(String comment) {
    var words = comment.getBytes(StandardCharsets.UTF_16BE);
    int size = UNICODE_MARK.length + words.length;
    var bytes = ByteBuffer.allocate(EXIF_MARK.length + 8 + 18 + 18 + size);
    bytes.order(ByteOrder.BIG_ENDIAN);
    bytes.put(EXIF_MARK);
    bytes.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(8);
    entry(bytes, EXIF_FOLDER_TAG, LONG, 1, 8 + 18);
    entry(bytes, USER_COMMENT_TAG, UNDEFINED, size, 8 + 18 + 18);
    return bytes.put(UNICODE_MARK).put(words).array();
  }

  private static void entry(ByteBuffer bytes, int tag, short type, int count, int value) {
    bytes.putShort((short) 1).putShort((short) tag).putShort(type).putInt(count).putInt(value);
    bytes.putInt(0);
  }
}
