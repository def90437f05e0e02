package org.infd.inference.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is loaded in place of the graph in a file. */
interface GraphRewriting {
  /** Graphs of bundles are smaller; a larger file has its weights inside. */
  long LARGEST = 64 << 20;

  /** The bytes of the other graph; empty if the one in the file is loaded. */
  Optional<byte[]> bytes() throws IOException;

  /** The graph in the form in which it is to be computed; empty if it is taken as it is. */
  static Optional<byte[]> toForm(Path file, Device device, Graph.Options how) throws IOException {
    if (how.form() == Graph.Form.HALF) {
      return Optional.of(HalfGraph.of(Files.readAllBytes(file)));
    }
    boolean asItIs =
        how.form() != Graph.Form.FASTEST
            || device.isGpu()
            || !Files.isRegularFile(file)
            || Files.size(file) > LARGEST;
    return asItIs ? Optional.empty() : SmallMapConvolutions.of(Files.readAllBytes(file));
  }
}
