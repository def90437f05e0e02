package org.infd.inference.export;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the recipe in a BigTIFF of ours. Trusts nothing: lengths are bounded. */
final class BigTiffText {
  private static final int LARGEST = 1 << 20;
  private static final int MOST_ENTRIES = 4096;
  private static final int HEADER = 16;
  private static final int ENTRY = TiffDirectory.Kind.BIG.fieldBytes();

  private BigTiffText() {}

  /**
   * The recipe, JSON as it was written.
   *
   * @throws IOException if the file cannot be read or ends early
   */
  static Optional<String> recipe(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      long folder = part(channel, 0, HEADER).getLong(8);
      long size = channel.size();
      if (folder < HEADER || folder > size - 8) {
        return Optional.empty();
      }
      long count = part(channel, folder, 8).getLong();
      if (count < 1 || count > MOST_ENTRIES) {
        return Optional.empty();
      }
      var entries = part(channel, folder + 8, (int) count * ENTRY);
      for (int at = 0; at < entries.limit(); at += ENTRY) {
        int tag = Short.toUnsignedInt(entries.getShort(at));
        long length = entries.getLong(at + 4);
        if (tag == TiffFile.RECIPE && length > 8 && length <= LARGEST) {
          long place = entries.getLong(at + 12);
          if (place < HEADER || place > size - length) {
            return Optional.empty();
          }
          var text = part(channel, place, (int) length).array();
          return Optional.of(new String(text, 0, text.length - 1, StandardCharsets.UTF_8));
        }
      }
      return Optional.empty();
    }
  }

  private static ByteBuffer part(FileChannel channel, long at, int length) throws IOException {
    return FileBytes.read(channel, at, length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
