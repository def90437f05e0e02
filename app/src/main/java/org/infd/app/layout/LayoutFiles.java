package org.infd.app.layout;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.JsonFile;
import org.infd.app.work.Notices;
import org.infd.app.work.Place;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.Layout;
import org.jspecify.annotations.Nullable;

/**
 * The files of a layout: those that the user opens and saves, and one that keeps what is being
 * edited from one start to the next, with boxes that have no prompt yet. Belongs to the user
 * interface's thread.
 */
public final class LayoutFiles {
  private static final long LARGEST_DRAFT = 4 << 20;

  /** What is kept between two starts. */
  record Kept(
      boolean open,
      boolean followed,
      List<DraftBox> boxes,
      @Nullable GuidanceSettings steering,
      @Nullable String file) {}

  private final LayoutModel model;
  private final JsonFile<Kept> draft;
  private final Executor disk;
  private final Job opening;
  private final Job saving;
  private final Notices notices;
  private final ReadOnlyObjectWrapper<Optional<Path>> file =
      new ReadOnlyObjectWrapper<>(this, "file", Optional.empty());
  private @Nullable Kept last;

  /** Before it was read, what was kept must not be written over. */
  private boolean restored;

  /**
   * @param draftFile keeps what is being edited
   * @param notices hears how opening and saving went
   */
  public LayoutFiles(
      LayoutModel model, Path draftFile, Background background, Executor ui, Notices notices) {
    this.model = model;
    this.notices = notices;
    draft = new JsonFile<>(draftFile, Kept.class, LARGEST_DRAFT, "layout");
    disk = background.files();
    opening = new Job(background, ui);
    saving = new Job(background.files(), ui);
  }

  /** The file that the layout was opened from or saved to last. */
  public ReadOnlyObjectProperty<Optional<Path>> fileProperty() {
    return file.getReadOnlyProperty();
  }

  /**
   * Opens a layout file in the place of the present layout, which can be had back by undoing. What
   * is wrong with the file is told, and the present layout stays.
   */
  public void open(Path path) {
    open(path, layout -> file.set(Optional.of(path)));
  }

  /** Opens a copy of a layout that comes with the program: saving asks for a place. */
  public void openSample(Path path) {
    open(path, layout -> file.set(Optional.empty()));
  }

  private void open(Path path, Consumer<Layout> opened) {
    opening.start(
        (cancellation, ui) -> Layout.read(path),
        layout -> {
          model.replace(layout, model.steeringProperty().get());
          model.openProperty().set(true);
          opened.accept(layout);
        },
        notices::fail);
  }

  /** Writes the layout to a file: all boxes that have a prompt. */
  public void save(Path path) {
    var boxes = List.copyOf(model.boxes());
    byte[] bytes;
    try {
      bytes = model.layout().toBytes();
    } catch (Problem e) {
      notices.fail(String.valueOf(e.getMessage()));
      return;
    }
    saving.start(
        (cancellation, ui) -> {
          AtomicFile.write(path, stream -> stream.write(bytes));
          return path;
        },
        saved -> {
          file.set(Optional.of(saved));
          notices.done("Saved " + saved.getFileName() + "." + leftOut(boxes));
        },
        notices::fail);
  }

  private static String leftOut(List<DraftBox> boxes) {
    long blank = boxes.stream().filter(box -> box.prompt().isBlank()).count();
    long hidden = boxes.stream().filter(box -> box.hidden() && !box.prompt().isBlank()).count();
    return (blank == 0
            ? ""
            : blank == 1
                ? " A box without a prompt is not in it."
                : " " + blank + " boxes without a prompt are not in it.")
        + (hidden == 0 ? "" : " Hidden boxes are in it, and are shown when it is opened.");
  }

  /** The layout is another one now, of no file. */
  public void forgetFile() {
    file.set(Optional.empty());
  }

  /** Keeps what is being edited. Never throws. */
  public void keep() {
    var now = present();
    if (restored && !now.equals(last)) {
      last = now;
      disk.execute(() -> draft.write(now));
    }
  }

  /** Keeps it before the program ends, and opens nothing more. Never throws. */
  public void end() {
    opening.cancel();
    keep();
  }

  private Kept present() {
    return new Kept(
        model.openProperty().get(),
        model.followedProperty().get(),
        List.copyOf(model.boxes()),
        model.steeringProperty().get(),
        file.get().map(Path::toString).orElse(null));
  }

  /** Goes on with what was being edited at the last end. */
  public void restore() {
    restored = true;
    var read = draft.readKept();
    if (read.isEmpty()) {
      return;
    }
    if (read.get().boxes() == null) {
      draft.setAside();
      return;
    }
    var kept = read.get();
    var steering = kept.steering();
    model.restore(
        kept.boxes().stream().filter(LayoutFiles::isThere).toList(),
        steering == null ? GuidanceSettings.usual() : steering);
    model.openProperty().set(kept.open());
    model.followedProperty().set(kept.followed());
    file.set(Place.of(kept.file()));
    last = kept;
  }

  private static boolean isThere(@Nullable DraftBox box) {
    return box != null;
  }
}
