package org.infd.app.photo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.infd.app.work.Background;
import org.infd.app.work.JsonFile;
import org.infd.inference.Problem;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * Finds the photo again that a field was made from, also after a restart: where it lay is
 * remembered by its hash. The last one read stays in memory, for a pasted one lies nowhere.
 * Thread-safe.
 */
public final class PhotoOriginals {
  /** The oldest are forgotten beyond this. */
  static final int MOST = 500;

  private static final long LARGEST_FILE = 1 << 20;

  /**
   * What is in the file.
   *
   * @param files where photos lie, by the SHA-256 of their files, the oldest first
   */
  private record Places(Map<String, String> files) {}

  private final JsonFile<Places> json;
  private final Executor disk;
  private final LinkedHashMap<String, String> places = new LinkedHashMap<>();
  private boolean read;
  private @Nullable Photo last;

  /**
   * @param file where the places are kept; its folder is made when needed
   * @param background where the file is written
   */
  public PhotoOriginals(Path file, Background background) {
    json = new JsonFile<>(file, Places.class, LARGEST_FILE, "places of photos");
    disk = background.files();
  }

  /** A photo was read that lies nowhere. */
  public synchronized void remember(Photo photo) {
    last = photo;
  }

  /** A photo was read from a file. */
  public void remember(Photo photo, Path file) {
    Places kept;
    synchronized (this) {
      last = photo;
      load();
      places.remove(photo.sha256());
      places.put(photo.sha256(), file.toAbsolutePath().toString());
      while (places.size() > MOST) {
        places.remove(places.keySet().iterator().next());
      }
      kept = new Places(new LinkedHashMap<>(places));
    }
    disk.execute(() -> json.write(kept));
  }

  private void load() {
    if (!read) {
      read = true;
      json.read().map(Places::files).ifPresent(places::putAll);
    }
  }

  /** Whether the photo that a square was cut from is at hand, or a file is where it lay. */
  public synchronized boolean knows(Recipe.Photo square) {
    load();
    var place = places.get(square.sha256());
    return isLast(square) || (place != null && Files.isRegularFile(Path.of(place)));
  }

  private synchronized boolean isLast(Recipe.Photo square) {
    return last != null && last.sha256().equals(square.sha256());
  }

  /**
   * The photo that a square was cut from.
   *
   * @throws Problem if it is not where it lay, or another one lies there now
   */
  public Photo find(Recipe.Photo square) {
    String place;
    synchronized (this) {
      load();
      var known = last;
      if (known != null && isLast(square)) {
        return known;
      }
      place = places.get(square.sha256());
    }
    if (place == null) {
      throw new Problem(
          "Where '" + square.file() + "' lies is not known. Open it again, and compare then.");
    }
    var found = PhotoFile.read(Path.of(place));
    if (!found.sha256().equals(square.sha256())) {
      throw new Problem(
          "The file "
              + place
              + " was changed since the picture was made from it, so it is not"
              + " the original any more.");
    }
    remember(found);
    return found;
  }
}
