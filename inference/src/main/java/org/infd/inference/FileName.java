package org.infd.inference;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** What may be the name of a file or folder that is to be made. */
public final class FileName {
  /** So much of a name that is too long is repeated. */
  private static final int SHOWN = 40;

  private FileName() {}

  /**
   * Checks, before any long work, that something could have this name. Asks the system, which alone
   * knows what its disks take.
   *
   * @param file as it was asked for
   * @throws Problem if the name is empty, or longer than the disk allows
   */
  public static void requirePossible(Path file) {
    if (file.toString().isEmpty()) {
      throw new Problem("The name of what is to be written is empty. Give it one.");
    }
    try {
      Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("too long")) {
        throw new Problem(
            "The name '"
                + ShownText.shortened(String.valueOf(file.getFileName()), SHOWN)
                + "' is too long for this disk. Take a shorter one.",
            e);
      }
    } catch (IOException e) {
      // whatever else is wrong is told by what comes after
    }
  }
}
