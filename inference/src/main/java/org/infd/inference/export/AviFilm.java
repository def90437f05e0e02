package org.infd.inference.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;

/**
 * Motion JPEG in a RIFF file (AVI 1.0): the frames as they are, with an index. The format counts in
 * 32 bits.
 */
final class AviFilm {
  /** Readers take lengths for signed. */
  private static final long LARGEST = Integer.MAX_VALUE;

  /** Header list, stream list and their chunks, from the start of the file to that of "movi". */
  private static final int HEADERS = 12 + 8 + 4 + 8 + 56 + 8 + 4 + 8 + 56 + 8 + 40;

  private static final int HAS_INDEX = 0x10;
  private static final int KEY_FRAME = 0x10;

  private AviFilm() {}

  /**
   * @param frames JPEG files
   * @throws Problem if they are more than a file can hold
   */
  static void write(
      OutputStream stream,
      List<Path> frames,
      FilmPath path,
      int framesPerSecond,
      Cancellation cancellation)
      throws IOException {
    var sizes = new int[frames.size()];
    long movie = 4;
    int largest = 0;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.toIntExact(Files.size(frames.get(i)));
      largest = Math.max(largest, sizes[i]);
      movie += 8L + sizes[i] + sizes[i] % 2;
    }
    long all = HEADERS + 8 + movie + 8 + 16L * sizes.length;
    if (all > LARGEST) {
      throw new Problem(
          "The film is larger than an AVI file can be, 2 GB. Take smaller or fewer frames, or .mp4.");
    }
    stream.write(headers(path, framesPerSecond, (int) all, largest));
    stream.write(chunk(12).put(code("LIST")).putInt((int) movie).put(code("movi")).array());
    for (int i = 0; i < sizes.length; i++) {
      cancellation.throwIfCancelled();
      stream.write(chunk(8).put(code("00dc")).putInt(sizes[i]).array());
      Files.copy(frames.get(i), stream);
      if (sizes[i] % 2 == 1) {
        stream.write(0);
      }
    }
    stream.write(index(sizes));
  }

  private static byte[] headers(FilmPath path, int framesPerSecond, int all, int largest) {
    var written = new byte[HEADERS];
    var bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
    int lists = HEADERS - 12 - 8;
    int streams = 4 + 8 + 56 + 8 + 40;
    bytes.put(code("RIFF")).putInt(all - 8).put(code("AVI "));
    bytes.put(code("LIST")).putInt(lists).put(code("hdrl"));
    bytes.put(code("avih")).putInt(56);
    bytes.putInt(1_000_000 / framesPerSecond).putInt(largest * framesPerSecond).putInt(0);
    bytes.putInt(HAS_INDEX).putInt(path.frames()).putInt(0).putInt(1).putInt(largest);
    bytes.putInt(path.width()).putInt(path.height()).put(new byte[16]);
    bytes.put(code("LIST")).putInt(streams).put(code("strl"));
    bytes.put(code("strh")).putInt(56);
    bytes.put(code("vids")).put(code("MJPG")).putInt(0).putInt(0).putInt(0);
    bytes.putInt(1).putInt(framesPerSecond).putInt(0).putInt(path.frames()).putInt(largest);
    bytes.putInt(-1).putInt(0).putShort((short) 0).putShort((short) 0);
    bytes.putShort((short) path.width()).putShort((short) path.height());
    bytes.put(code("strf")).putInt(40);
    bytes.putInt(40).putInt(path.width()).putInt(path.height());
    bytes.putShort((short) 1).putShort((short) 24).put(code("MJPG"));
    bytes.putInt(3 * path.width() * path.height()).put(new byte[16]);
    return written;
  }

  private static byte[] index(int[] sizes) {
    var written = new byte[8 + 16 * sizes.length];
    var bytes = ByteBuffer.wrap(written).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(code("idx1")).putInt(16 * sizes.length);
    int at = 4;
    for (int size : sizes) {
      bytes.put(code("00dc")).putInt(KEY_FRAME).putInt(at).putInt(size);
      at += 8 + size + size % 2;
    }
    return written;
  }

  private static ByteBuffer chunk(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] code(String letters) {
    return letters.getBytes(StandardCharsets.US_ASCII);
  }
}
