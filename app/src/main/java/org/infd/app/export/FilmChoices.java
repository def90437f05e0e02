package org.infd.app.export;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleObjectProperty;
import org.infd.app.engine.FilmShot;
import org.infd.app.viewer.Field;
import org.infd.inference.NumberText;
import org.infd.inference.export.FilmFormat;
import org.infd.inference.export.FilmPath;
import org.infd.inference.export.Frame.Region;

/**
 * What the user chose for the next film: it zooms from the whole picture to what is in sight. All
 * methods belong to the user interface's thread.
 */
public final class FilmChoices {
  /** The longest film in seconds. */
  static final double LONGEST = 120;

  /** The shortest film in seconds. */
  static final double SHORTEST = 2;

  /** Frames a second that are offered. */
  static final List<Integer> SPEEDS = List.of(24, 30, 60);

  /** A film that zooms in by less than this is none. */
  private static final double LEAST_ZOOM = 2;

  /** Width and height of the frames. */
  public enum Size {
    /** Small, as for a message. */
    SMALL("640 × 360", 640, 360),
    /** As for the web. */
    HD("1280 × 720 (HD)", 1280, 720),
    /** As for a screen. */
    FULL("1920 × 1080 (Full HD)", 1920, 1080),
    /** As wide as tall. */
    SQUARE("720 × 720", 720, 720),
    /** As for a phone. */
    TALL("720 × 1280 (upright)", 720, 1280);

    private final String title;
    private final int width;
    private final int height;

    Size(String title, int width, int height) {
      this.title = title;
      this.width = width;
      this.height = height;
    }

    String title() {
      return title;
    }

    int width() {
      return width;
    }

    int height() {
      return height;
    }
  }

  private final ObjectProperty<Boolean> chosen = new SimpleObjectProperty<>(this, "chosen", false);
  private final ObjectProperty<Size> size = new SimpleObjectProperty<>(this, "size", Size.HD);
  private final DoubleProperty seconds = new SimpleDoubleProperty(this, "seconds", 12);
  private final ObjectProperty<Integer> speed = new SimpleObjectProperty<>(this, "speed", 30);
  private final ObjectProperty<FilmFormat> format;
  private final ReadOnlyObjectWrapper<Optional<FilmShot>> shot =
      new ReadOnlyObjectWrapper<>(this, "shot", Optional.empty());
  private final ReadOnlyStringWrapper words = new ReadOnlyStringWrapper(this, "words", "");
  private final ReadOnlyStringWrapper error = new ReadOnlyStringWrapper(this, "error", "");
  private Optional<Field> field = Optional.empty();
  private Region view = Region.WHOLE;

  /** Why the format cannot be written here; empty where it can. */
  private String unavailable = "";

  /**
   * @param whyNot says of a format why it cannot be written here, as a sentence; empty where it can
   */
  FilmChoices(Function<FilmFormat, Optional<String>> whyNot) {
    format =
        new SimpleObjectProperty<>(
            this,
            "format",
            whyNot.apply(FilmFormat.MP4).isEmpty() ? FilmFormat.MP4 : FilmFormat.AVI);
    size.subscribe(this::decide);
    seconds.subscribe(this::decide);
    speed.subscribe(this::decide);
    // looks at files, so not at each move of the view
    format.subscribe(
        chosenFormat -> {
          unavailable = whyNot.apply(chosenFormat).orElse("");
          decide();
        });
  }

  /** Whether a film is chosen, and not a picture. */
  public ObjectProperty<Boolean> chosenProperty() {
    return chosen;
  }

  /** Width and height of the frames. */
  public ObjectProperty<Size> sizeProperty() {
    return size;
  }

  /** How long it is, in seconds. */
  public DoubleProperty secondsProperty() {
    return seconds;
  }

  /** Frames a second. */
  public ObjectProperty<Integer> speedProperty() {
    return speed;
  }

  /** How it is kept. */
  public ObjectProperty<FilmFormat> formatProperty() {
    return format;
  }

  /** What is filmed; empty where the choices are impossible. */
  public ReadOnlyObjectProperty<Optional<FilmShot>> shotProperty() {
    return shot.getReadOnlyProperty();
  }

  /** What is filmed, in words; empty where the choices are impossible. */
  ReadOnlyStringProperty wordsProperty() {
    return words.getReadOnlyProperty();
  }

  /** What is impossible, as a sentence; empty when nothing is. */
  public ReadOnlyStringProperty errorProperty() {
    return error.getReadOnlyProperty();
  }

  /** Whether frames may show what is invented below the picture's own scale. */
  boolean isInvented() {
    return field.filter(shown -> shown.depths().isPresent()).isPresent();
  }

  /** Says how deep the picture goes. */
  void setField(Optional<Field> shown) {
    field = shown;
    decide();
  }

  /** Says what is in sight: where the film ends. */
  void setView(Region seen) {
    view = seen;
    decide();
  }

  private void decide() {
    int width = size.get().width();
    int height = size.get().height();
    int longest = Math.max(width, height);
    long side = (long) Math.rint(Math.min(width / view.width(), height / view.height()));
    long last = Math.min(side, field.map(Field::largestSide).orElse(0L));
    var wrong = problem(last, longest);
    error.set(wrong);
    if (!wrong.isEmpty() || field.isEmpty()) {
      shot.set(Optional.empty());
      words.set("");
      return;
    }
    int frames = (int) Math.rint(seconds.get() * speed.get());
    var path =
        new FilmPath(
            view.top() + view.height() / 2,
            view.left() + view.width() / 2,
            last,
            frames,
            height,
            width);
    shot.set(Optional.of(new FilmShot(path, speed.get())));
    int depth = field.get().depthAt((double) last);
    words.set(
        NumberText.format(
                "From the whole picture to what is in sight, %,.0f times larger; %d frames.",
                (double) last / longest, frames)
            + (depth == 0
                ? ""
                : " Invented below the picture's own scale, to depth " + depth + "."));
  }

  private String problem(long last, int longest) {
    if (field.isEmpty()) {
      return "";
    }
    if (field.get().isFixed()) {
      return "This picture has one resolution: a film into it would only enlarge its pixels.";
    }
    if (last < LEAST_ZOOM * longest) {
      return "Zoom in to where the film is to end: it begins with the whole picture.";
    }
    return unavailable;
  }
}
