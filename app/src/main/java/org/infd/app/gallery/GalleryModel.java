package org.infd.app.gallery;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.LongProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyLongProperty;
import javafx.beans.property.ReadOnlyLongWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleLongProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableSet;
import javafx.collections.transformation.FilteredList;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.app.work.UndoStack;
import org.infd.inference.generation.Recipe;

/**
 * The pictures that were made: kept, found again, deleted and brought back. The oldest that are no
 * favourites make room when all take more than the user allows. All methods belong to the user
 * interface's thread; files are touched in the background, one after the other.
 */
public final class GalleryModel {
  /** What pictures may take on disk when the user has not said: some ten thousand of them. */
  public static final long DEFAULT_LIMIT = 2L << 30;

  private final ReadOnlyObjectWrapper<Path> folder = new ReadOnlyObjectWrapper<>(this, "folder");
  private final Executor files;
  private final Executor ui;
  private final Supplier<Instant> clock;
  private final ObservableList<KeptPicture> pictures = FXCollections.observableArrayList();
  private final ObservableList<KeptPicture> all =
      FXCollections.unmodifiableObservableList(pictures);
  private final FilteredList<KeptPicture> shown = new FilteredList<>(pictures);
  private final ObservableSet<String> favourites = FXCollections.observableSet(new HashSet<>());
  private final ObservableSet<String> starred = FXCollections.unmodifiableObservableSet(favourites);
  private final StringProperty search = new SimpleStringProperty(this, "search", "");
  private final BooleanProperty favouritesOnly = new SimpleBooleanProperty(this, "favouritesOnly");
  private final ReadOnlyLongWrapper bytes = new ReadOnlyLongWrapper(this, "bytes");
  private final LongProperty limit = new SimpleLongProperty(this, "limit", DEFAULT_LIMIT);
  private final ReadOnlyBooleanWrapper loaded = new ReadOnlyBooleanWrapper(this, "loaded");
  private final Notices notices;
  private final UndoStack undo;

  /** The first rows of a window. */
  private static final int FIRST_READ = 20;

  /** Each part that is read is so many times as long as the one before. */
  private static final int GROWTH = 4;

  /** What is in a folder, the newest first. */
  private record Found(Path folder, List<Path> files, Set<String> favourites) {}

  private final GallerySearch looking = new GallerySearch();

  /** For the files' thread alone. */
  private PictureFolder disk;

  private final DeletedPictures deleted = new DeletedPictures();

  /** Changes of favourites that are not in the file yet. */
  private int changing;

  /** The folders that hold only what was deleted in this session; for the files' thread alone. */
  private final Set<Path> swept = new HashSet<>();

  /**
   * @param folder where the pictures are kept
   * @param background where files are touched
   * @param ui where everything else happens
   * @param clock the time
   * @param notices hears of deletions, and of what went wrong
   * @param undo takes deletions back
   */
  public GalleryModel(
      Path folder,
      Background background,
      Executor ui,
      Supplier<Instant> clock,
      Notices notices,
      UndoStack undo) {
    this.folder.set(folder);
    disk = new PictureFolder(folder);
    files = background.files();
    this.ui = ui;
    this.clock = clock;
    this.notices = notices;
    this.undo = undo;
    search.subscribe(this::filter);
    favouritesOnly.subscribe(this::filter);
    limit.subscribe(() -> makeRoom());
  }

  /** Where new pictures are kept. */
  public Path folder() {
    return folder.get();
  }

  /** Where new pictures are kept. */
  public ReadOnlyObjectProperty<Path> folderProperty() {
    return folder.getReadOnlyProperty();
  }

  /** Keeps pictures in another folder, and shows those that are there; no file is moved. */
  public void use(Path other) {
    if (other.equals(folder.get())) {
      return;
    }
    folder.set(other);
    loaded.set(false);
    files.execute(() -> disk = new PictureFolder(other));
    load();
  }

  /** All pictures, the newest first. */
  public ObservableList<KeptPicture> pictures() {
    return all;
  }

  /** Those that are searched for, the newest first. */
  public ObservableList<KeptPicture> shown() {
    return shown;
  }

  /** The words that pictures must have. */
  public StringProperty searchProperty() {
    return search;
  }

  /** Whether only favourites are shown. */
  public BooleanProperty favouritesOnlyProperty() {
    return favouritesOnly;
  }

  /** What the pictures take on disk. */
  public ReadOnlyLongProperty bytesProperty() {
    return bytes.getReadOnlyProperty();
  }

  /** What they may take. */
  public LongProperty limitProperty() {
    return limit;
  }

  /** Whether it is known which pictures there are. */
  public ReadOnlyBooleanProperty loadedProperty() {
    return loaded.getReadOnlyProperty();
  }

  /** The names of the favourites, see {@link KeptPicture#name}. */
  public ObservableSet<String> favourites() {
    return starred;
  }

  /** Whether a picture is a favourite. */
  public boolean isFavourite(KeptPicture picture) {
    return favourites.contains(picture.name());
  }

  private void filter() {
    var words = search.get();
    boolean only = favouritesOnly.get();
    var wanted = KeptPicture.words(words);
    shown.setPredicate(
        picture ->
            (!only || isFavourite(picture)) && (words.isBlank() || looking.has(picture, wanted)));
  }

  /** Finds what is there. */
  public void load() {
    inBackground(
        () -> {
          if (swept.add(disk.folder())) {
            deleted.sweep(disk.folder());
          }
          return new Found(disk.folder(), disk.files(), new Favourites(disk.folder()).names());
        },
        this::begin);
  }

  private void begin(Found found) {
    favourites.clear();
    favourites.addAll(found.favourites());
    looking.forget();
    pictures.clear();
    count();
    readOn(found, 0, FIRST_READ);
  }

  /** What is seen first is there first: thousands take seconds to read. */
  private void readOn(Found found, int from, int count) {
    int to = Math.min(found.files().size(), from + count);
    var part = found.files().subList(from, to);
    inBackground(
        () ->
            part.stream().map(disk::read).flatMap(Optional::stream).peek(looking::prepare).toList(),
        read -> {
          if (!found.folder().equals(folder.get())) {
            // another folder is shown by now
            return;
          }
          pictures.addAll(read);
          count();
          if (to < found.files().size()) {
            readOn(found, to, count * GROWTH);
          } else {
            loaded.set(true);
            makeRoom();
          }
        });
  }

  private void count() {
    bytes.set(pictures.stream().mapToLong(KeptPicture::bytes).sum());
  }

  /**
   * Keeps a new picture.
   *
   * @param writer writes the field file, in the background
   * @param ended called when it is kept, or when that failed
   */
  public void keep(Recipe recipe, Consumer<Path> writer, Runnable ended) {
    var made = clock.get();
    inBackground(
        () -> {
          var file = disk.newFile(recipe, made);
          writer.accept(file);
          return disk.read(file);
        },
        kept -> {
          try {
            kept.ifPresent(this::add);
          } finally {
            ended.run();
          }
        },
        ended);
  }

  private void add(KeptPicture picture) {
    pictures.addFirst(picture);
    count();
    makeRoom();
  }

  /** The pictures that a limit would delete: the oldest that are no favourites. */
  public List<KeptPicture> leavingAt(long most) {
    var leaving = new ArrayList<KeptPicture>();
    long left = bytes.get();
    // the newest one always stays
    for (int i = pictures.size() - 1; i > 0 && left > most; i--) {
      var picture = pictures.get(i);
      if (!isFavourite(picture)) {
        leaving.add(picture);
        left -= picture.bytes();
      }
    }
    return leaving;
  }

  private void makeRoom() {
    if (!loaded.get() || bytes.get() <= limit.get()) {
      return;
    }
    var leaving = leavingAt(limit.get());
    pictures.removeAll(leaving);
    count();
    inBackground(
        () -> {
          // another program may have made favourites of some meanwhile
          var names = new Favourites(disk.folder()).names();
          leaving.stream().filter(old -> !names.contains(old.name())).forEach(disk::remove);
          return leaving.stream().filter(old -> names.contains(old.name())).toList();
        },
        spared -> {
          spared.forEach(kept -> favourites.add(kept.name()));
          spared.forEach(this::putBack);
        });
  }

  /** Deletes a picture; until the end of the session there is a way back. */
  public void delete(KeptPicture picture) {
    if (!pictures.remove(picture)) {
      return;
    }
    count();
    // there is nothing to take back where it could not be deleted
    var act = undo.push(() -> !pictures.contains(picture), () -> restore(picture));
    notices.done(
        "Deleted '" + Notice.shortened(picture.title()) + "'.",
        new Notice.Action("Undo", act::undo));
    inBackground(
        () -> {
          deleted.delete(picture);
          return picture;
        },
        gone -> {},
        () -> putBack(picture));
  }

  private void restore(KeptPicture picture) {
    inBackground(
        () -> {
          deleted.restore(picture);
          return picture;
        },
        back -> {
          putBack(back);
          notices.done("'" + Notice.shortened(back.title()) + "' is back.");
        });
  }

  private void putBack(KeptPicture picture) {
    // another folder may be shown by now
    if (!picture.isIn(folder.get()) || pictures.contains(picture)) {
      return;
    }
    int at = 0;
    while (at < pictures.size() && pictures.get(at).made().isAfter(picture.made())) {
      at++;
    }
    pictures.add(at, picture);
    count();
  }

  /** Makes a picture a favourite, or an ordinary one again. */
  public void switchFavourite(KeptPicture picture) {
    boolean isFavourite = favourites.add(picture.name());
    if (!isFavourite) {
      favourites.remove(picture.name());
    }
    filter();
    changing++;
    inBackground(
        () -> new Favourites(disk.folder()).change(picture.name(), isFavourite),
        names -> {
          changing--;
          show(names);
        },
        () -> changing--);
  }

  /** What other programs have changed is shown when nothing of this one's own is on its way. */
  private void show(Set<String> names) {
    if (changing == 0 && !favourites.equals(names)) {
      favourites.retainAll(names);
      favourites.addAll(names);
      filter();
    }
  }

  /** No more is deleted; another session may free what was. */
  public void close() {
    files.execute(deleted::close);
  }

  private <T> void inBackground(Supplier<T> work, Consumer<T> done) {
    inBackground(work, done, () -> {});
  }

  private <T> void inBackground(Supplier<T> work, Consumer<T> done, Runnable failed) {
    files.execute(
        () -> {
          try {
            var result = work.get();
            ui.execute(() -> done.accept(result));
          } catch (Throwable e) {
            // out of memory as well: who waits for the end must not wait for ever
            var sentence = Job.sentence(e);
            ui.execute(
                () -> {
                  try {
                    notices.fail(sentence);
                  } finally {
                    failed.run();
                  }
                });
          }
        });
  }
}
