package org.infd.inference.photo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.infd.inference.runtime.Cancellation;

/** Pictures, decoded on the thread that asks, so that what it takes can be measured. */
public final class PictureDecoding {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private PictureDecoding() {}

  /**
   * Decodes a picture.
   *
   * @throws org.infd.inference.Problem if it cannot be read
   * @throws IOException if the system does not give it
   */
  public static void read(Path file) throws IOException {
    var bytes = Files.readAllBytes(file);
    var name = file.getFileName().toString();
    var watch = new Watch(Cancellation.never(), PATIENCE);
    new Decoding(name, FileKind.of(name, bytes), bytes, watch).picture();
  }
}
