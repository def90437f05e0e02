package org.infd.app.opening;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Job;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;

/**
 * Opens several photos at once, each in a tab of its own: the largest square in the middle of each
 * is encoded, one after the other. Photos are large, so one is in memory at a time. All methods
 * belong to the user interface's thread.
 */
final class SeveralPhotos {
  private record Waiting(Path file, Tab tab) {}

  private final TabsModel tabs;
  private final PhotoOriginals originals;
  private final Job reading;
  private final BiConsumer<PhotoCrop, Tab> encode;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final List<String> failures = new ArrayList<>();
  private Runnable ended = () -> {};

  /**
   * @param originals remembers where the photos lie
   * @param reading reads them
   * @param encode has a square of one encoded and shown in a tab
   */
  SeveralPhotos(
      TabsModel tabs, PhotoOriginals originals, Job reading, BiConsumer<PhotoCrop, Tab> encode) {
    this.tabs = tabs;
    this.originals = originals;
    this.reading = reading;
    this.encode = encode;
  }

  /**
   * Opens photos after those that are being opened.
   *
   * @param done called when all are read
   */
  void open(List<Path> files, List<Tab> places, Runnable done) {
    for (int i = 0; i < files.size(); i++) {
      waiting.add(new Waiting(files.get(i), places.get(i)));
    }
    ended = done;
    if (!reading.runningProperty().get()) {
      next();
    }
  }

  /** What could not be read, as sentences; asked for once. */
  List<String> takeFailures() {
    var taken = List.copyOf(failures);
    failures.clear();
    return taken;
  }

  private void next() {
    var one = waiting.poll();
    if (one == null) {
      ended.run();
      return;
    }
    if (!tabs.tabs().contains(one.tab())) {
      // closed before its turn came: it is not wanted any more
      next();
      return;
    }
    reading.start(
        (cancellation, _) -> {
          var photo = PhotoFile.read(one.file(), cancellation);
          originals.remember(photo, one.file());
          return photo;
        },
        photo -> {
          arrived(photo, one.tab());
          next();
        },
        sentence -> {
          failures.add(sentence);
          tabs.close(one.tab());
          next();
        });
  }

  private void arrived(Photo photo, Tab tab) {
    if (tabs.tabs().contains(tab)) {
      encode.accept(new PhotoCrop(photo), tab);
    }
  }

  /** Reads no more. */
  void close() {
    waiting.clear();
    reading.cancel();
  }
}
