package org.infd.app.bookmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.infd.app.work.JsonFile;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.FieldImage;

/**
 * The bookmarks of every picture, a small file each, named by a hash of the picture's latents: a
 * copy of a field file has the same places. For one thread at a time.
 */
final class BookmarkFolder {
  private static final long LARGEST_FILE = 1 << 20;
  private static final int KEY_LENGTH = 32;

  private final Path folder;

  /**
   * @param folder where the files lie; made when needed
   */
  BookmarkFolder(Path folder) {
    this.folder = folder;
  }

  /** A name for a picture that no other picture has. */
  static String key(FieldImage image) {
    var values = image.layers().stream().map(layer -> layer.z().toArray()).toList();
    int count = values.stream().mapToInt(z -> z.length).sum();
    var bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(
        z -> {
          for (float value : z) {
            bytes.putFloat(value);
          }
        });
    return ModelBundle.sha256(bytes.array()).substring(0, KEY_LENGTH);
  }

  private Path file(String key) {
    return folder.resolve(key + ".json");
  }

  /** The bookmarks of a picture; none where they cannot be read. */
  List<Bookmark> read(String key) {
    return new JsonFile<>(file(key), Bookmark[].class, LARGEST_FILE, "bookmarks")
        .readKept().stream()
            .flatMap(Stream::of)
            .filter(Objects::nonNull)
            .filter(mark -> mark.name() != null && mark.view() != null)
            .toList();
  }

  /**
   * Keeps the bookmarks of a picture.
   *
   * @throws Problem if they cannot be written
   */
  void write(String key, List<Bookmark> bookmarks) {
    try {
      if (bookmarks.isEmpty()) {
        Files.deleteIfExists(file(key));
        return;
      }
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw AtomicFile.explain(folder, e);
    }
    var bytes = StrictJson.memory().writeValueAsBytes(bookmarks);
    AtomicFile.write(file(key), stream -> stream.write(bytes));
  }
}
