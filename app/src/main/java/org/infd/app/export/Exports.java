package org.infd.app.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.ExportCost;
import org.infd.app.engine.ExportTask;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.engine.PictureTask;
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
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Film;
import org.infd.inference.export.Frame;

/**
 * Exports of the open picture: a field file, picture files and folders of tiles in a line, a copy
 * of the view. All methods belong to the user interface's thread.
 */
public final class Exports {
  private final Engine engine;
  private final Background background;
  private final TabsModel tabs;
  private final ReadOnlyObjectProperty<Optional<Picture>> picture;
  private final ViewerModel viewer;
  private final RecipeModel recipe;
  private final Notices notices;
  private final ExportCosts costs;
  private final ExportQueue queue;
  private final ExportChoices choices = new ExportChoices();
  private final FilmChoices film = new FilmChoices(Film::whyNot);
  private final FilmPreview preview;
  private final ExportPresets presets;
  private final Job saving;
  private final Job copying;
  private Optional<Path> folder = Optional.empty();

  /**
   * @param engine writes the files
   * @param background where the engine is called
   * @param ui where everything else happens
   * @param nanoTime the clock of the time estimates, in nanoseconds
   * @param tabs the open pictures
   * @param viewer knows what is on the screen
   * @param recipe knows the side of a whole picture
   * @param holds keeps a picture while it is written
   * @param presets where presets are kept
   * @param notices hears how it went
   */
  public Exports(
      Engine engine,
      Background background,
      Executor ui,
      LongSupplier nanoTime,
      TabsModel tabs,
      ViewerModel viewer,
      RecipeModel recipe,
      PictureHolds holds,
      Path presets,
      Notices notices) {
    this.engine = engine;
    this.background = background;
    this.tabs = tabs;
    picture = tabs.pictureProperty();
    this.viewer = viewer;
    this.recipe = recipe;
    this.notices = notices;
    this.presets = new ExportPresets(presets, background.files());
    costs = new ExportCosts(engine, background, ui);
    queue = new ExportQueue(engine, background, ui, nanoTime, costs, holds);
    queue.attach(this::source, this::tell);
    saving = new Job(background.files(), ui);
    copying = new Job(background, ui);
    preview = new FilmPreview(engine, background, ui);
    viewer.fieldProperty().subscribe(choices::setField);
    viewer.fieldProperty().subscribe(film::setField);
    choices.viewProperty().subscribe(film::setView);
    film.shotProperty().subscribe(preview::stop);
    picture.subscribe(preview::stop);
  }

  /** What is being written, what waits, and what is over. */
  public ExportQueue queue() {
    return queue;
  }

  /** What the export that is being chosen would cost. */
  public ExportCosts costs() {
    return costs;
  }

  /** What the user chose for the next picture file. */
  public ExportChoices choices() {
    return choices;
  }

  /** What the user chose for the next film. */
  public FilmChoices film() {
    return film;
  }

  /** Some frames of the film that is being chosen. */
  FilmPreview preview() {
    return preview;
  }

  /** Makes some frames of the film that is being chosen. */
  void previewFilm() {
    film.shotProperty()
        .get()
        .ifPresent(
            shot -> picture.get().ifPresent(open -> preview.start(open, shot, film.isInvented())));
  }

  /** Choices that are kept. */
  public ExportPresets presets() {
    return presets;
  }

  /** The open picture. */
  ReadOnlyObjectProperty<Optional<Picture>> pictureProperty() {
    return picture;
  }

  /** What is on the screen. */
  ViewerModel viewer() {
    return viewer;
  }

  /** The folder of the last picture file; where files go is not known before. */
  Path folder() {
    return folder.orElse(Path.of(System.getProperty("user.home", ".")));
  }

  private void tell(ExportItem item) {
    if (item.state() instanceof ExportState.Failed(String sentence, _)) {
      notices.fail(sentence);
    } else {
      notices.done(
          "Exported " + Notice.shortened(item.name()) + ".",
          new Notice.Action("Show in folder", () -> show(item)));
    }
  }

  /** Whether a picture file is being written, or soon will be. */
  public ReadOnlyBooleanProperty workingProperty() {
    return queue.workingProperty();
  }

  /** What is not written yet; without what is of a picture in no file yet. */
  public List<UnfinishedExport> unfinished() {
    return queue.unfinished();
  }

  private Optional<Path> source(Picture of) {
    return tabs.tabs().stream()
        .filter(tab -> tab.pictureProperty().get().filter(of::equals).isPresent())
        .findFirst()
        .flatMap(Tab::file);
  }

  /** Puts in line again what an earlier start did not come to the end of. */
  public void resume(List<UnfinishedExport> left) {
    left.stream().flatMap(export -> export.item().stream()).forEach(queue::add);
  }

  /** Goes on with all that is paused. */
  public void resumePaused() {
    queue.line().stream().filter(ExportItem::isPaused).toList().forEach(queue::resume);
  }

  /** The device stopped: nothing is begun until it is there again. */
  public void hold() {
    queue.hold();
  }

  /** Goes on after {@link #hold}. */
  public void goOn() {
    queue.goOn();
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
    int side = recipe.exportSideProperty().get();
    export(file, ExportArea.of(Frame.square(side), false), ExportSettings.of(ExportFormat.PNG), -1);
  }

  /**
   * Writes what was chosen, in the background. Of a file, the ending counts if it names a format.
   */
  public void exportChosen(Path target) {
    var open = picture.get();
    var area = choices.areaProperty().get();
    if (open.isEmpty() || area.isEmpty()) {
      return;
    }
    var chosen = choices.settings(target, open.get().recipe());
    var named = ExportFormat.of(target).filter(format -> isAnother(chosen.format(), format));
    export(
        target,
        area.get(),
        named.map(ExportSettings::of).orElse(chosen),
        named.isPresent() ? -1 : costs.costProperty().get().map(ExportCost::seconds).orElse(-1.0));
  }

  /** A BigTIFF has the ending of a TIFF, and a folder may be called anything. */
  private static boolean isAnother(ExportFormat chosen, ExportFormat named) {
    return switch (chosen) {
      case PNG, JPEG, TIFF -> chosen != named;
      case BIGTIFF -> named != ExportFormat.TIFF;
      case DZI, IIIF -> false;
    };
  }

  /** Writes the film that was chosen, in the background. The ending says how it is kept. */
  public void exportFilm(Path target) {
    film.shotProperty().get().ifPresent(shot -> export(new FilmTask(shot, target), -1));
  }

  private void export(Path target, ExportArea area, ExportSettings settings, double seconds) {
    export(new PictureTask(area, settings, target), seconds);
  }

  private void export(ExportTask task, double seconds) {
    var target = task.target();
    if (queue.isOnTheWay(target)) {
      notices.fail(
          "'"
              + target.getFileName()
              + "' is in the line of exports already. Choose another name, or wait for it.");
      return;
    }
    folder = Optional.ofNullable(target.toAbsolutePath().getParent());
    picture
        .get()
        .ifPresent(
            open -> {
              var item = new ExportItem(open.title(), task, Optional.of(open), source(open));
              item.expected(seconds);
              queue.add(item);
            });
  }

  /** Shows a file in the system's file manager. */
  public void show(ExportItem item) {
    background.execute(() -> FileManagerWindow.show(item.task().target()));
  }

  /** Asks what the export that is chosen would cost. */
  void estimate() {
    var area = choices.areaProperty().get();
    if (picture.get().isPresent() && area.isPresent()) {
      var open = picture.get().get();
      costs.ask(open, area.get(), choices.settings(Path.of("picture"), open.recipe()));
    } else {
      costs.askNoMore();
    }
  }

  /** Makes a picture of what is on the screen. */
  public void copyView(Consumer<PixelImage> taker) {
    var open = picture.get();
    var shown = viewer.shownPart();
    if (open.isEmpty() || shown.isEmpty()) {
      return;
    }
    var view = shown.get();
    var area =
        new ExportArea(
            view.imageSide(),
            view.row(),
            view.column(),
            view.height(),
            view.width(),
            viewer.depth() > 0);
    copying.start(
        (cancellation, _) -> engine.pixels(open.get(), area, cancellation),
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

  /** What is being written or waits is not wanted any more; what is paused stays. */
  public void stop() {
    queue.stop();
  }

  /** Stops writing and copying; what is done of picture files stays for the next start. */
  public void close() {
    queue.close();
    costs.askNoMore();
    preview.stop();
    copying.cancel();
  }
}
