package org.infd.app.gallery;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeletedPicturesTest {
  @TempDir private Path folder;

  private KeptPicture picture(String name) throws IOException {
    var file = Files.writeString(folder.resolve(name), name);
    return new KeptPicture(file, Recipe.builder("hills", "00").build(), Instant.EPOCH, 1);
  }

  @Test
  void nothingIsPutWhereAnotherOneHasTheLock() throws IOException {
    var own = Files.createDirectories(folder.resolve("deleted").resolve("s"));
    var deleted = new DeletedPictures("s");
    var picture = picture("a.infd");
    try (var other =
            FileChannel.open(
                own.resolve("session.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var lock = other.lock()) {
      assertTrue(lock.isValid());
      // also at the second try: a lock that was refused is not held
      for (int i = 0; i < 2; i++) {
        assertThrows(Problem.class, () -> deleted.delete(picture));
        assertTrue(Files.exists(picture.file()));
      }
    }
    deleted.delete(picture);
    assertFalse(Files.exists(picture.file()));
    deleted.restore(picture);
    assertTrue(Files.exists(picture.file()));
    deleted.close();
  }
}
