import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.TreeSet;

/** What is done to whole folders. */
final class Folders {
  private Folders() {}

  /** Copies a folder with the times of its files. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Deletes a folder, read-only files too. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            file.toFile().setWritable(true);
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path d, IOException e) throws IOException {
            Files.delete(d);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Gives every file of a folder the same time. */
  static void touch(Path folder, FileTime time) throws IOException {
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(f -> Files.isRegularFile(f)).toList()) {
        boolean locked = !Files.isWritable(file);
        if (locked) {
          file.toFile().setWritable(true);
        }
        Files.setLastModifiedTime(file, time);
        if (locked) {
          file.toFile().setWritable(false);
        }
      }
    }
  }

  /** The names of the files in a folder. */
  static TreeSet<String> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      var names = new TreeSet<String>();
      files.filter(Files::isRegularFile).forEach(f -> names.add(f.getFileName().toString()));
      return names;
    }
  }

  /** The size of a file or a folder, for people. */
  static String megabytes(Path path) throws IOException {
    try (var files = Files.walk(path)) {
      long sum = files.filter(Files::isRegularFile).map(Path::toFile).mapToLong(File::length).sum();
      return "%.1f MB".formatted(sum / 1e6);
    }
  }

  /** The SHA-256 of a file, in lower-case hexadecimal digits. */
  static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = Files.newInputStream(file)) {
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return "%064x".formatted(new BigInteger(1, digest.digest()));
  }
}
