package org.infd.acceptance.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A kind of file with the reader of it.
 *
 * @param title what a failure is told by
 * @param name of the file, which some readers look at
 * @param sound a file that is as it should be
 * @param beside other files that the reader looks at, by name
 * @param sources makers of hostile files, by the class that they make
 * @param reader what is tried
 */
record Kind(
    String title,
    String name,
    byte[] sound,
    Map<String, byte[]> beside,
    Map<String, Source> sources,
    Reader reader) {

  /** Reads a file as the program does, and looks at all that came out. */
  interface Reader {
    void read(Path file) throws IOException;
  }
}
