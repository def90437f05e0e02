package org.infd.app.export;

import java.util.List;
import java.util.Optional;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.infd.inference.Problem;
import org.infd.inference.export.Frame;
import org.infd.inference.export.Frame.Region;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.PngText;

/**
 * What the user chose for the next picture file. Width and height always agree with the shape: who
 * changes one changes the other, unless the shape is free. All methods belong to the user
 * interface's thread.
 */
public final class ExportChoices {
  /** The longer sides that are offered, in pixels: 2K, 4K, 8K. */
  public static final List<Integer> SIDES = List.of(2048, 4096, 8192);

  /** Smaller pictures are icons. */
  public static final int SMALLEST = 16;

  /** Larger ones fill a disk by accident. */
  public static final int LARGEST = 131_072;

  /** Which part of the picture is written. */
  public enum Part {
    /** All of it, as far as the shape allows. */
    WHOLE,
    /** What is on the screen. */
    VIEW
  }

  private final ObjectProperty<Part> part = new SimpleObjectProperty<>(this, "part", Part.WHOLE);
  private final ObjectProperty<Aspect> aspect =
      new SimpleObjectProperty<>(this, "aspect", Aspect.SQUARE);
  private final IntegerProperty width = new SimpleIntegerProperty(this, "width", 4096);
  private final IntegerProperty height = new SimpleIntegerProperty(this, "height", 4096);
  private final ObjectProperty<PictureFormat> format =
      new SimpleObjectProperty<>(this, "format", PictureFormat.PNG);
  private final DoubleProperty quality =
      new SimpleDoubleProperty(this, "quality", PictureExport.USUAL_QUALITY);
  private final ObjectProperty<Region> view =
      new SimpleObjectProperty<>(this, "view", Region.WHOLE);
  private final ReadOnlyObjectWrapper<Optional<Frame>> frame =
      new ReadOnlyObjectWrapper<>(this, "frame", Optional.empty());
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper(this, "error", "");
  private int screenWidth = 1920;
  private int screenHeight = 1080;
  private boolean adjusting;

  /** Begins with the whole picture, square, at 4K, as a PNG. */
  public ExportChoices() {
    aspect.subscribe(this::shape);
    width.subscribe(() -> follow(true));
    height.subscribe(() -> follow(false));
    for (var choice : List.of(part, format, view)) {
      choice.subscribe(this::decide);
    }
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
  public ObjectProperty<PictureFormat> formatProperty() {
    return format;
  }

  /** The quality of formats with loss, 0 to 1. */
  public DoubleProperty qualityProperty() {
    return quality;
  }

  /** The part of the image that is on the screen. */
  public ObjectProperty<Region> viewProperty() {
    return view;
  }

  /** The pixels that will be written; empty when the choices are impossible. */
  public ReadOnlyObjectProperty<Optional<Frame>> frameProperty() {
    return frame.getReadOnlyProperty();
  }

  /** What is impossible, as a sentence; empty when nothing is. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Format and quality. */
  public PictureExport.Encoding encoding() {
    return new PictureExport.Encoding(format.get(), (float) Math.clamp(quality.get(), 0, 1));
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

  /** The longer side in pixels. */
  public int longSide() {
    return Math.max(width.get(), height.get());
  }

  /** Makes the longer side this many pixels; the shape stays. */
  public void setLongSide(int side) {
    double factor = (double) side / longSide();
    set((int) Math.round(width.get() * factor), (int) Math.rint(height.get() * factor));
  }

  /** Chooses what is on the screen, pixel for pixel. */
  public void chooseView(Region shown, int pixelWidth, int pixelHeight) {
    view.set(shown);
    part.set(Part.VIEW);
    aspect.set(Aspect.FREE);
    set(pixelWidth, pixelHeight);
  }

  private void set(int newWidth, int newHeight) {
    adjusting = true;
    width.set(Math.clamp(newWidth, SMALLEST, LARGEST));
    height.set(Math.clamp(newHeight, SMALLEST, LARGEST));
    adjusting = false;
    decide();
  }

  /** Another shape: the longer side stays, but a wallpaper has the pixels of its screen. */
  private void shape() {
    if (aspect.get() == Aspect.SCREEN) {
      set(screenWidth, screenHeight);
      return;
    }
    int side = longSide();
    ratio().ifPresentOrElse(r -> set(side, (int) Math.round(side / r)), this::decide);
  }

  /** Width by height; empty when it is free. */
  private Optional<Double> ratio() {
    return switch (aspect.get()) {
      case SQUARE -> Optional.of(1.0);
      case WIDE -> Optional.of(16.0 / 9);
      case SCREEN -> Optional.of((double) screenWidth / screenHeight);
      case FREE -> Optional.empty();
    };
  }

  private void follow(boolean byWidth) {
    if (adjusting) {
      return;
    }
    ratio()
        .ifPresentOrElse(
            r -> {
              if (byWidth) {
                set(width.get(), (int) Math.round(width.get() / r));
              } else {
                set((int) Math.round(height.get() * r), height.get());
              }
            },
            this::decide);
  }

  private void decide() {
    try {
      var region = part.get() == Part.WHOLE ? Region.WHOLE : view.get();
      var decided = Frame.of(height.get(), width.get(), region);
      PictureExport.requireFits(format.get(), decided, PngText.NONE);
      frame.set(Optional.of(decided));
      error.set("");
    } catch (Problem e) {
      frame.set(Optional.empty());
      error.set(e.getMessage());
    }
  }
}
