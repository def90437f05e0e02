package org.infd.app.tab;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.SavedView;
import org.infd.app.viewer.SuspendedView;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.jspecify.annotations.Nullable;

/**
 * The open tabs, of which the viewer shows one. The others render nothing: they keep the tiles of
 * their view, the least recently seen only one tile, and beyond some of them not even the picture,
 * which then comes back from its file. All methods belong to the user interface's thread.
 */
public final class TabsModel {
  /** More nobody finds again; a key that is held down opens no more. */
  public static final int MOST = 100;

  private final ViewerModel viewer;
  private final PictureHolds holds;
  private final Executor background;
  private final Executor ui;
  private final ObservableList<Tab> tabs = FXCollections.observableArrayList();
  private final ReadOnlyObjectWrapper<Tab> current;
  private final ReadOnlyObjectWrapper<Optional<Picture>> picture =
      new ReadOnlyObjectWrapper<>(this, "picture", Optional.empty());
  private final StandIn standIn;
  private final TabLoader loader;
  private final TabHistory history = new TabHistory(this);
  private final TabMemory memory;
  private Consumer<Tab> leaving = tab -> {};
  private Consumer<Tab> closing = tab -> {};
  private long looks;

  /**
   * Begins with one empty tab.
   *
   * @param viewer shows the picture of the tab that is looked at
   * @param engine opens files
   * @param holds keeps a picture for as long as a tab has it
   * @param notices hears what the user should know about a file and what went wrong
   */
  public TabsModel(
      ViewerModel viewer,
      Engine engine,
      PictureHolds holds,
      Notices notices,
      Executor background,
      Executor ui) {
    this.viewer = viewer;
    this.holds = holds;
    this.background = background;
    this.ui = ui;
    memory = new TabMemory(this, holds);
    standIn = new StandIn(viewer, this::current);
    loader = new TabLoader(engine, this::showOpened, standIn, notices);
    var first = newTab();
    tabs.add(first);
    current = new ReadOnlyObjectWrapper<>(this, "current", first);
  }

  /**
   * Says who hears what.
   *
   * @param left the picture that is looked at is about to give way to another one
   * @param goes a tab is about to close
   */
  public void attach(Consumer<Tab> left, Consumer<Tab> goes) {
    leaving = left;
    closing = goes;
  }

  /** Shows a small picture until something is opened, or nothing instead of one. */
  public void standIn(Optional<PixelImage> image) {
    viewer.standIn(image);
  }

  private Tab newTab() {
    var tab = new Tab(new Job(background, ui));
    tab.openingProperty().subscribe(opening -> endStandIn(tab, opening));
    return tab;
  }

  private void endStandIn(Tab tab, boolean opening) {
    if (!opening && current != null) {
      standIn.end(tab);
    }
  }

  /** The tabs from left to right; never empty. */
  public ObservableList<Tab> tabs() {
    return tabs;
  }

  /** The tab that is looked at. */
  public ReadOnlyObjectProperty<Tab> currentProperty() {
    return current.getReadOnlyProperty();
  }

  /** The tab that is looked at. */
  public Tab current() {
    return current.get();
  }

  /** The picture that is looked at. */
  public ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return picture.getReadOnlyProperty();
  }

  boolean isCurrent(Tab tab) {
    return tab == current.get();
  }

  /** Opens an empty tab beside the present one and looks at it. */
  public Tab open() {
    var tab = openBehind();
    select(tab);
    return tab;
  }

  /** Opens an empty tab beside the present one; where there are too many, the present one is it. */
  public Tab openBehind() {
    return tabs.size() >= MOST ? current() : openAfter(current());
  }

  private Tab openAfter(Tab before) {
    var tab = newTab();
    tabs.add(tabs.indexOf(before) + 1, tab);
    return tab;
  }

  /**
   * Opens a tab for something that is on its way, beside another one.
   *
   * @param title what it is called until then
   * @return empty where there are too many tabs
   */
  public Optional<Tab> reserve(String title, Tab before) {
    if (tabs.size() >= MOST) {
      return Optional.empty();
    }
    var tab = openAfter(before);
    tab.reserve(title);
    return Optional.of(tab);
  }

  /** Looks at a tab. */
  public void select(Tab tab) {
    if (isCurrent(tab) || !tabs.contains(tab)) {
      return;
    }
    leaving.accept(current());
    current().suspend(viewer.suspend());
    lookAt(tab);
    memory.bound();
  }

  private void lookAt(Tab tab) {
    // the viewer first: who hears of the tab may lay something over what it shows
    tab.takeAside()
        .ifPresentOrElse(
            viewer::show,
            () ->
                tab.pictureProperty()
                    .get()
                    .ifPresentOrElse(shown -> showInViewer(tab, shown), viewer::clear));
    current.set(tab);
    tab.look(++looks);
    picture.set(tab.pictureProperty().get());
    if (tab.isAsleep() && !tab.openingProperty().get()) {
      loader.wake(tab);
    }
  }

  private void showInViewer(Tab tab, Picture shown) {
    viewer.show(shown.field());
    tab.view().ifPresent(viewer::jumpTo);
  }

  /** Looks at the tab so many places to the right, around the end. */
  public void step(int by) {
    select(tabs.get(Math.floorMod(tabs.indexOf(current()) + by, tabs.size())));
  }

  /** Moves a tab to another place. */
  public void move(Tab tab, int to) {
    int at = tabs.indexOf(tab);
    if (at >= 0 && at != to && to >= 0 && to < tabs.size()) {
      tabs.remove(at);
      tabs.add(to, tab);
    }
  }

  /** Shows a picture in a tab; what was there gives way. */
  public void show(Tab tab, Picture shown, Optional<Path> file) {
    show(tab, shown, file, Optional.empty());
  }

  /** What is being made for the tab meanwhile stays in sight. */
  private void showOpened(Tab tab, Picture opened, Optional<Path> file, Optional<SavedView> view) {
    var preview = isCurrent(tab) ? viewer.previewed() : Optional.<PixelImage>empty();
    show(tab, opened, file, view);
    if (preview.isPresent()) {
      viewer.preview(preview);
    }
  }

  private void show(Tab tab, Picture shown, Optional<Path> file, Optional<SavedView> view) {
    tab.opening.cancel();
    if (!tabs.contains(tab)) {
      // it was closed meanwhile; whoever else needs the picture holds it
      holds.hold(shown);
      holds.letGo(shown);
      return;
    }
    if (isCurrent(tab)) {
      leaving.accept(tab);
    }
    holds.hold(shown);
    var old = tab.pictureProperty().get();
    tab.takeAside().ifPresent(SuspendedView::close);
    tab.put(Optional.of(shown), Picture.subject(shown.recipe()), file, view);
    tab.gridProperty().set(false);
    if (tab.batchProperty().get().filter(batch -> file.filter(batch::has).isPresent()).isEmpty()) {
      tab.batchProperty().set(Optional.empty());
    }
    if (isCurrent(tab)) {
      picture.set(Optional.of(shown));
      showInViewer(tab, shown);
    } else {
      tab.setUnseen(true);
    }
    old.ifPresent(holds::letGo);
    memory.bound();
  }

  /** The picture of a tab is kept in a file by now. */
  public void keptAs(Picture kept, Path file) {
    tabs.stream()
        .filter(tab -> tab.pictureProperty().get().filter(kept::equals).isPresent())
        .forEach(tab -> tab.setFile(file));
    memory.bound();
  }

  /** Shows the pictures of a run of several in a tab, over the picture that is there. */
  public void show(Tab tab, Batch batch) {
    tab.opening.cancel();
    tab.setTitle(batch.title());
    tab.batchProperty().set(Optional.of(batch));
    tab.gridProperty().set(true);
    tab.setUnseen(!isCurrent(tab));
  }

  /**
   * Opens the picture of a file in a tab.
   *
   * @param view where to go in it, or null for the whole
   * @param done takes it when it is there
   * @param failed takes what went wrong, as a sentence
   */
  public void load(
      Tab tab,
      Path file,
      @Nullable SavedView view,
      Consumer<Picture> done,
      Consumer<String> failed) {
    loader.load(tab, file, view, done, failed);
  }

  /**
   * Stops opening the picture of the present tab.
   *
   * @return whether one was being opened
   */
  public boolean stopOpening() {
    boolean was = current().openingProperty().get();
    current().opening.cancel();
    if (was) {
      current().release();
    }
    return was;
  }

  /** Closes a tab; the last one is followed by an empty one. */
  public void close(Tab tab) {
    if (!tabs.contains(tab)) {
      return;
    }
    history.closing(tab);
    remove(tab);
  }

  /** Closes a tab for good. */
  void remove(Tab tab) {
    int at = tabs.indexOf(tab);
    closing.accept(tab);
    tab.opening.cancel();
    if (isCurrent(tab)) {
      leaving.accept(tab);
      viewer.clear();
      if (tabs.size() == 1) {
        tabs.add(newTab());
      }
      lookAt(tabs.get(at + 1 < tabs.size() ? at + 1 : at - 1));
    }
    tabs.remove(tab);
    tab.takeAside().ifPresent(SuspendedView::close);
    var gone = tab.pictureProperty().get();
    tab.put(Optional.empty(), Tab.EMPTY, Optional.empty(), Optional.empty());
    gone.ifPresent(holds::letGo);
    memory.bound();
  }

  /** The tabs that were closed, and those that the next start opens again. */
  public TabHistory history() {
    return history;
  }

  /** Where the user is in a tab, or was; empty for the whole. */
  public Optional<SavedView> viewOf(Tab tab) {
    boolean inViewer = isCurrent(tab) && picture.get().isPresent();
    return inViewer ? viewer.place() : tab.view();
  }

  /** The first tab whose picture is in a file of this absolute path; empty where there is none. */
  public Optional<Tab> withFile(String path) {
    return tabs.stream()
        .filter(tab -> tab.file().filter(file -> isAt(file, path)).isPresent())
        .findFirst();
  }

  private static boolean isAt(Path file, String path) {
    return file.toAbsolutePath().toString().equals(path);
  }

  /** Looks at a tab whose picture may have to come back from its file. */
  void wakeOrSelect(Tab tab) {
    if (isCurrent(tab) && tab.isAsleep()) {
      loader.wake(tab);
    }
    select(tab);
  }

  /** A tab for one more picture: the present one, if it is empty, or else one at the end. */
  Tab addForRestored() {
    if (current().isEmpty()) {
      return current();
    }
    var tab = newTab();
    tabs.add(tab);
    return tab;
  }

  TabLoader loader() {
    return loader;
  }

  TabMemory memory() {
    return memory;
  }

  /** The bytes of tiles that tabs hold which are not looked at. */
  public long asideBytes() {
    return memory.asideBytes();
  }

  /** Stops what is being opened. */
  public void close() {
    tabs.forEach(
        tab -> {
          tab.opening.cancel();
          tab.takeAside().ifPresent(SuspendedView::close);
        });
  }
}
