package org.infd.app.bookmark;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;
import org.infd.inference.generation.FieldImage;

/**
 * The bookmarks of the open picture. All methods belong to the user interface's thread; files are
 * touched in the background, one after the other.
 */
public final class BookmarksModel {
  /** More places in one picture nobody finds again. */
  static final int MOST = 200;

  private final BookmarkFolder folder;
  private final Executor files;
  private final Executor ui;
  private final Notices notices;
  private final ObservableList<Bookmark> marks = FXCollections.observableArrayList();
  private final ObservableList<Bookmark> shown = FXCollections.unmodifiableObservableList(marks);
  private Optional<String> open = Optional.empty();
  private long opened;

  /**
   * @param folder where bookmarks are kept
   * @param background where files are touched
   * @param ui where everything else happens
   * @param notices hears what went wrong
   */
  public BookmarksModel(Path folder, Background background, Executor ui, Notices notices) {
    this.folder = new BookmarkFolder(folder);
    this.files = background.files();
    this.ui = ui;
    this.notices = notices;
  }

  /** The bookmarks, in the order in which they were made. */
  public ObservableList<Bookmark> marks() {
    return shown;
  }

  /** Shows the bookmarks of another picture. */
  public void open(FieldImage image) {
    marks.clear();
    open = Optional.empty();
    long turn = ++opened;
    files.execute(
        () -> {
          var key = BookmarkFolder.key(image);
          var found = folder.read(key);
          ui.execute(
              () -> {
                if (turn == opened) {
                  open = Optional.of(key);
                  marks.setAll(found);
                }
              });
        });
  }

  /** Whether a place can be kept now. */
  public boolean canAdd() {
    return open.isPresent() && marks.size() < MOST;
  }

  /** Keeps the present view of the open picture. */
  public void keepView(ViewerModel viewer) {
    if (viewer.fieldProperty().get().isPresent() && !viewer.isPreviewing() && canAdd()) {
      add(SavedView.of(viewer.cameraProperty().get()));
      notices.done("This view is kept among the bookmarks of the picture.");
    }
  }

  /** Keeps a place, under a name that says where it is. */
  public void add(SavedView view) {
    if (canAdd()) {
      marks.add(new Bookmark(name(view), view));
      keep();
    }
  }

  /** For example "8× at 42 %, 17 %". */
  static String name(SavedView view) {
    double zoom = 1 / view.shown();
    return (zoom >= 9.95 ? Long.toString(Math.round(zoom)) : oneDecimal(zoom))
        + "× at "
        + Math.round(view.centreX() * 100)
        + " %, "
        + Math.round(view.centreY() * 100)
        + " %";
  }

  private static String oneDecimal(double value) {
    return NumberText.format("%.1f", value);
  }

  /** Forgets a place. */
  public void remove(Bookmark mark) {
    if (marks.remove(mark)) {
      keep();
    }
  }

  private void keep() {
    var key = open;
    var now = List.copyOf(marks);
    files.execute(
        () -> {
          try {
            key.ifPresent(name -> folder.write(name, now));
          } catch (Throwable e) {
            var sentence = Job.sentence(e);
            ui.execute(() -> notices.fail(sentence));
          }
        });
  }
}
