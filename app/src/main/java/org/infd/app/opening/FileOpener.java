package org.infd.app.opening;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.layout.LayoutSession;
import org.infd.app.models.ModelsModel;
import org.infd.app.photo.PastedPicture;
import org.infd.app.photo.PhotoCrop;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.recipe.ModelChoices;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.PictureRuns;
import org.infd.app.runs.RunRequests;
import org.infd.app.tab.Batch;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.PhotoFile;
import org.infd.inference.generation.Recipe;

/**
 * Opens what the user hands in: field files, pictures by what they say of themselves, photos by a
 * square of them that is encoded (img2img), layouts, checkpoints. All methods belong to the user
 * interface's thread.
 */
public final class FileOpener {
  /** Shows the page on which something opens. */
  public interface Pages {
    /** Shows the picture. */
    void showPicture();

    /** Shows the models. */
    void showModels();
  }

  /**
   * Where things are opened.
   *
   * @param tabs shows field files
   * @param recipe shows how they were made
   * @param choices the models of this machine, for the recipes
   * @param generation knows whether a run is under way
   * @param runs makes pictures again and encodes photos
   * @param requests asks for them
   * @param layouts opens layout files
   * @param catalog imports checkpoints
   */
  public record Models(
      TabsModel tabs,
      RecipeModel recipe,
      ModelChoices choices,
      GenerateModel generation,
      PictureRuns runs,
      RunRequests requests,
      LayoutSession layouts,
      ModelsModel catalog) {}

  static final String NO_MODEL = "A photo needs a model that encodes it, and there is none yet.";

  private final Models models;
  private final PhotoOriginals originals;
  private final Notices notices;
  private final Pages pages;
  private final Job reading;
  private final ReadOnlyObjectWrapper<Optional<PhotoCrop>> photo =
      new ReadOnlyObjectWrapper<>(this, "photo", Optional.empty());

  /** The photo of which a square is being chosen, with the tab that it is chosen in. */
  private Optional<Chosen> chosen = Optional.empty();

  private record Chosen(PhotoCrop crop, Tab tab) {}

  private final SeveralPictures several;
  private final RecipeOffers offers;

  /** What of that which was dropped together does not open, until the one picture is in sight. */
  private final Remarks remarks;

  /**
   * @param originals remembers where photos lie
   * @param notices hears what cannot be opened
   * @param background where files are read
   * @param ui where everything else happens
   */
  public FileOpener(
      Models models,
      PhotoOriginals originals,
      Notices notices,
      Pages pages,
      Executor background,
      Executor ui) {
    this.models = models;
    this.originals = originals;
    this.notices = notices;
    remarks = new Remarks(notices);
    this.pages = pages;
    reading = new Job(background, ui);
    offers = new RecipeOffers(models, notices, pages);
    several =
        new SeveralPictures(
            models,
            offers,
            new SeveralPhotos(models.tabs(), originals, new Job(background, ui), this::encodeInTab),
            new Job(background, ui),
            remarks,
            notices,
            pages);
    models.tabs().currentProperty().subscribe(this::showPhoto);
  }

  /** Opens a field file in the present tab and shows its recipe. */
  public void open(Path file) {
    leavePhoto();
    notices.clear();
    notices.offerProperty().set(Optional.empty());
    pages.showPicture();
    load(tabForFiles(), file);
  }

  /**
   * Opens files that a start of the program names: the first in sight, each in a tab of its own.
   */
  public void openAll(List<Path> files) {
    if (files.isEmpty()) {
      return;
    }
    var opening = new DroppedFiles(files);
    boolean needsTab = !opening.fields().isEmpty() || !opening.pictures().isEmpty();
    if (needsTab && !models.tabs().current().isEmpty()) {
      models.tabs().open();
    }
    drop(files);
  }

  /** Opens a field file in a tab beside the present one, which stays in sight. */
  public void openInNewTab(Path file) {
    models.tabs().load(models.tabs().openBehind(), file, null, opened -> {}, notices::fail);
  }

  /** Opens a picture of a run of several. */
  public void open(Batch.Item item, boolean inNewTab) {
    item.fileProperty()
        .get()
        .ifPresent(
            file -> {
              if (inNewTab) {
                openInNewTab(file);
              } else {
                leavePhoto();
                load(models.tabs().current(), file);
              }
            });
  }

  /** A run must not be lost to a file: where one is for the present tab, the file gets its own. */
  private Tab tabForFiles() {
    var current = models.tabs().current();
    boolean isTaken = models.runs().isMakingFor(current) || current.isReserved();
    return isTaken ? models.tabs().open() : current;
  }

  private void load(Tab tab, Path file) {
    chosen = chosen.filter(of -> of.tab() != tab);
    showPhoto();
    models
        .tabs()
        .load(tab, file, null, opened -> models.choices().adopt(opened.recipe()), notices::fail);
  }

  /**
   * Opens what was dropped on the window together: fields and pictures in tabs of their own, a
   * layout, a checkpoint; says what does not open.
   */
  public void drop(List<Path> files) {
    if (files.size() > DroppedFiles.MOST) {
      notices.fail(
          NumberText.format(
              "%d files at once: up to %d open together. Drop fewer of them.",
              files.size(), DroppedFiles.MOST));
      return;
    }
    var dropped = new DroppedFiles(files);
    remarks.begin(dropped.remarks());
    dropped.checkpoint().forEach(this::importCheckpoint);
    boolean isOnePicture = dropped.fields().isEmpty() && dropped.pictures().size() == 1;
    if (isOnePicture) {
      openPicture(dropped.pictures().getFirst());
    } else {
      var last = openFields(dropped.fields());
      several.open(dropped.pictures(), last);
    }
    dropped.layout().forEach(models.layouts()::open);
    if (dropped.pictures().isEmpty()) {
      remarks.tell();
    }
  }

  /** The first in the present tab, the others behind it; gives the tab of the last. */
  private Optional<Tab> openFields(List<Path> files) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    open(files.getFirst());
    var last = Optional.of(models.tabs().current());
    for (var file : files.subList(1, files.size())) {
      var tab = last.flatMap(before -> models.tabs().reserve(name(file), before));
      if (tab.isEmpty()) {
        remarks.noRoom();
        return last;
      }
      models
          .tabs()
          .load(tab.get(), file, null, opened -> {}, sentence -> failed(tab.get(), sentence));
      last = tab;
    }
    return last;
  }

  private void failed(Tab tab, String sentence) {
    tab.release();
    notices.fail(sentence);
  }

  private void encodeInTab(PhotoCrop crop, Tab tab) {
    models
        .recipe()
        .modelProperty()
        .get()
        .ifPresent(model -> models.requests().encode(crop, model, tab));
  }

  /** What people call a file. */
  static String name(Path file) {
    return Notice.shortened(String.valueOf(file.getFileName()));
  }

  /** Opens a field, or a picture: one of ours by its recipe when the user says so. */
  public void openFile(Path file) {
    switch (DroppedFile.of(file)) {
      case PICTURE -> openPicture(file);
      case LAYOUT -> models.layouts().open(file);
      case FIELD, OTHER -> open(file);
    }
  }

  /** Offers to import a checkpoint. */
  public void importCheckpoint(Path file) {
    pages.showModels();
    if (!models.catalog().choose(file)) {
      notices.note("One import at a time: wait until the other is done, or cancel it.");
    }
  }

  private void openPicture(Path file) {
    reading.start(
        (_, _) -> RecipeOffers.read(file),
        said -> {
          if (offers.offer(said, name(file), remarks.pending(), () -> openPhoto(file))) {
            remarks.begin("");
          } else {
            openPhoto(file);
          }
        },
        remarks::fail);
  }

  /** Makes the picture of a recipe, a sample's for example, if its model is here. */
  public void make(Recipe made) {
    offers.make(made);
  }

  /** Reads a picture of any origin and asks which square of it is wanted. */
  public void openPhoto(Path file) {
    notices.clear();
    reading.start(
        (cancellation, _) -> {
          var found = PhotoFile.read(file, cancellation);
          originals.remember(found, file);
          return found;
        },
        this::choose,
        remarks::fail);
  }

  /** Reads the file of a picture that was pasted, and asks which square of it is wanted. */
  public void openPasted(byte[] file) {
    notices.clear();
    reading.start(
        (cancellation, _) -> PastedPicture.read(file, cancellation),
        this::choosePhoto,
        notices::fail);
  }

  /** Asks which square of a photo is wanted that lies in no file. */
  public void choosePhoto(Photo pasted) {
    originals.remember(pasted);
    choose(pasted);
  }

  private void choose(Photo read) {
    pages.showPicture();
    chosen = Optional.of(new Chosen(new PhotoCrop(read), models.tabs().current()));
    showPhoto();
    remarks.tell();
  }

  /** Over another tab's picture there is no photo. */
  private void showPhoto() {
    var tabs = models.tabs();
    chosen = chosen.filter(of -> tabs.tabs().contains(of.tab()));
    photo.set(chosen.filter(of -> of.tab() == tabs.current()).map(Chosen::crop));
  }

  /** The photo of which a square is being chosen in the tab that is looked at. */
  public ReadOnlyObjectProperty<Optional<PhotoCrop>> photoProperty() {
    return photo.getReadOnlyProperty();
  }

  /** Leaves the photo. */
  public void leavePhoto() {
    chosen = Optional.empty();
    showPhoto();
  }

  /** Opens the chosen square of the photo as a field. */
  public void encodePhoto() {
    var crop = photo.get();
    var model = models.recipe().modelProperty().get();
    if (crop.isEmpty() || models.generation().isRunning()) {
      return;
    }
    if (model.isEmpty()) {
      notices.fail(NO_MODEL);
      return;
    }
    leavePhoto();
    models.requests().encode(crop.get(), model.get());
  }

  /** Reads no more. */
  public void close() {
    reading.cancel();
    several.close();
  }
}
