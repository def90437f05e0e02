package org.infd.app.settings;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.LongProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.Property;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleLongProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.work.Place;
import org.infd.inference.runtime.Device;

/**
 * What the user chose, and what follows from it on this system. All methods belong to the user
 * interface's thread.
 */
public final class PreferencesModel {
  private final ObjectProperty<ThemeMode> look = new SimpleObjectProperty<>(this, "look");
  private final ObjectProperty<Movement> movement = new SimpleObjectProperty<>(this, "movement");
  private final ObjectProperty<NumberStyle> numbers = new SimpleObjectProperty<>(this, "numbers");
  private final ObjectProperty<DeviceWish> device = new SimpleObjectProperty<>(this, "device");
  private final ObjectProperty<PrecisionWish> precision =
      new SimpleObjectProperty<>(this, "precision");
  private final IntegerProperty gpuMegabytes = new SimpleIntegerProperty(this, "gpuMegabytes");
  private final ReadOnlyBooleanWrapper gpuOffered = new ReadOnlyBooleanWrapper(this, "gpuOffered");
  private final IntegerProperty threads = new SimpleIntegerProperty(this, "threads");
  private final LongProperty cacheBytes = new SimpleLongProperty(this, "cacheBytes");
  private final ObjectProperty<LivePreview> preview = new SimpleObjectProperty<>(this, "preview");
  private final ObjectProperty<Below> below = new SimpleObjectProperty<>(this, "below");
  private final ObjectProperty<Optional<Path>> picturesFolder =
      new SimpleObjectProperty<>(this, "picturesFolder", Optional.empty());
  private final BooleanProperty systemDark = new SimpleBooleanProperty(this, "systemDark");
  private final BooleanProperty systemReduces = new SimpleBooleanProperty(this, "systemReduces");
  private final ReadOnlyObjectWrapper<Theme> theme =
      new ReadOnlyObjectWrapper<>(this, "theme", Theme.LIGHT);
  private final ReadOnlyBooleanWrapper reduced = new ReadOnlyBooleanWrapper(this, "reduced");
  private final ObservableList<DeviceWish> wishes =
      FXCollections.observableArrayList(DeviceWish.AUTO, DeviceWish.CPU, DeviceWish.CUDA);
  private final Preferences atStart;

  /**
   * @param start what was remembered
   */
  public PreferencesModel(Preferences start) {
    atStart = start;
    look.set(start.look());
    movement.set(start.movement());
    numbers.set(start.numbers());
    device.set(start.device());
    wish(start.device());
    precision.set(start.precision());
    gpuMegabytes.set(start.gpuMegabytes());
    threads.set(start.threads());
    cacheBytes.set(start.cacheBytes());
    preview.set(start.preview());
    below.set(start.below());
    picturesFolder.set(Place.of(start.picturesFolder()));
    look.subscribe(this::refresh);
    movement.subscribe(this::refresh);
    systemDark.subscribe(this::refresh);
    systemReduces.subscribe(this::refresh);
    refresh();
  }

  private void refresh() {
    theme.set(look.get().theme(systemDark.get()));
    reduced.set(movement.get().isReduced(systemReduces.get()));
  }

  /** Which theme the user wants. */
  public ObjectProperty<ThemeMode> themeModeProperty() {
    return look;
  }

  /** Whether things are to glide and fade. */
  public ObjectProperty<Movement> movementProperty() {
    return movement;
  }

  /** How numbers are to be written, from the next start on. */
  public ObjectProperty<NumberStyle> numbersProperty() {
    return numbers;
  }

  /** What pictures are to be computed on, from the next start on. */
  public ObjectProperty<DeviceWish> deviceProperty() {
    return device;
  }

  /** The devices that can be wished for: those that the runtime holds, and what is chosen. */
  public ObservableList<DeviceWish> wishes() {
    return FXCollections.unmodifiableObservableList(wishes);
  }

  /** Tells which kinds of device the runtime holds. */
  public void offer(Set<Device.Kind> kinds) {
    for (var kind : kinds) {
      wish(DeviceWish.valueOf(kind.name()));
      gpuOffered.set(gpuOffered.get() || kind != Device.Kind.CPU);
    }
  }

  private void wish(DeviceWish wish) {
    if (!wishes.contains(wish)) {
      wishes.add(wish);
    }
  }

  /** Whether the runtime holds something for a GPU, so that its settings mean something. */
  public ReadOnlyBooleanProperty gpuOfferedProperty() {
    return gpuOffered.getReadOnlyProperty();
  }

  /** How a GPU is to compute, from the next start on. */
  public ObjectProperty<PrecisionWish> precisionProperty() {
    return precision;
  }

  /** What may be taken of a GPU's memory from the next start on, 0 for all. */
  public IntegerProperty gpuMegabytesProperty() {
    return gpuMegabytes;
  }

  /** How many threads the processor may use from the next start on, 0 for all. */
  public IntegerProperty threadsProperty() {
    return threads;
  }

  /** What rendered pixels may take in memory. */
  public LongProperty cacheBytesProperty() {
    return cacheBytes;
  }

  /** How often a picture in the making is shown, from the next run on. */
  public ObjectProperty<LivePreview> previewProperty() {
    return preview;
  }

  /** What is below the scale that a model was taught. */
  public ObjectProperty<Below> belowProperty() {
    return below;
  }

  /** Where pictures are kept; empty for the usual place. */
  public ObjectProperty<Optional<Path>> picturesFolderProperty() {
    return picturesFolder;
  }

  /**
   * Where new pictures are kept.
   *
   * @param dataFolder where the program keeps what belongs to the user
   */
  public Path picturesFolder(Path dataFolder) {
    return picturesFolder.get().orElseGet(() -> dataFolder.resolve("pictures"));
  }

  /** Whether the system's own windows are dark. */
  public BooleanProperty systemDarkProperty() {
    return systemDark;
  }

  /** Whether the system asks its programs for little movement. */
  public BooleanProperty systemReducesProperty() {
    return systemReduces;
  }

  /** The theme to show. */
  public ReadOnlyObjectProperty<Theme> themeProperty() {
    return theme.getReadOnlyProperty();
  }

  /** Whether nothing glides and fades. */
  public ReadOnlyBooleanProperty reducedProperty() {
    return reduced.getReadOnlyProperty();
  }

  /** Shows the other theme, whatever the system says. */
  public void switchTheme() {
    look.set(ThemeMode.of(theme.get().other()));
  }

  /** Whether something was chosen that waits for the next start. */
  public boolean waitsForStart() {
    return numbers.get() != atStart.numbers()
        || device.get() != atStart.device()
        || precision.get() != atStart.precision()
        || gpuMegabytes.get() != atStart.gpuMegabytes()
        || threads.get() != atStart.threads();
  }

  /** Everything that can be chosen, to be watched. */
  public List<Property<?>> choices() {
    return List.of(
        look,
        movement,
        numbers,
        device,
        precision,
        gpuMegabytes,
        threads,
        cacheBytes,
        preview,
        below,
        picturesFolder);
  }

  /** What is chosen, to be remembered. */
  public Preferences preferences() {
    return new Preferences(
        look.get(),
        movement.get(),
        numbers.get(),
        device.get(),
        precision.get(),
        gpuMegabytes.get(),
        threads.get(),
        cacheBytes.get(),
        preview.get(),
        below.get(),
        picturesFolder.get().map(Path::toString).orElse(null));
  }
}
