package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Locale;
import javafx.scene.Node;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.SliderLine;
import org.infd.inference.export.FilmFormat;

/** What can be chosen for a film. */
final class FilmFields {
  private final FilmChoices choices;

  FilmFields(FilmChoices choices) {
    this.choices = choices;
  }

  Node node() {
    return new VBox(
        16,
        PaneParts.field(
            "Size",
            PaneParts.box(
                "film-size",
                choices.sizeProperty(),
                List.of(FilmChoices.Size.values()),
                FilmChoices.Size::title)),
        length(),
        PaneParts.field(
            "Frames a second",
            PaneParts.segments(
                "film-speed",
                choices.speedProperty(),
                FilmChoices.SPEEDS,
                String::valueOf,
                speed ->
                    switch (speed) {
                      case 24 -> "As in the cinema";
                      case 30 -> "As on the web";
                      default -> "Twice as smooth, and twice the work";
                    })),
        PaneParts.field(
            "Format",
            PaneParts.box(
                "film-format",
                choices.formatProperty(),
                List.of(FilmFormat.MP4, FilmFormat.AVI, FilmFormat.GIF, FilmFormat.FRAMES),
                FilmFields::title),
            explanation()));
  }

  private Node length() {
    var slider =
        new Slider(FilmChoices.SHORTEST, FilmChoices.LONGEST, choices.secondsProperty().get());
    slider.setId("film-seconds");
    slider.setBlockIncrement(1);
    slider.setMajorTickUnit(1);
    slider.setMinorTickCount(0);
    slider.setSnapToTicks(true);
    slider.setAccessibleText("Length in seconds");
    slider.setTooltip(new Tooltip("How long it goes on; longer is slower"));
    return PaneParts.field(
        "Length",
        new SliderLine(
            slider,
            choices.secondsProperty(),
            44,
            seconds -> String.format(Locale.ROOT, "%.0f s", seconds)));
  }

  /** What people call a format. */
  static String title(FilmFormat format) {
    return switch (format) {
      case MP4 -> "MP4";
      case AVI -> "AVI (motion JPEG)";
      case GIF -> "Animated GIF";
      case FRAMES -> "Folder of frames";
    };
  }

  private static String explain(FilmFormat format) {
    return switch (format) {
      case MP4 -> "One small file that plays anywhere, made by the ffmpeg of this machine.";
      case AVI -> "One file for most players, several times as large as an MP4.";
      case GIF -> "Plays in any message or page; 256 colours a frame, large.";
      case FRAMES -> "A PNG for each frame, for programs that cut films.";
    };
  }

  private Node explanation() {
    var words = new Label();
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    words.textProperty().bind(choices.formatProperty().map(FilmFields::explain));
    return words;
  }
}
