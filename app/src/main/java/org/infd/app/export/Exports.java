package org.infd.app.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.field.FieldRenderer;

/**
 * Exports of the open picture: a field file, picture files, a copy of the view. All methods belong
 * to the user interface's thread.
 */
public final class Exports {
  /** What is being written; {@code source} is the field file of the picture, empty for none yet. */
  private record Writing(
      Picture picture,
      Frame frame,
      PictureExport.Encoding encoding,
      Path target,
      Optional<Path> source) {}

  private final Engine engine;
  private final Background background;
  private final TabsModel tabs;
  private final ReadOnlyObjectProperty<Optional<Picture>> picture;
  private final ViewerModel viewer;
  private final RecipeModel recipe;
  private final PictureHolds holds;
  private final Notices notices;
  private final ExportModel export;
  private final ExportChoices choices = new ExportChoices();
  private final Job saving;
  private final Job copying;
  private final Job resuming;
  private final ReadOnlyBooleanWrapper working = new ReadOnlyBooleanWrapper(this, "working");
  private Optional<Writing> writing = Optional.empty();

  /** What an earlier start left, while its picture is being opened. */
  private Optional<UnfinishedExport> resumed = Optional.empty();

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param export writes one picture file after the other
   * @param tabs the open pictures
   * @param viewer knows what is on the screen
   * @param recipe knows the side of a whole picture
   * @param holds keeps a picture while it is written
   * @param notices hears how it went
   */
  public Exports(
      Engine engine,
      Background background,
      Executor ui,
      ExportModel export,
      TabsModel tabs,
      ViewerModel viewer,
      RecipeModel recipe,
      PictureHolds holds,
      Notices notices) {
    this.engine = engine;
    this.background = background;
    this.export = export;
    this.tabs = tabs;
    picture = tabs.pictureProperty();
    this.viewer = viewer;
    this.recipe = recipe;
    this.holds = holds;
    this.notices = notices;
    saving = new Job(background.files(), ui);
    copying = new Job(background, ui);
    resuming = new Job(background, ui);
    working.bind(export.runningProperty().or(resuming.runningProperty()));
    export.runningProperty().subscribe(this::letGoOfExported);
  }

  /** The file that is being written. */
  public ExportModel model() {
    return export;
  }

  /** What the user chose for the next picture file. */
  public ExportChoices choices() {
    return choices;
  }

  /** The open picture. */
  ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return picture;
  }

  /** What is on the screen. */
  ViewerModel viewer() {
    return viewer;
  }

  private void letGoOfExported(boolean running) {
    if (!running) {
      var done = writing;
      writing = Optional.empty();
      done.map(Writing::picture).ifPresent(holds::letGo);
    }
  }

  /** Whether a picture file is being written, or soon will be. */
  public ReadOnlyBooleanProperty workingProperty() {
    return working.getReadOnlyProperty();
  }

  /** What is not written yet; without what is of a picture in no file yet. */
  public List<UnfinishedExport> unfinished() {
    if (resumed.isPresent()) {
      return List.of(resumed.get());
    }
    writing = writing.map(this::withSource);
    return writing
        .filter(now -> now.source().isPresent())
        .map(
            now ->
                new UnfinishedExport(
                    text(now.source().get()), now.frame(), now.encoding(), text(now.target())))
        .stream()
        .toList();
  }

  private static String text(Path file) {
    return file.toAbsolutePath().toString();
  }

  /** A picture may be kept in a file after its export was begun. */
  private Writing withSource(Writing now) {
    return now.source().isPresent()
        ? now
        : new Writing(
            now.picture(), now.frame(), now.encoding(), now.target(), source(now.picture()));
  }

  private Optional<Path> source(Picture of) {
    return tabs.tabs().stream()
        .filter(tab -> tab.pictureProperty().get().filter(of::equals).isPresent())
        .findFirst()
        .flatMap(Tab::file);
  }

  /** Begins anew what an earlier start did not come to the end of. */
  public void resume(UnfinishedExport left) {
    var source = left.picture();
    var target = left.target();
    var frame = left.frame();
    var encoding = left.encoding();
    if (source == null || target == null || frame == null || encoding == null) {
      return;
    }
    resumed = Optional.of(left);
    var file = Path.of(source);
    resuming.start(
        (cancellation, _) -> engine.open(file, Engine.Watcher.NOBODY, cancellation),
        opened -> {
          resumed = Optional.empty();
          write(new Writing(opened, frame, encoding, Path.of(target), Optional.of(file)));
        },
        sentence -> {
          resumed = Optional.empty();
          notices.fail(
              "'" + Path.of(target).getFileName() + "' was not written again: " + sentence);
        },
        engine::release);
  }

  /** Writes the open picture to a field file. */
  public void save(Path file) {
    picture
        .get()
        .ifPresent(
            open ->
                saving.start(
                    (_, _) -> {
                      engine.save(open, file);
                      return file;
                    },
                    saved -> notices.done("Saved " + saved.getFileName() + "."),
                    notices::fail));
  }

  /** Writes the whole picture to a PNG of the chosen size, in the background. */
  public void export(Path file) {
    export(
        file,
        Frame.square(recipe.exportSideProperty().get()),
        PictureExport.Encoding.of(PictureFormat.PNG));
  }

  /**
   * Writes what was chosen to a file, in the background. The file's ending counts, if it is one.
   */
  public void exportChosen(Path file) {
    var chosen = choices.encoding();
    var format = PictureFormat.of(file).orElse(chosen.format());
    choices
        .frameProperty()
        .get()
        .ifPresent(
            frame -> export(file, frame, new PictureExport.Encoding(format, chosen.quality())));
  }

  private void export(Path file, Frame frame, PictureExport.Encoding encoding) {
    picture.get().ifPresent(open -> write(new Writing(open, frame, encoding, file, source(open))));
  }

  private void write(Writing begun) {
    export.export(
        begun.picture(),
        begun.frame(),
        begun.encoding(),
        begun.target(),
        written ->
            notices.done(
                "Exported " + written + ".",
                new Notice.Action("Show in folder", this::showExported)),
        notices::fail);
    holds.hold(begun.picture());
    writing = Optional.of(begun);
  }

  /** Shows the file that was exported last in the system's file manager. */
  public void showExported() {
    export
        .writtenProperty()
        .get()
        .ifPresent(file -> background.execute(() -> FileManagerWindow.show(file)));
  }

  /** Asks what the export that is chosen would cost. */
  void estimate() {
    var frame = choices.frameProperty().get();
    if (picture.get().isPresent() && frame.isPresent() && !export.runningProperty().get()) {
      export.ask(picture.get().get(), frame.get(), choices.encoding());
    } else {
      export.askNoMore();
    }
  }

  /** Makes a picture of what is on the screen. */
  public void copyView(Consumer<PixelImage> taker) {
    var open = picture.get();
    var frame = viewer.shownFrame();
    boolean deep = viewer.depth() > 0;
    if (open.isEmpty() || frame.isEmpty()) {
      if (deep) {
        notices.fail(
            NumberText.format(
                "This view is too deep to be copied: it belongs to a picture of more than %,d"
                    + " pixels a side. Zoom out, or use the command infd dive.",
                FieldRenderer.LARGEST_SIDE));
      }
      return;
    }
    copying.start(
        (cancellation, _) -> engine.pixels(open.get(), frame.get(), deep, cancellation),
        pixels -> {
          taker.accept(pixels);
          notices.done(
              NumberText.format(
                  "Copied this view, %d × %d pixels.", pixels.width(), pixels.height()));
        },
        notices::fail);
  }

  /** A file name for the open picture, without an ending. */
  public String fileName() {
    return picture
        .get()
        .map(
            open -> {
              var source = open.recipe().photo();
              return source == null
                  ? open.recipe().model() + "-" + open.recipe().seedText()
                  : source.file().replaceFirst("\\.[^.]*$", "");
            })
        .orElse("picture");
  }

  /** Stops writing and copying; nothing is left of an unfinished file. */
  public void close() {
    resuming.cancel();
    export.cancel();
    export.askNoMore();
    copying.cancel();
  }
}
