package org.infd.app.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import javafx.collections.ObservableMap;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.inference.bundle.BundleName;

/**
 * The models of this machine: what they are, checking, removing and importing them. All methods
 * belong to the user interface's thread; disk and importer are used in the background.
 */
public final class ModelsModel {
  private static final List<String> CHECKPOINTS = List.of(".pth", ".pt", ".ckpt", ".safetensors");

  /** The bar is told of this many steps at most. */
  private static final int PROGRESS_STEPS = 200;

  /** What is known about a model's files. */
  public sealed interface Check {
    /** They are being read. */
    record Running() implements Check {}

    /** They are as they were imported. */
    record Whole(int files) implements Check {}

    /**
     * They are not.
     *
     * @param sentence which one, and what to do
     */
    record Damaged(String sentence) implements Check {}
  }

  private final ModelStore store;
  private final Notices notices;
  private final Background background;
  private final Executor ui;
  private final Job listing;
  private final Job importing;
  private final ObservableList<ModelCard> models = FXCollections.observableArrayList();
  private final ObservableList<ModelCard> shown = FXCollections.unmodifiableObservableList(models);
  private final ObservableMap<Path, Check> checks = FXCollections.observableHashMap();
  private final ReadOnlyBooleanWrapper loaded = new ReadOnlyBooleanWrapper(this, "loaded");
  private final ReadOnlyObjectWrapper<Optional<ModelCard>> leaving =
      new ReadOnlyObjectWrapper<>(this, "leaving", Optional.empty());
  private final ReadOnlyObjectWrapper<ImportState> state =
      new ReadOnlyObjectWrapper<>(this, "state", new ImportState.Idle());
  private final StringProperty name = new SimpleStringProperty(this, "name", "");
  private final StringProperty licence = new SimpleStringProperty(this, "licence", "");
  private final StringProperty trainedScale = new SimpleStringProperty(this, "trainedScale", "");
  private final BooleanProperty half = new SimpleBooleanProperty(this, "half");
  private final ReadOnlyObjectWrapper<ModelStore.Found> found =
      new ReadOnlyObjectWrapper<>(this, "found", ModelStore.Found.nothing());
  private final Job looking;
  private Optional<Path> merges = Optional.empty();
  private Runnable changes = () -> {};

  /**
   * @param store what is asked
   * @param background where it is asked
   * @param ui where everything else happens
   * @param notices hears what went wrong
   */
  public ModelsModel(ModelStore store, Background background, Executor ui, Notices notices) {
    this.store = store;
    this.notices = notices;
    this.background = background;
    this.ui = ui;
    listing = new Job(background, ui);
    importing = new Job(background.files(), ui);
    looking = new Job(background, ui);
  }

  /** Says who is called when models have come or gone. */
  public void onChange(Runnable changed) {
    changes = changed;
  }

  /** Whether a file or folder looks like something that {@link #choose} takes. */
  public static boolean isCheckpoint(Path file) {
    if (Files.isDirectory(file)) {
      return LdmFiles.isFolder(file);
    }
    var name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return CHECKPOINTS.stream().anyMatch(name::endsWith);
  }

  /** Where installed models lie. */
  public Path folder() {
    return store.folder();
  }

  /** All models, the embedded ones first. */
  public ObservableList<ModelCard> models() {
    return shown;
  }

  /** Whether it is known which models there are. */
  public ReadOnlyBooleanProperty loadedProperty() {
    return loaded.getReadOnlyProperty();
  }

  /** What is known about the files of models, by folder. */
  public ObservableMap<Path, Check> checks() {
    return checks;
  }

  /** The model whose removal waits for a yes. */
  public ReadOnlyObjectProperty<Optional<ModelCard>> leavingProperty() {
    return leaving.getReadOnlyProperty();
  }

  /** How far an import is. */
  public ReadOnlyObjectProperty<ImportState> importProperty() {
    return state.getReadOnlyProperty();
  }

  /** The name that the new model is to have. */
  public StringProperty nameProperty() {
    return name;
  }

  /** The terms of the new model's weights; blank when unknown. */
  public StringProperty licenceProperty() {
    return licence;
  }

  /** The image sides that the new model was trained on, "MIN..MAX"; blank: as it says itself. */
  public StringProperty trainedScaleProperty() {
    return trainedScale;
  }

  /** Whether the new model's weights are stored as 16-bit floats. */
  public BooleanProperty halfProperty() {
    return half;
  }

  /** Looks what is there. */
  public void load() {
    listing.start(
        (_, _) -> store.list(),
        found -> {
          models.setAll(found);
          checks.keySet().retainAll(found.stream().map(ModelCard::folder).toList());
          loaded.set(true);
        },
        notices::fail);
  }

  /** Reads a model's files and compares them with their hashes. */
  public void verify(ModelCard card) {
    if (checks.get(card.folder()) instanceof Check.Running) {
      return;
    }
    checks.put(card.folder(), new Check.Running());
    background.execute(
        () -> {
          Check result;
          try {
            result = new Check.Whole(store.verify(card));
          } catch (Throwable e) {
            result = new Check.Damaged(Job.sentence(e));
          }
          var known = result;
          ui.execute(() -> checks.put(card.folder(), known));
        });
  }

  /** Asks whether a model is to be removed; {@link #remove} says yes and {@link #keep} no. */
  public void askToRemove(ModelCard card) {
    leaving.set(card.embedded() ? Optional.empty() : Optional.of(card));
  }

  /** The model that was to be removed stays. */
  public void keep() {
    leaving.set(Optional.empty());
  }

  /** Deletes the model that was asked about. */
  public void remove() {
    leaving
        .get()
        .ifPresent(
            card -> {
              leaving.set(Optional.empty());
              models.remove(card);
              background.execute(() -> remove(card));
            });
  }

  private void remove(ModelCard card) {
    try {
      store.remove(card);
    } catch (Throwable e) {
      var sentence = Job.sentence(e);
      ui.execute(() -> notices.fail(sentence));
    }
    ui.execute(this::changed);
  }

  private void changed() {
    load();
    changes.run();
  }

  /** Offers to import a checkpoint; one at a time. */
  public boolean choose(Path checkpoint) {
    if (isImporting()) {
      return false;
    }
    name.set(BundleName.of(checkpoint));
    licence.set("");
    trainedScale.set("");
    half.set(false);
    merges = Optional.empty();
    state.set(new ImportState.Chosen(checkpoint));
    look(checkpoint);
    return true;
  }

  /** What the chosen file is, as far as is known. */
  public ReadOnlyObjectProperty<ModelStore.Found> foundProperty() {
    return found.getReadOnlyProperty();
  }

  /** Takes the list by which the texts of the chosen file become tokens. */
  public void takeMerges(Path file) {
    merges = Optional.of(file);
    if (state.get() instanceof ImportState.Failed failed) {
      state.set(new ImportState.Chosen(failed.checkpoint()));
    }
    if (state.get() instanceof ImportState.Chosen chosen) {
      look(chosen.checkpoint());
    }
  }

  private void look(Path checkpoint) {
    found.set(ModelStore.Found.nothing());
    var wishes = wishes();
    looking.start(
        (_, _) -> store.look(checkpoint, wishes),
        found::set,
        sentence -> {
          if (state.get() instanceof ImportState.Chosen) {
            state.set(new ImportState.Failed(checkpoint, sentence));
          }
        });
  }

  private ModelStore.Wishes wishes() {
    return new ModelStore.Wishes(
        name.get(), licence.get(), half.get(), trainedScale.get(), merges.orElse(null));
  }

  /** Whether the importer works. */
  public boolean isImporting() {
    return importing.runningProperty().get();
  }

  /** Imports the checkpoint that was chosen, or that failed. */
  public void begin() {
    var checkpoint =
        switch (state.get()) {
          case ImportState.Chosen chosen -> chosen.checkpoint();
          case ImportState.Failed failed -> failed.checkpoint();
          case ImportState.Idle _, ImportState.Running _, ImportState.Done _ -> null;
        };
    if (checkpoint == null) {
      return;
    }
    var wishes = wishes();
    looking.cancel();
    state.set(new ImportState.Running(checkpoint, "Reading", 0));
    var told = new AtomicReference<>("");
    importing.start(
        (cancellation, ui) ->
            store.importCheckpoint(
                checkpoint,
                wishes,
                (stage, done) -> {
                  var step = stage + (int) (done * PROGRESS_STEPS);
                  if (!step.equals(told.getAndSet(step))) {
                    ui.execute(() -> state.set(new ImportState.Running(checkpoint, stage, done)));
                  }
                },
                cancellation),
        made -> {
          state.set(new ImportState.Done(made));
          changed();
        },
        sentence -> state.set(new ImportState.Failed(checkpoint, sentence)));
  }

  /** Stops an import, or puts away what it said. Nothing is left of a stopped one. */
  public void dismiss() {
    importing.cancel();
    looking.cancel();
    state.set(new ImportState.Idle());
  }

  /** Stops everything. */
  public void close() {
    listing.cancel();
    importing.cancel();
    looking.cancel();
  }
}
