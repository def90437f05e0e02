package org.infd.app.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.notice.Notice;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.tab.Batch;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;

/**
 * Makes pictures and brings them where they belong: each into the gallery, and into the tab that it
 * was asked for in. What was ordered from a tab that shows something goes to the gallery alone, so
 * that nobody is disturbed. All methods belong to the user interface's thread.
 */
public final class PictureRuns {
  /**
   * What it works with.
   *
   * @param lastPicture where the picture is kept that the next start shows
   * @param tell tells the user; empty takes back what was told
   */
  public record Parts(
      Engine engine,
      java.util.concurrent.Executor ui,
      RecipeModel recipe,
      GenerateModel generation,
      TabsModel tabs,
      GalleryModel gallery,
      PictureHolds holds,
      Path lastPicture,
      Consumer<Optional<Notice>> tell,
      Consumer<String> fail,
      Runnable showGallery) {}

  private static final System.Logger LOG = System.getLogger(PictureRuns.class.getName());

  private final Parts parts;
  private final GenerateModel generation;
  private final TabsModel tabs;
  private final Map<Long, Tab> targets = new HashMap<>();

  /** The tab that the single picture in the making is for. */
  private Optional<Tab> target = Optional.empty();

  /** The pictures in the making, and where they are shown. */
  private Optional<Batch> batch = Optional.empty();

  private Optional<Tab> batchTab = Optional.empty();
  private Optional<Batch.Item> item = Optional.empty();
  private Consumer<Picture> single = made -> {};

  /** What is being made, as it could be made again. */
  private Optional<WaitingRun> running = Optional.empty();

  /** Whether nothing is begun because it would fail. */
  private boolean held;

  public PictureRuns(Parts parts) {
    this.parts = parts;
    generation = parts.generation();
    tabs = parts.tabs();
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

  /** Says who hears of a picture that was made alone, and is shown. */
  public void onSingle(Consumer<Picture> listener) {
    single = listener;
  }

  private void previewItem(PixelImage image) {
    item.ifPresent(running -> running.preview(image));
  }

  private void ended() {
    target = Optional.empty();
    batch.ifPresent(Batch::stop);
    batch = Optional.empty();
    batchTab = Optional.empty();
    item = Optional.empty();
    running = Optional.empty();
    if (!held && !generation.queue().waiting().isEmpty()) {
      parts.ui().execute(this::makeNext);
    }
  }

  /** Whether a picture is being made that will be shown in a tab. */
  public boolean isMakingFor(Tab tab) {
    return target.filter(tab::equals).isPresent();
  }

  /**
   * Makes as many pictures by the recipe as are asked for, with one seed after the other; after the
   * run in progress, if there is one.
   *
   * @param inNewTab whether a tab of their own is opened for them
   */
  public void generate(boolean inNewTab) {
    parts
        .recipe()
        .begin()
        .ifPresent(
            first -> {
              int count = generation.countProperty().get();
              if (generation.isRunning()) {
                order(first, count, inNewTab);
              } else {
                make(first, count, inNewTab ? tabs.open() : tabs.current());
              }
            });
  }

  private void order(Recipe first, int count, boolean inNewTab) {
    generation
        .queue()
        .add(first, count)
        .ifPresentOrElse(
            order -> {
              var current = tabs.current();
              if (inNewTab) {
                targets.put(order.number(), tabs.openBehind());
              } else if (current.isEmpty() && !isMakingFor(current)) {
                targets.put(order.number(), current);
              }
            },
            () ->
                parts
                    .tell()
                    .accept(
                        Optional.of(
                            new Notice(
                                Notice.Kind.NOTE, "So much waits already. Wait for some of it."))));
  }

  private void make(Recipe first, int count, Tab tab) {
    parts.tell().accept(Optional.empty());
    if (count > 1) {
      makeSeveral(new Batch(first, count), tab);
      return;
    }
    target = Optional.of(tab);
    running = Optional.of(new WaitingRun(first, 1));
    generation.generate(
        first,
        1,
        1,
        made -> {
          arrived(made, tab);
          single.accept(made);
        },
        parts.fail());
  }

  private void arrived(Picture made, Tab tab) {
    tabs.show(tab, made, Optional.empty());
    keep(made, file -> {});
  }

  private void makeSeveral(Batch several, Tab tab) {
    batch = Optional.of(several);
    batchTab = Optional.of(tab);
    tabs.show(tab, several);
    makeItem(several, 0);
  }

  private void makeItem(Batch several, int index) {
    var next = several.items().get(index);
    item = Optional.of(next);
    next.begin();
    int count = several.items().size();
    running = Optional.of(new WaitingRun(next.recipe(), count - index));
    generation.generate(
        next.recipe(),
        index + 1,
        count,
        made -> {
          next.made();
          keep(made, next::keptAs);
          if (index + 1 < count) {
            makeItem(several, index + 1);
          }
        },
        parts.fail());
  }

  /** What is not made yet, the next first. */
  public List<WaitingRun> unfinished() {
    return Stream.concat(
            running.stream(),
            generation.queue().waiting().stream()
                .map(order -> new WaitingRun(order.recipe(), order.count())))
        .toList();
  }

  /** Makes what an earlier session did not come to. */
  public void resume(List<WaitingRun> left) {
    left.forEach(run -> generation.queue().add(run.recipe(), run.count()));
    if (!generation.isRunning()) {
      makeNext();
    }
  }

  /** Begins nothing more of what waits; what is being made now waits in front of it. */
  public void hold() {
    held = true;
    running.ifPresent(
        begun -> {
          var order = generation.queue().addFirst(begun.recipe(), begun.count());
          target.or(() -> batchTab).ifPresent(tab -> targets.put(order.number(), tab));
        });
    running = Optional.empty();
  }

  /** Goes on after {@link #hold}. */
  public void goOn() {
    held = false;
    makeNext();
  }

  /** Goes on with what waits. */
  private void makeNext() {
    if (held || generation.isRunning()) {
      return;
    }
    generation
        .queue()
        .take()
        .ifPresent(
            order -> {
              var tab = Optional.ofNullable(targets.remove(order.number()));
              if (tab.filter(tabs.tabs()::contains).isPresent()) {
                make(order.recipe(), order.count(), tab.get());
              } else {
                makeQuietly(order.recipe(), 1, order.count());
              }
            });
  }

  /** The user looks at something else by now and is not disturbed. */
  private void makeQuietly(Recipe first, int number, int count) {
    var next = first.withSeed(first.seed() + number - 1);
    running = Optional.of(new WaitingRun(next, count - number + 1));
    generation.generateQuietly(
        next,
        number,
        count,
        made -> {
          keep(made, file -> {});
          if (number < count) {
            makeQuietly(first, number + 1, count);
          } else if (generation.queue().waiting().isEmpty()) {
            parts
                .tell()
                .accept(
                    Optional.of(
                        new Notice(
                            Notice.Kind.DONE,
                            "All that waited is in the gallery.",
                            Optional.of(new Notice.Action("Show it", parts.showGallery())))));
          }
        },
        parts.fail());
  }

  /**
   * Goes out from the picture that is shown, with the prompt and the settings that are chosen.
   *
   * @param inNewTab whether the new picture is shown beside the old one, and not in its place
   */
  public void vary(boolean inNewTab) {
    var parent = tabs.pictureProperty().get();
    if (parent.isEmpty() || generation.isRunning()) {
      return;
    }
    parts
        .recipe()
        .begin()
        .ifPresent(
            asked -> {
              parts.tell().accept(Optional.empty());
              // the parent must not go to sleep when another tab is looked at
              parts.holds().hold(parent.get());
              var tab = inNewTab ? tabs.open() : tabs.current();
              target = Optional.of(tab);
              generation.vary(
                  parent.get(),
                  asked.withGuidance(null),
                  parts.recipe().strengthProperty().get(),
                  made -> arrived(made, tab),
                  parts.fail());
              parts.holds().letGo(parent.get());
            });
  }

  /**
   * Makes a box of the picture that is shown anew, and shows the result in its place; the picture
   * itself stays in the gallery.
   *
   * @param onDone told of the result
   */
  public void redo(Frame.Region box, Recipe asked, Runnable onDone) {
    var parent = tabs.pictureProperty().get();
    if (parent.isEmpty() || generation.isRunning()) {
      return;
    }
    parts.tell().accept(Optional.empty());
    parts.holds().hold(parent.get());
    var tab = tabs.current();
    target = Optional.of(tab);
    generation.redo(
        parent.get(),
        box,
        asked,
        made -> {
          arrived(made, tab);
          onDone.run();
        },
        parts.fail());
    parts.holds().letGo(parent.get());
  }

  /** Opens the square of a photo as a field, in the present tab. */
  public void encode(PhotoCrop crop, org.infd.app.engine.ModelChoice model) {
    var tab = tabs.current();
    target = Optional.of(tab);
    generation.encode(
        crop.photo(), crop.squareProperty().get(), model, made -> arrived(made, tab), parts.fail());
  }

  /** A tab closes: what is being made for it alone is not wanted any more. */
  public void closing(Tab tab) {
    targets.values().removeIf(tab::equals);
    if (isMakingFor(tab) || batchTab.filter(tab::equals).isPresent()) {
      generation.cancel();
    }
  }

  /** Keeps a picture that could not be kept when it was made. */
  public void keepAgain(Picture made) {
    keep(made, file -> {});
  }

  /** Keeps a picture in the gallery, and as the one that the next start shows. */
  private void keep(Picture made, Consumer<Path> kept) {
    parts.holds().hold(made);
    parts
        .gallery()
        .keep(
            made.recipe(),
            file -> {
              parts.engine().save(made, file);
              remember(file);
              parts
                  .ui()
                  .execute(
                      () -> {
                        tabs.keptAs(made, file);
                        kept.accept(file);
                      });
            },
            () -> parts.holds().letGo(made));
  }

  /** Only the next start is poorer where this fails. */
  private void remember(Path file) {
    try {
      var bytes = Files.readAllBytes(file);
      AtomicFile.write(parts.lastPicture(), stream -> stream.write(bytes));
    } catch (IOException | Problem e) {
      LOG.log(System.Logger.Level.WARNING, "the last picture was not remembered", e);
    }
  }
}
