package org.infd.app.work;

import java.nio.file.Path;
import java.util.Optional;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportEstimate;

/** Whether there is room on a disk for a file that is not written yet. */
public final class DiskRoom {
  /** Estimates are wrong by this much at times. */
  private static final double DOUBT = 1.2;

  private DiskRoom() {}

  /**
   * Makes sure that there may be room.
   *
   * @param target the file or folder
   * @param bytes how large it becomes, about
   * @throws Problem if there is surely not enough
   */
  public static void require(Path target, long bytes) {
    require(target, bytes, ExportEstimate.free(target));
  }

  static void require(Path target, long bytes, long free) {
    if (bytes > free * DOUBT) {
      throw new Problem(
          NumberText.format(
              "There is not enough room for %s: it takes about %s, and %s are free. Make room,"
                  + " choose another place, or a format that is smaller.",
              target, Bytes.text(bytes), Bytes.text(free)));
    }
  }

  /** What is to be said where the room may not be enough; empty where it is. */
  public static Optional<String> doubt(Path target, long bytes) {
    return doubt(bytes, ExportEstimate.free(target));
  }

  static Optional<String> doubt(long bytes, long free) {
    return bytes * DOUBT > free
        ? Optional.of(
            NumberText.format(
                "Only %s are free there, which may not be enough; a full disk interrupts the"
                    + " export, and it goes on when there is room.",
                Bytes.text(free)))
        : Optional.empty();
  }
}
