package org.infd.app.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyBooleanProperty;
import javafx.beans.property.ReadOnlyBooleanWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import org.infd.app.control.Handle;
import org.infd.app.engine.ExportArea;
import org.infd.app.viewer.Field;
import org.infd.inference.Problem;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.ViewerPage;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.Recipe;

/**
 * What the user chose for the next picture file. Width and height always agree with the shape, and
 * with the frame where there is one: who changes one changes the others. All methods belong to the
 * user interface's thread.
 */
public final class ExportChoices {
  /** The longer sides that are offered, in pixels: 2K, 4K, 8K, 16K. */
  public static final List<Integer> SIDES = List.of(2048, 4096, 8192, 16_384);

  /** Smaller pictures are icons. */
  public static final int SMALLEST = 16;

  /** A little below what the engine can. */
  public static final int LARGEST = 1_000_000;

  /** A new frame takes so much of what is seen. */
  private static final double FRAME_SHARE = 0.8;

  /** Which part of the picture is written. */
  public enum Part {
    /** All of it, as far as the shape allows. */
    WHOLE,
    /** What is on the screen. */
    VIEW,
    /** What is in a frame over the picture. */
    FRAME
  }

  private final ObjectProperty<Part> part = new SimpleObjectProperty<>(this, "part", Part.WHOLE);
  private final ObjectProperty<Aspect> aspect =
      new SimpleObjectProperty<>(this, "aspect", Aspect.SQUARE);
  private final IntegerProperty width = new SimpleIntegerProperty(this, "width", 4096);
  private final IntegerProperty height = new SimpleIntegerProperty(this, "height", 4096);
  private final ObjectProperty<ExportFormat> format =
      new SimpleObjectProperty<>(this, "format", ExportFormat.PNG);
  private final DoubleProperty quality =
      new SimpleDoubleProperty(this, "quality", PictureExport.USUAL_QUALITY);
  private final ObjectProperty<PictureFormat> tiles =
      new SimpleObjectProperty<>(this, "tiles", PictureFormat.JPEG);
  private final BooleanProperty page = new SimpleBooleanProperty(this, "page", true);
  private final StringProperty address = new SimpleStringProperty(this, "address", "");
  private final ObjectProperty<Region> view =
      new SimpleObjectProperty<>(this, "view", Region.WHOLE);
  private final ReadOnlyObjectWrapper<Region> place =
      new ReadOnlyObjectWrapper<>(this, "place", Region.WHOLE);
  private final BooleanProperty invented = new SimpleBooleanProperty(this, "invented");
  private final ReadOnlyBooleanWrapper below = new ReadOnlyBooleanWrapper(this, "below");
  private final ReadOnlyObjectWrapper<Optional<ExportArea>> area =
      new ReadOnlyObjectWrapper<>(this, "area", Optional.empty());
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper(this, "error", "");
  private Optional<Field> field = Optional.empty();
  private int screenWidth = 1920;
  private int screenHeight = 1080;
  private boolean adjusting;

  /** Begins with the whole picture, square, at 4K, as a PNG. */
  public ExportChoices() {
    aspect.subscribe(this::shape);
    width.subscribe(() -> follow(true));
    height.subscribe(() -> follow(false));
    format.subscribe(chosen -> tiles.set(ExportSettings.of(chosen).tiles()));
    for (var choice : List.of(format, place, invented)) {
      choice.subscribe(this::decide);
    }
    view.subscribe(this::followView);
    part.subscribe(this::begin);
    decide();
  }

  /** Which part is written. */
  public ObjectProperty<Part> partProperty() {
    return part;
  }

  /** The shape. */
  public ObjectProperty<Aspect> aspectProperty() {
    return aspect;
  }

  /** The width in pixels. */
  public IntegerProperty widthProperty() {
    return width;
  }

  /** The height in pixels. */
  public IntegerProperty heightProperty() {
    return height;
  }

  /** The format. */
  public ObjectProperty<ExportFormat> formatProperty() {
    return format;
  }

  /** The quality of formats with loss, 0 to 1. */
  public DoubleProperty qualityProperty() {
    return quality;
  }

  /** How tiles are compressed: JPEG, or PNG for no loss. */
  public ObjectProperty<PictureFormat> tilesProperty() {
    return tiles;
  }

  /** Whether a folder of tiles has a page that shows it. */
  public BooleanProperty pageProperty() {
    return page;
  }

  /** Where an IIIF folder will be found on the web; empty while that is not known. */
  public StringProperty addressProperty() {
    return address;
  }

  /** The part of the image that is on the screen. */
  public ObjectProperty<Region> viewProperty() {
    return view;
  }

  /** Where the frame is. */
  public ReadOnlyObjectProperty<Region> placeProperty() {
    return place.getReadOnlyProperty();
  }

  /** Whether detail below the picture's own scale is to be invented. */
  public BooleanProperty inventedProperty() {
    return invented;
  }

  /** Whether any of what is chosen lies below the picture's own scale, where it can be invented. */
  public ReadOnlyBooleanProperty belowProperty() {
    return below.getReadOnlyProperty();
  }

  /** The pixels that will be written; empty when the choices are impossible. */
  public ReadOnlyObjectProperty<Optional<ExportArea>> areaProperty() {
    return area.getReadOnlyProperty();
  }

  /** What is impossible, as a sentence; empty when nothing is. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /**
   * How the pixels become bytes.
   *
   * @param target the file or folder
   * @param recipe of the picture
   */
  public ExportSettings settings(Path target, Recipe recipe) {
    var kind = format.get();
    var name = String.valueOf(target.toAbsolutePath().normalize().getFileName());
    var web = address.get().isBlank() ? name : address.get().strip();
    return new ExportSettings(
        kind,
        (float) Math.clamp(quality.get(), 0, 1),
        tiles.get(),
        false,
        kind.isFolder() && page.get() ? new ViewerPage(name, recipe.prompt()) : null,
        kind == ExportFormat.IIIF ? web : "");
  }

  /** Says how large the screen is that a wallpaper is for, in its own pixels. */
  public void setScreen(int newWidth, int newHeight) {
    if (newWidth > 0 && newHeight > 0) {
      screenWidth = newWidth;
      screenHeight = newHeight;
      if (aspect.get() == Aspect.SCREEN) {
        shape();
      }
    }
  }

  /** Says what is on the screen: how deep it goes. */
  void setField(Optional<Field> shown) {
    field = shown;
    decide();
  }

  /** The longer side in pixels. */
  public int longSide() {
    return Math.max(width.get(), height.get());
  }

  /** Makes the longer side this many pixels; the shape stays. */
  public void setLongSide(int side) {
    double factor = (double) side / longSide();
    set((int) Math.round(width.get() * factor), (int) Math.rint(height.get() * factor));
  }

  /** Width by height of what will be written. */
  double shapeNow() {
    return (double) width.get() / height.get();
  }

  /** Width by height as far as it is chosen; empty where it is free. A view keeps its own. */
  OptionalDouble ratio() {
    if (isViewAsItIs()) {
      return OptionalDouble.of(view.get().width() / view.get().height());
    }
    return aspect.get().ratio((double) screenWidth / screenHeight);
  }

  private boolean isViewAsItIs() {
    return part.get() == Part.VIEW && aspect.get() == Aspect.FREE;
  }

  /** Chooses shape and size at once. */
  void choose(Aspect shape, int newWidth, int newHeight) {
    adjusting = true;
    aspect.set(shape);
    adjusting = false;
    set(newWidth, newHeight);
    shape();
  }

  /** Another part: a view is written as it is, a frame begins in what is seen. */
  private void begin(Part chosen) {
    invented.set(chosen != Part.WHOLE && seenDepth() > 0);
    switch (chosen) {
      case WHOLE -> {
        if (aspect.get() == Aspect.FREE) {
          aspect.set(Aspect.SQUARE);
        }
      }
      case VIEW -> {
        aspect.set(Aspect.FREE);
        shape();
      }
      case FRAME -> frameView();
    }
    decide();
  }

  /** How deep the view is. */
  private int seenDepth() {
    double side = longSide() / Math.max(view.get().width(), view.get().height());
    return field.map(shown -> shown.depthAt(side)).orElse(0);
  }

  /** Puts the frame into the middle of what is seen. */
  public void frameView() {
    place.set(FramePlace.within(view.get(), FRAME_SHARE, shapeNow()));
  }

  /** Moves the frame. */
  void moveFrame(double down, double right) {
    place.set(FramePlace.moved(place.get(), down, right));
  }

  /**
   * Pulls a handle of the frame from where it was.
   *
   * @param from the frame before
   * @param least no side becomes smaller
   */
  void pullFrame(Region from, Handle handle, double down, double right, double least) {
    // with its pixels rounded, so that nothing of the frame is cut off
    var shape = ratio().isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(shapeNow());
    var pulled = FramePlace.pulled(from, handle, down, right, shape, least);
    if (shape.isEmpty() && handle != Handle.INSIDE) {
      setShape(pulled.width() / pulled.height());
    }
    place.set(pulled);
  }

  /** Another shape; the longer side stays. */
  private void setShape(double ratio) {
    int side = longSide();
    set(
        ratio >= 1 ? side : (int) Math.round(side * ratio),
        ratio >= 1 ? (int) Math.round(side / ratio) : side);
  }

  private void set(int newWidth, int newHeight) {
    adjusting = true;
    width.set(Math.clamp(newWidth, SMALLEST, LARGEST));
    height.set(Math.clamp(newHeight, SMALLEST, LARGEST));
    adjusting = false;
    fitFrame();
    decide();
  }

  /** The frame has the shape of what is written. */
  private void fitFrame() {
    double now = place.get().width() / place.get().height();
    if (part.get() == Part.FRAME && Math.abs(now / shapeNow() - 1) > 1e-9) {
      place.set(FramePlace.withRatio(place.get(), shapeNow()));
    }
  }

  /** Another shape: the longer side stays, but a wallpaper has the pixels of its screen. */
  private void shape() {
    if (adjusting) {
      return;
    }
    if (aspect.get() == Aspect.SCREEN) {
      set(screenWidth, screenHeight);
    } else {
      ratio().ifPresentOrElse(this::setShape, this::decide);
    }
  }

  /** Another view: one that is written as it is has another shape. */
  private void followView() {
    if (isViewAsItIs()) {
      shape();
    } else {
      decide();
    }
  }

  private void follow(boolean byWidth) {
    if (adjusting) {
      return;
    }
    double shape = ratio().orElse(shapeNow());
    if (ratio().isEmpty()) {
      fitFrame();
      decide();
    } else if (byWidth) {
      set(width.get(), (int) Math.round(width.get() / shape));
    } else {
      set((int) Math.round(height.get() * shape), height.get());
    }
  }

  private Region region() {
    return switch (part.get()) {
      case WHOLE -> Region.WHOLE;
      case VIEW -> view.get();
      case FRAME -> place.get();
    };
  }

  private void decide() {
    if (adjusting) {
      return;
    }
    try {
      var region = region();
      double side = Math.max(height.get() / region.height(), width.get() / region.width());
      boolean goesOn = field.map(shown -> shown.depthAt(side) > 0).orElse(false);
      below.set(goesOn);
      if (goesOn && side > FieldRenderer.LARGEST_SIDE && !invented.get()) {
        // there it is nothing else; this decides again
        invented.set(true);
        return;
      }
      boolean deep = goesOn && invented.get();
      ExportSettings.of(format.get()).requireFits(Frame.alone(height.get(), width.get()));
      area.set(Optional.of(ExportArea.of(height.get(), width.get(), region, deep)));
      error.set("");
    } catch (Problem e) {
      area.set(Optional.empty());
      error.set(e.getMessage());
    }
  }
}
