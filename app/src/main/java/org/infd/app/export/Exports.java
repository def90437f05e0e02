package org.infd.app.export;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javafx.beans.property.ReadOnlyObjectProperty;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.viewer.PixelImage;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;

/**
 * Exports of the open picture: a field file, picture files, a copy of the view. All methods belong
 * to the user interface's thread.
 */
public final class Exports {
  private final Engine engine;
  private final Background background;
  private final ReadOnlyObjectProperty<Optional<Picture>> picture;
  private final ViewerModel viewer;
  private final RecipeModel recipe;
  private final PictureHolds holds;
  private final Notices notices;
  private final ExportModel export;
  private final ExportChoices choices = new ExportChoices();
  private final Job saving;
  private final Job copying;
  private Optional<Picture> exported = Optional.empty();

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param export writes one picture file after the other
   * @param picture the open picture
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
      ReadOnlyObjectProperty<Optional<Picture>> picture,
      ViewerModel viewer,
      RecipeModel recipe,
      PictureHolds holds,
      Notices notices) {
    this.engine = engine;
    this.background = background;
    this.export = export;
    this.picture = picture;
    this.viewer = viewer;
    this.recipe = recipe;
    this.holds = holds;
    this.notices = notices;
    saving = new Job(background.files(), ui);
    copying = new Job(background, ui);
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
      exported.ifPresent(holds::letGo);
      exported = Optional.empty();
    }
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
    picture
        .get()
        .ifPresent(
            open -> {
              export.export(
                  open,
                  frame,
                  encoding,
                  file,
                  written ->
                      notices.done(
                          "Exported " + written + ".",
                          new Notice.Action("Show in folder", this::showExported)),
                  notices::fail);
              holds.hold(open);
              exported = Optional.of(open);
            });
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
    if (open.isEmpty() || frame.isEmpty()) {
      return;
    }
    copying.start(
        (cancellation, _) -> engine.pixels(open.get(), frame.get(), cancellation),
        pixels -> {
          taker.accept(pixels);
          notices.done(
              "Copied this view, %d × %d pixels.".formatted(pixels.width(), pixels.height()));
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
                  ? open.recipe().model() + "-" + open.recipe().seed()
                  : source.file().replaceFirst("\\.[^.]*$", "");
            })
        .orElse("picture");
  }

  /** Stops writing and copying; nothing is left of an unfinished file. */
  public void close() {
    export.cancel();
    export.askNoMore();
    copying.cancel();
  }
}
