package org.infd.inference.runtime;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Native libraries that travel in a jar, as files that all runs share: unpacked once into a folder
 * that is named after their version and content, and compared with the jar at every start, so that
 * a damaged file is replaced. Several processes may do so at once.
 */
final class NativeLibraries {
  /** How long another process may take to unpack; whatever holds the lock longer is ignored. */
  private static final long PATIENCE_MILLIS = 20_000;

  private static final long POLL_MILLIS = 20;

  /**
   * A library in the jar.
   *
   * @param size its length in bytes
   * @param checksum its CRC-32
   */
  record Library(URL content, long size, long checksum) {}

  private final String product;
  private final String version;
  private final String name;
  private final Map<String, Library> libraries;

  /**
   * @param product what the libraries belong to; begins the folder's name
   * @param version their version
   * @param system what they run on
   * @param libraries by file name
   */
  NativeLibraries(String product, String version, String system, Map<String, Library> libraries) {
    this.product = product;
    this.version = version;
    this.libraries = Map.copyOf(libraries);
    var content = new CRC32();
    new TreeMap<>(libraries)
        .forEach(
            (file, library) ->
                content.update(
                    (file + " " + library.size() + " " + library.checksum() + "\n")
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    name =
        start() + system + "-" + String.format(java.util.Locale.ROOT, "%08x", content.getValue());
  }

  private String start() {
    return product + "-" + version + "-";
  }

  /**
   * Those of a folder in a jar.
   *
   * @param inside a file of that folder, as the class loader finds it
   * @return nothing if it lies in no jar
   */
  static Optional<NativeLibraries> beside(URL inside, String product, String version, String system)
      throws IOException {
    if (!(inside.openConnection() instanceof JarURLConnection connection)) {
      return Optional.empty();
    }
    // a jar of its own: closing it must not take the class loader's away
    connection.setUseCaches(false);
    var libraries = new LinkedHashMap<String, Library>();
    var base = inside.toString().substring(0, inside.toString().lastIndexOf('/') + 1);
    var entry = connection.getEntryName();
    var prefix = entry.substring(0, entry.lastIndexOf('/') + 1);
    try (var jar = connection.getJarFile()) {
      for (JarEntry found : (Iterable<JarEntry>) jar.stream()::iterator) {
        var file = found.getName().substring(Math.min(prefix.length(), found.getName().length()));
        if (found.getName().startsWith(prefix) && isLibrary(file)) {
          libraries.put(
              file,
              new Library(
                  java.net.URI.create(base + file).toURL(), found.getSize(), found.getCrc()));
        }
      }
    }
    return Optional.of(new NativeLibraries(product, version, system, libraries));
  }

  /** Not what is for debuggers. */
  private static boolean isLibrary(String file) {
    return file.endsWith(".so") || file.endsWith(".dll") || file.endsWith(".dylib");
  }

  /** Whether there is a library of this file name. */
  boolean has(String file) {
    return libraries.containsKey(file);
  }

  /**
   * Makes libraries be files, whole and runnable.
   *
   * @param place where the folder is made
   * @param files the file names of those that are needed; unknown ones are left out
   * @return the folder
   * @throws IOException if that cannot be; nothing half-written is left
   */
  Path unpack(Path place, Collection<String> files) throws IOException {
    var folder = place.resolve(name);
    var needed = files.stream().filter(this::has).toList();
    if (!areWhole(folder, needed)) {
      Files.createDirectories(folder);
      var lock = lock(place.resolve(name + ".lock"));
      try {
        for (var file : needed) {
          if (!isWhole(folder.resolve(file))) {
            unpack(folder, file);
          }
        }
        removeParts(folder);
      } finally {
        if (lock != null) {
          lock.channel().close();
        }
      }
    }
    for (var file : needed) {
      var library = folder.resolve(file);
      if (!Files.isExecutable(library)) {
        // copied or restored without its permissions
        NativePlaces.makeRunnable(library);
      }
      NativePlaces.requireExecutable(library);
    }
    return folder;
  }

  private boolean areWhole(Path folder, Collection<String> files) {
    return files.stream().allMatch(file -> isWhole(folder.resolve(file)));
  }

  /** Whether a file is what the jar holds; a file that cannot be read is not. */
  boolean isWhole(Path path) {
    var library = Objects.requireNonNull(libraries.get(String.valueOf(path.getFileName())));
    try {
      if (!Files.isRegularFile(path) || Files.size(path) != library.size()) {
        return false;
      }
      var found = new CRC32();
      var buffer = new byte[1 << 18];
      try (var in = Files.newInputStream(path)) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          found.update(buffer, 0, n);
        }
      }
      return found.getValue() == library.checksum();
    } catch (IOException e) {
      return false;
    }
  }

  private void unpack(Path folder, String file) throws IOException {
    var library = Objects.requireNonNull(libraries.get(file));
    var target = folder.resolve(file);
    var part =
        folder.resolve(
            "." + file + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".part");
    try {
      var connection = library.content().openConnection();
      connection.setUseCaches(false);
      try (var in = connection.getInputStream();
          var out =
              FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        in.transferTo(java.nio.channels.Channels.newOutputStream(out));
        out.force(true);
      }
      NativePlaces.makeRunnable(part);
      try {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        // Windows replaces no library that runs; then another process has put it there
        if (!isWhole(target)) {
          throw e;
        }
      }
    } finally {
      Files.deleteIfExists(part);
    }
    if (!isWhole(target)) {
      throw new IOException("what was written there does not read back");
    }
  }

  /** What a process that was killed while it unpacked has left; called under the lock. */
  private static void removeParts(Path folder) throws IOException {
    try (var parts = Files.newDirectoryStream(folder, ".*.part")) {
      for (var part : parts) {
        Files.deleteIfExists(part);
      }
    }
  }

  /** Not every file system has locks; without one the work is done twice, and right as well. */
  @SuppressWarnings("BusyWait") // there is no lock of files with a time limit
  private static @Nullable FileLock lock(Path file) {
    long deadline = System.currentTimeMillis() + PATIENCE_MILLIS;
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      while (System.currentTimeMillis() < deadline) {
        var lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
        Thread.sleep(POLL_MILLIS);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // as if there were none
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // it was never written to
      }
    }
    return null;
  }

  /** Removes what other versions have left in a place. */
  void sweep(Path place) {
    NativePlaces.sweep(place, product + "-", start());
  }
}
