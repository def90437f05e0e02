package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.stream.Stream;
import javafx.animation.Animation;
import javafx.animation.KeyFrame;
import javafx.animation.Timeline;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.util.Duration;
import org.infd.app.viewer.PixelImage;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * Plays the preview of a film over and over, as far as it is there, with the button that asks for
 * it.
 */
final class FilmScreen extends VBox {
  private static final double WIDTH = 256;

  private final ImageView view = new ImageView();
  private final StackPane screen = new StackPane(view);
  private final Label words = new Label();
  private final Button button = new Button();
  private final Timeline clock = new Timeline();
  private List<WritableImage> frames = List.of();
  private int at;

  /**
   * @param preview what is played
   * @param start asks for it
   */
  FilmScreen(FilmPreview preview, Runnable start) {
    getStyleClass().add("field");
    screen.setId("film-screen");
    screen.getStyleClass().add("film-screen");
    view.setPreserveRatio(true);
    view.setFitWidth(WIDTH);
    view.setFitHeight(WIDTH);
    words.setId("film-preview-words");
    words.setWrapText(true);
    words.setMinHeight(USE_PREF_SIZE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    button.setId("film-preview");
    button.setMaxWidth(Double.MAX_VALUE);
    button.setOnAction(
        event -> {
          if (preview.isShown()) {
            preview.stop();
          } else {
            start.run();
          }
        });
    clock.setCycleCount(Animation.INDEFINITE);
    PaneParts.shown(screen, view.imageProperty().isNotNull());
    PaneParts.shown(words, words.textProperty().isNotEmpty());
    getChildren().addAll(screen, words, button);
    preview.stateProperty().subscribe(this::show);
  }

  private void show(FilmPreview.State state) {
    switch (state) {
      case FilmPreview.State.None _ -> clear("");
      case FilmPreview.State.Failed(String sentence) -> clear(sentence);
      case FilmPreview.State.Frames(var made, double seconds) -> play(made, seconds);
    }
    boolean shown = !(state instanceof FilmPreview.State.None);
    button.setText(shown ? "Close the preview" : "Preview");
    button.setGraphic(new FontIcon(shown ? Feather.SQUARE : Feather.PLAY));
    button.setTooltip(
        new Tooltip(
            shown ? "Makes no more frames of it" : "Plays some small frames of the film here"));
  }

  private void clear(String sentence) {
    clock.stop();
    frames = List.of();
    view.setImage(null);
    words.setText(sentence);
  }

  private void play(List<PixelImage> made, double seconds) {
    // those that are there stay as they are
    frames =
        Stream.concat(
                frames.stream().limit(made.size()),
                made.stream().skip(frames.size()).map(FilmScreen::image))
            .toList();
    words.setText(
        made.size() < FilmPreview.FRAMES
            ? "Preview: " + made.size() + " of " + FilmPreview.FRAMES + " frames"
            : "");
    if (!frames.isEmpty() && clock.getStatus() != Animation.Status.RUNNING) {
      at = 0;
      clock
          .getKeyFrames()
          .setAll(new KeyFrame(Duration.seconds(seconds / FilmPreview.FRAMES), event -> next()));
      view.setImage(frames.getFirst());
      clock.playFromStart();
    }
  }

  /** The next frame, the first after the last; where it is not there yet, it is waited for. */
  private void next() {
    if (at + 1 < frames.size()) {
      at++;
    } else if (frames.size() == FilmPreview.FRAMES) {
      at = 0;
    }
    view.setImage(frames.get(at));
  }

  private static WritableImage image(PixelImage pixels) {
    return new WritableImage(
        new PixelBuffer<>(
            pixels.width(), pixels.height(), pixels.pixels(), PixelFormat.getIntArgbPreInstance()));
  }
}
