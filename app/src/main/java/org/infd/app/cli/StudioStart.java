package org.infd.app.cli;

import java.nio.file.Path;
import java.util.List;

/**
 * How the studio is opened.
 *
 * @param files the images to open; none for what was open the last time
 * @param newWindow whether it opens beside one that is open already
 */
public record StudioStart(List<Path> files, boolean newWindow) {
  /** Copies the list. */
  public StudioStart {
    files = List.copyOf(files);
  }
}
