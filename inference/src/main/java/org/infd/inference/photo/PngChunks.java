package org.infd.inference.photo;

import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * What a PNG says of its colours, of which the runtime's reader takes no notice.
 *
 * @param profile what its values mean, from {@code iCCP}
 * @param isLinear whether its values are light instead of display values. As ImageMagick decides
 *     it: {@code gAMA} above {@value #LINEAR} without {@code sRGB}; any other gamma, and {@code
 *     cHRM}, change nothing
 * @param isInterlaced whether it comes in seven passes
 */
record PngChunks(Optional<ICC_Profile> profile, boolean isLinear, boolean isInterlaced) {
  private static final double LINEAR = 0.75;
  private static final double GAMMA_UNIT = 100_000;

  /** Profiles are some kilobytes, large tables up to a few megabytes. */
  private static final int LARGEST_PROFILE = 16 << 20;

  /** What is in a file, as far as it can be read. */
  static PngChunks of(PngFile file) {
    var profile = file.content("iCCP").flatMap(PngChunks::profile);
    var gamma = file.first("gAMA").filter(PngFile.Chunk::isSound).map(file::content);
    return new PngChunks(
        profile,
        gamma.map(PngChunks::isLight).orElse(false)
            && profile.isEmpty()
            && file.first("sRGB").filter(PngFile.Chunk::isSound).isEmpty(),
        file.isInterlaced());
  }

  private static boolean isLight(byte[] gamma) {
    return gamma.length >= Integer.BYTES && ByteBuffer.wrap(gamma).getInt() / GAMMA_UNIT > LINEAR;
  }

  /** A name, a zero, the method of compression, and the deflated profile (PNG 1.2, 4.2.2.4). */
  private static Optional<ICC_Profile> profile(byte[] content) {
    int start = 0;
    while (start < content.length && content[start] != 0) {
      start++;
    }
    start += 2;
    if (start >= content.length) {
      return Optional.empty();
    }
    try (var stream =
        new InflaterInputStream(new ByteArrayInputStream(content, start, content.length - start))) {
      var bytes = stream.readNBytes(LARGEST_PROFILE);
      return Profiles.parse(bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
