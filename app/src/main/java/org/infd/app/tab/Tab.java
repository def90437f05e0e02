package org.infd.app.tab;

import java.nio.file.Path;
import java.util.Optional;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.SuspendedView;
import org.infd.app.work.Job;

/**
 * A tab: a picture with the user's place in it, or nothing yet. Asleep it has only the file that
 * the picture comes back from. Belongs to the user interface's thread; {@link TabsModel} changes
 * it.
 */
public final class Tab {
  static final String EMPTY = "New tab";

  private final ReadOnlyObjectWrapper<Optional<Picture>> picture =
      new ReadOnlyObjectWrapper<>(this, "picture", Optional.empty());
  private final ReadOnlyStringWrapper title = new ReadOnlyStringWrapper(this, "title", EMPTY);
  private final ReadOnlyBooleanWrapper unseen = new ReadOnlyBooleanWrapper(this, "unseen");
  private final ObjectProperty<Optional<Batch>> batch =
      new SimpleObjectProperty<>(this, "batch", Optional.empty());
  private final BooleanProperty grid = new SimpleBooleanProperty(this, "grid");

  /** Opens the picture of the tab. */
  final Job opening;

  private Optional<Path> file = Optional.empty();
  private Optional<SuspendedView> aside = Optional.empty();
  private Optional<SavedView> view = Optional.empty();

  /** Whether something is on its way into it that is neither a file of ours nor begun yet. */
  private boolean reserved;

  /** When it was looked at, counted in tabs looked at. */
  private long seen;

  Tab(Job opening) {
    this.opening = opening;
  }

  /** Its picture; empty while there is none, and while it is asleep. */
  public ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return picture.getReadOnlyProperty();
  }

  /** The prompt of its picture, or its seed. */
  public ReadOnlyStringProperty titleProperty() {
    return title.getReadOnlyProperty();
  }

  /** Whether its picture is being opened. */
  public ReadOnlyBooleanProperty openingProperty() {
    return opening.runningProperty();
  }

  /** Whether something has come into it that the user has not looked at. */
  public ReadOnlyBooleanProperty unseenProperty() {
    return unseen.getReadOnlyProperty();
  }

  /** The pictures of a run of several, one of which may be the tab's; empty for none. */
  public ObjectProperty<Optional<Batch>> batchProperty() {
    return batch;
  }

  /** Whether the pictures of the run are shown, and not the one. */
  public BooleanProperty gridProperty() {
    return grid;
  }

  /** The field file of its picture; empty while it is in none. */
  public Optional<Path> file() {
    return file;
  }

  /** Whether there is nothing in it, and nothing on its way from a file. */
  public boolean isEmpty() {
    return picture.get().isEmpty() && file.isEmpty() && batch.get().isEmpty() && !reserved;
  }

  /** Whether it waits for what it was opened for. */
  public boolean isReserved() {
    return reserved;
  }

  /** Keeps it for something that is on its way, which it is called after until then. */
  public void reserve(String of) {
    setTitle(of);
    reserved = true;
  }

  /** What was on its way does not come. */
  public void release() {
    if (reserved) {
      reserved = false;
      setTitle(EMPTY);
    }
  }

  /** Whether its picture can come back from a file. */
  boolean isAsleep() {
    return picture.get().isEmpty() && file.isPresent();
  }

  Optional<SuspendedView> aside() {
    return aside;
  }

  Optional<SavedView> view() {
    return aside.isPresent() ? aside.get().view() : view;
  }

  long seen() {
    return seen;
  }

  void put(Optional<Picture> shown, String name, Optional<Path> from, Optional<SavedView> place) {
    reserved = false;
    picture.set(shown);
    title.set(name);
    file = from;
    view = place;
  }

  /** Takes the pictures of a run of several away again; what was under them is there still. */
  public void leaveBatch() {
    batch.set(Optional.empty());
    grid.set(false);
    title.set(picture.get().map(shown -> Picture.subject(shown.recipe())).orElse(EMPTY));
  }

  void setTitle(String name) {
    title.set(name);
  }

  void setFile(Path kept) {
    file = Optional.of(kept);
  }

  void setUnseen(boolean isUnseen) {
    unseen.set(isUnseen);
  }

  void look(long now) {
    seen = now;
    unseen.set(false);
  }

  void suspend(Optional<SuspendedView> left) {
    aside = left;
  }

  /** Gives back what was put aside. */
  Optional<SuspendedView> takeAside() {
    var left = aside;
    aside = Optional.empty();
    return left;
  }
}
