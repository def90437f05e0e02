package org.infd.app.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.tab.Batch;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.viewer.PixelImage;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pictures of runs, one run after the other, and shows each in the gallery and in the tab
 * that it was asked for in. Every kind of run waits, is interrupted, and is resumed alike. All
 * methods belong to the user interface's thread.
 */
public final class PictureRuns {
  /**
   * The run in progress.
   *
   * @param tab where it is shown; empty for the gallery alone
   * @param batch its pictures, where it is of several
   */
  private record Making(Run run, Optional<Tab> tab, Optional<Batch> batch) {
    /** How its picture is made, of several the first; empty where that is a part of one. */
    Optional<Recipe> recipe() {
      return switch (run) {
        case Run.Sample sample -> Optional.of(sample.recipe());
        case Run.Batch several -> Optional.of(several.recipe());
        case Run.Vary vary -> Optional.of(vary.recipe());
        case Run.Redo _, Run.Encode _ -> Optional.empty();
      };
    }

    /** What is left of it. */
    Run unfinished() {
      return PictureRuns.unfinished(run, batch);
    }
  }

  private final GenerateModel generation;
  private final TabsModel tabs;
  private final PictureKeeper keeper;
  private final RunMaker maker;
  private final Executor ui;
  private final Notices notices;
  private final Runnable showGallery;
  private BiConsumer<Run, Picture> onMade = (run, made) -> {};
  private Optional<Making> making = Optional.empty();
  private final ReadOnlyObjectWrapper<Optional<Tab>> tab =
      new ReadOnlyObjectWrapper<>(this, "tab", Optional.empty());

  /** The picture of several that is being made. */
  private Optional<Batch.Item> item = Optional.empty();

  /** Whether nothing is begun because it would fail. */
  private boolean held;

  /**
   * @param photos finds the photo that a square is of, or throws a {@link
   *     org.infd.inference.Problem}; called in the background
   * @param showGallery goes to the gallery
   */
  public PictureRuns(
      Engine engine,
      Executor ui,
      GenerateModel generation,
      TabsModel tabs,
      PictureKeeper keeper,
      Function<Recipe.Photo, Photo> photos,
      Notices notices,
      Runnable showGallery) {
    this.generation = generation;
    this.tabs = tabs;
    this.keeper = keeper;
    this.ui = ui;
    this.notices = notices;
    this.showGallery = showGallery;
    maker = new RunMaker(engine, photos);
    generation.previewProperty().subscribe(preview -> preview.ifPresent(this::previewItem));
    generation
        .stateProperty()
        .subscribe(
            state -> {
              if (state instanceof RunState.Idle) {
                ended();
              }
            });
  }

  /** Says who hears of a picture that is there and shown in its tab. */
  public void onMade(BiConsumer<Run, Picture> listener) {
    onMade = listener;
  }

  private void previewItem(PixelImage image) {
    item.ifPresent(running -> running.preview(image));
  }

  private void ended() {
    making.flatMap(Making::batch).ifPresent(Batch::stop);
    making.flatMap(Making::tab).ifPresent(Tab::release);
    making(Optional.empty());
    item = Optional.empty();
    if (!held && !generation.queue().waiting().isEmpty()) {
      ui.execute(this::makeNext);
    }
  }

  private void making(Optional<Making> now) {
    making = now;
    tab.set(now.flatMap(Making::tab));
  }

  /** The tab that the run in progress is for; empty for none, and for the gallery alone. */
  public ReadOnlyObjectProperty<Optional<Tab>> tabProperty() {
    return tab.getReadOnlyProperty();
  }

  /** Whether a single picture is being made that will be shown in a tab. */
  public boolean isMakingFor(Tab tab) {
    return making
        .filter(now -> now.batch().isEmpty())
        .flatMap(Making::tab)
        .equals(Optional.of(tab));
  }

  /** Whether a run goes on, or waits until the device is there again. */
  private boolean isBusy() {
    return held || generation.isRunning();
  }

  /** How the picture is made that is in the making for a tab; empty for none, and for a photo. */
  Optional<Recipe> recipeOf(Tab tab) {
    return making.filter(now -> now.tab().equals(Optional.of(tab))).flatMap(Making::recipe);
  }

  /** Whether more may wait; the user is told if not. */
  boolean hasRoom() {
    boolean hasRoom = !isBusy() || generation.queue().hasRoom();
    if (!hasRoom) {
      notices.note("So much waits already. Wait for some of it.");
    }
    return hasRoom;
  }

  /**
   * Where a run that is asked for now will be shown: in the present tab, or in one of its own;
   * while another one goes on, what the present tab shows stays.
   *
   * @param inNewTab whether a tab of its own is opened for it
   * @return empty for the gallery alone
   */
  Optional<Tab> place(boolean inNewTab) {
    if (inNewTab) {
      return Optional.of(isBusy() ? tabs.openBehind() : tabs.open());
    }
    var current = tabs.current();
    // while the device is away, nothing runs that could come between
    boolean isFree = current.isEmpty() ? !isMakingFor(current) : !generation.isRunning();
    return Optional.of(current).filter(tab -> isFree);
  }

  /**
   * Makes what a run asks for; after the run in progress, if there is one.
   *
   * @param where see {@link #place}
   */
  void make(Run run, Optional<Tab> where) {
    if (isBusy()) {
      generation.queue().add(run, where);
    } else {
      begin(run, where, Optional.empty());
    }
  }

  /** Goes on with what waits. */
  private void makeNext() {
    if (!isBusy()) {
      generation.queue().take().ifPresent(order -> begin(order.run(), order.tab(), order.begun()));
    }
  }

  /** Whoever looks at something else is not disturbed. */
  private void begin(Run run, Optional<Tab> wanted, Optional<Batch> begun) {
    var tab = wanted.filter(tabs.tabs()::contains);
    if (tab.equals(Optional.of(tabs.current()))) {
      notices.clear();
    }
    if (run instanceof Run.Batch several) {
      beginSeveral(several, tab, begun.orElseGet(() -> batch(several)));
    } else {
      beginSingle(run, tab);
    }
  }

  private static Batch batch(Run.Batch run) {
    return new Batch(run.recipe(), run.count(), run.files());
  }

  private void beginSingle(Run run, Optional<Tab> tab) {
    making(Optional.of(new Making(run, tab, Optional.empty())));
    generation.begin(
        new GenerateModel.Shown(tab.isEmpty() ? "From the queue" : "", tab.isPresent(), timed(run)),
        (watcher, cancellation) -> maker.make(run, watcher, cancellation),
        made -> arrived(run, made, tab),
        notices::fail);
  }

  /** Of a variation, only the part of the steps runs that its strength says. */
  private static Optional<Recipe> timed(Run run) {
    return switch (run) {
      case Run.Sample sample -> Optional.of(sample.recipe());
      case Run.Redo redo -> Optional.of(redo.recipe());
      case Run.Batch _, Run.Vary _, Run.Encode _ -> Optional.empty();
    };
  }

  private void arrived(Run run, Picture made, Optional<Tab> tab) {
    keep(made, _ -> {}, () -> makeAgain(run, tab));
    if (tab.isPresent()) {
      tabs.show(tab.get(), made, Optional.empty());
      onMade.accept(run, made);
    } else {
      tellWhenAllIsMade();
    }
  }

  private void tellWhenAllIsMade() {
    if (generation.queue().waiting().isEmpty()) {
      notices.done("All that waited is in the gallery.", new Notice.Action("Show it", showGallery));
    }
  }

  private void beginSeveral(Run.Batch run, Optional<Tab> tab, Batch batch) {
    making(Optional.of(new Making(run, tab, Optional.of(batch))));
    batch.goOn();
    tab.ifPresent(there -> tabs.show(there, batch));
    if (batch.next().isEmpty()) {
      // all of it was made before the program ended
      ended();
    } else {
      makeNextItem(run, tab, batch);
    }
  }

  private void makeNextItem(Run.Batch run, Optional<Tab> tab, Batch batch) {
    var next = batch.next();
    item = next;
    next.ifPresent(one -> make(one, run, tab, batch));
    if (next.isEmpty() && tab.isEmpty()) {
      tellWhenAllIsMade();
    }
  }

  private void make(Batch.Item one, Run.Batch run, Optional<Tab> tab, Batch batch) {
    one.begin();
    var which = batch.items().indexOf(one) + 1 + " of " + batch.items().size();
    generation.begin(
        new GenerateModel.Shown(
            (tab.isEmpty() ? "From the queue, " : "Picture ") + which,
            tab.isPresent(),
            Optional.of(one.recipe())),
        (watcher, cancellation) -> maker.make(new Run.Sample(one.recipe()), watcher, cancellation),
        made -> {
          one.made();
          keep(
              made,
              one::keptAs,
              () -> {
                one.lost();
                makeAgain(run, tab, batch);
              });
          makeNextItem(run, tab, batch);
        },
        notices::fail);
  }

  /** Runs that go out from a picture learn its file. */
  private void keep(Picture made, Consumer<Path> kept, Runnable lost) {
    keeper.keep(
        made,
        file -> {
          begun()
              .map(Making::run)
              .flatMap(run -> run.parentPicture().stream())
              .forEach(parent -> parent.keptAs(made, file));
          kept.accept(file);
        },
        lost);
  }

  /** The device stopped before the picture was kept: it is made again, as its seed is known. */
  private void makeAgain(Run run, Optional<Tab> tab) {
    // one that is shown is kept when it is rendered anew
    if (held && tab.isEmpty()) {
      generation.queue().addFirst(run, tab, Optional.empty());
    }
  }

  private void makeAgain(Run.Batch run, Optional<Tab> tab, Batch batch) {
    if (held && begun().map(Making::batch).noneMatch(Optional.of(batch)::equals)) {
      generation.queue().addFirst(run, tab, Optional.of(batch));
    }
  }

  /** The run in progress and those that wait, the next first. */
  private Stream<Making> begun() {
    return Stream.concat(
        making.stream(),
        generation.queue().waiting().stream()
            .map(order -> new Making(order.run(), order.tab(), order.begun())));
  }

  /** What is not made yet, the next first; without what goes out from a picture in no file yet. */
  public List<UnfinishedRun> unfinished() {
    return begun()
        .filter(
            now -> now.run().parentPicture().filter(parent -> parent.file().isEmpty()).isEmpty())
        .map(now -> new UnfinishedRun(now.unfinished(), now.tab().map(this::saved).orElse(null)))
        .toList();
  }

  private static Run unfinished(Run run, Optional<Batch> batch) {
    return run instanceof Run.Batch several && batch.isPresent()
        ? new Run.Batch(several.recipe(), several.count(), batch.get().files())
        : run;
  }

  private String saved(Tab tab) {
    return tab.file().map(file -> file.toAbsolutePath().toString()).orElse(UnfinishedRun.OWN_TAB);
  }

  /** Makes what an earlier session did not come to; its tabs are open again by now. */
  public void resume(List<UnfinishedRun> left) {
    for (var unfinished : left) {
      unfinished.whole().ifPresent(run -> generation.queue().add(run, tab(unfinished.tab())));
    }
    makeNext();
  }

  private Optional<Tab> tab(@Nullable String file) {
    return file == null
        ? Optional.empty()
        : Optional.of(tabs.withFile(file).orElseGet(this::freeTab));
  }

  /** A tab with nothing in it, for which nothing is made either. */
  private Tab freeTab() {
    var current = tabs.current();
    boolean isFree =
        current.isEmpty() && begun().map(Making::tab).noneMatch(Optional.of(current)::equals);
    return isFree ? current : tabs.openBehind();
  }

  /** Begins nothing more of what waits; what is being made now waits in front of it. */
  public void hold() {
    held = true;
    making.ifPresent(now -> generation.queue().addFirst(now.unfinished(), now.tab(), now.batch()));
    making.flatMap(Making::batch).ifPresent(Batch::stop);
    making(Optional.empty());
    item = Optional.empty();
  }

  /** Goes on after {@link #hold}. */
  public void goOn() {
    held = false;
    makeNext();
  }

  /** A tab closes: what is being made for it alone is not wanted any more. */
  public void closing(Tab tab) {
    if (this.tab.get().equals(Optional.of(tab))) {
      generation.cancel();
    }
  }

  /** Keeps a picture that could not be kept when it was made. */
  void keepAgain(Picture made) {
    keep(made, _ -> {}, () -> {});
  }
}
