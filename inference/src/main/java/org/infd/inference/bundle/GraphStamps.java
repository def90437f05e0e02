package org.infd.inference.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the system says of the graphs of a bundle: whoever has read them need not read them again
 * while it says the same. For lists; before a graph is used it is compared with its hash.
 *
 * @param graphs the files by name
 */
record GraphStamps(Map<String, Stamp> graphs) {
  /** A file may change again in the time that its date does not tell apart: two seconds on FAT. */
  private static final Duration SETTLED = Duration.ofSeconds(3);

  /** A file, or that there is none. */
  record Stamp(long size, @Nullable FileTime modified, @Nullable Object key) {
    private static final Stamp NONE = new Stamp(-1, null, null);
  }

  /** Of the graphs of a bundle; empty where one was changed so lately that nothing is sure. */
  static Optional<GraphStamps> of(Path folder, Manifest manifest) {
    var stamps = new HashMap<String, Stamp>();
    var settled = FileTime.from(Instant.now().minus(SETTLED));
    for (var graph : manifest.graphs().values()) {
      var stamp = stamp(folder.resolve(graph.file()));
      var modified = stamp.modified();
      if (modified != null && modified.compareTo(settled) > 0) {
        return Optional.empty();
      }
      stamps.put(graph.file(), stamp);
    }
    return Optional.of(new GraphStamps(stamps));
  }

  private static Stamp stamp(Path file) {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    } catch (IOException e) {
      return Stamp.NONE;
    }
  }
}
