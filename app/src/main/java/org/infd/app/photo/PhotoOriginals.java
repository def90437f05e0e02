package org.infd.app.photo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import javax.imageio.ImageIO;
import org.infd.app.work.Background;
import org.infd.app.work.JsonFile;
import org.infd.app.work.Place;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * Finds the photo again that a field was made from, also after a restart: where it lay is
 * remembered by its hash. The last one read stays in memory; a pasted one lies nowhere, and is
 * written to a file of ours when it is {@linkplain #keep kept}. Thread-safe.
 */
public final class PhotoOriginals {
  /** The oldest are forgotten beyond this. */
  static final int MOST = 500;

  /** So many pasted ones are kept: each may take some 20 MB. */
  static final int MOST_PASTED = 8;

  private static final System.Logger LOG = System.getLogger(PhotoOriginals.class.getName());
  private static final long LARGEST_FILE = 1 << 20;

  /**
   * What is in the file.
   *
   * @param files where photos lie, by the SHA-256 of their files, the oldest first
   */
  private record Places(Map<String, String> files) {}

  private final JsonFile<Places> json;
  private final Executor disk;
  private final Path pasted;
  private final LinkedHashMap<String, String> places = new LinkedHashMap<>();

  /** What is being written, by its hash. */
  private final Map<String, Photo> unwritten = new HashMap<>();

  private boolean read;
  private @Nullable Photo last;

  /**
   * @param file where the places are kept; its folder is made when needed, with one of pasted
   *     photos in it
   * @param background where files are written
   */
  public PhotoOriginals(Path file, Background background) {
    json = new JsonFile<>(file, Places.class, LARGEST_FILE, "places of photos");
    pasted = file.resolveSibling("pasted");
    disk = background.files();
  }

  /** A photo was read that lies nowhere. */
  public synchronized void remember(Photo photo) {
    last = photo;
  }

  /** A photo was read from a file. */
  public void remember(Photo photo, Path file) {
    synchronized (this) {
      last = photo;
      load();
      put(photo, file);
    }
    disk.execute(() -> json.change(there -> with(there, photo, file)));
  }

  private void put(Photo photo, Path file) {
    places.remove(photo.sha256());
    places.put(photo.sha256(), file.toAbsolutePath().toString());
    while (places.size() > MOST) {
      places.remove(places.keySet().iterator().next());
    }
  }

  /** What another window remembered meanwhile is older than this photo. */
  private synchronized Places with(Optional<Places> there, Photo photo, Path file) {
    load();
    there.map(Places::files).ifPresent(files -> files.forEach(places::putIfAbsent));
    put(photo, file);
    return new Places(new LinkedHashMap<>(places));
  }

  /** A photo is needed, now or later: one that lies nowhere is written to a file of ours. */
  public void keep(Photo photo) {
    synchronized (this) {
      load();
      if (places.containsKey(photo.sha256())) {
        return;
      }
      unwritten.put(photo.sha256(), photo);
    }
    disk.execute(
        () -> {
          try {
            var file = pasted.resolve(photo.sha256() + ".png");
            write(photo, file);
            json.change(there -> with(there, photo, file));
            sweep();
          } catch (IOException | Problem e) {
            // it is in memory for as long as the program runs
            LOG.log(System.Logger.Level.WARNING, "not kept: " + photo.name(), e);
            return;
          }
          synchronized (this) {
            unwritten.remove(photo.sha256());
          }
        });
  }

  private static void write(Photo photo, Path file) throws IOException {
    var picture = new BufferedImage(photo.width(), photo.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < photo.height(); y++) {
      for (int x = 0; x < photo.width(); x++) {
        picture.setRGB(x, y, photo.argb(y, x));
      }
    }
    Files.createDirectories(file.toAbsolutePath().getParent());
    AtomicFile.write(file, stream -> ImageIO.write(picture, "png", stream));
  }

  /** Deletes the oldest pasted photos beyond {@link #MOST_PASTED}. */
  private void sweep() throws IOException {
    List<Path> files;
    try (var there = Files.list(pasted)) {
      files = there.sorted(Comparator.comparing(PhotoOriginals::written).reversed()).toList();
    }
    for (var file : files.subList(Math.min(MOST_PASTED, files.size()), files.size())) {
      Files.deleteIfExists(file);
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private void load() {
    if (!read) {
      read = true;
      json.readKept().map(Places::files).ifPresent(places::putAll);
    }
  }

  /** Whether the photo that a square was cut from is at hand, or a file is where it lay. */
  public synchronized boolean knows(Recipe.Photo square) {
    load();
    var place = places.get(square.sha256());
    return inMemory(square).isPresent() || Place.of(place).filter(Files::isRegularFile).isPresent();
  }

  private synchronized Optional<Photo> inMemory(Recipe.Photo square) {
    return last != null && last.sha256().equals(square.sha256())
        ? Optional.of(last)
        : Optional.ofNullable(unwritten.get(square.sha256()));
  }

  /**
   * The photo that a square was cut from.
   *
   * @throws Problem if it is not where it lay, or another one lies there now
   */
  public Photo find(Recipe.Photo square) {
    Optional<Path> place;
    synchronized (this) {
      load();
      var known = inMemory(square);
      if (known.isPresent()) {
        return known.get();
      }
      place = Place.of(places.get(square.sha256()));
    }
    if (place.isEmpty()) {
      throw new Problem(
          "Where '" + square.file() + "' lies is not known. Open it again, and compare then.");
    }
    var found = PhotoFile.read(place.get(), Cancellation.never());
    if (pasted.toAbsolutePath().equals(place.get().getParent())) {
      // its hash is of the clipboard's pixels, which this file of ours holds without transparency
      return found.as(square.file(), square.sha256());
    }
    if (!found.sha256().equals(square.sha256())) {
      throw new Problem(
          "The file "
              + place.get()
              + " was changed since the picture was made from it, so it is not"
              + " the original any more.");
    }
    remember(found);
    return found;
  }
}
