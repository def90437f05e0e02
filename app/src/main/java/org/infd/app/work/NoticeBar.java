package org.infd.app.work;

import atlantafx.base.theme.Styles;
import java.util.Optional;
import javafx.animation.PauseTransition;
import javafx.beans.property.ObjectProperty;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.util.Duration;
import org.infd.app.control.IconButton;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Shows the notice of the moment over the picture, without asking for anything. */
public final class NoticeBar extends HBox {
  private static final Duration DONE_STAYS = Duration.seconds(6);

  private final ObjectProperty<Optional<Notice>> notice;
  private final Label text = new Label();
  private final Button action = new Button();
  private final Button other = new Button();
  private final FontIcon icon = new FontIcon(Feather.INFO);
  private final PauseTransition stay = new PauseTransition(DONE_STAYS);

  /**
   * @param name what its parts are called in the scene
   * @param notice what is shown; emptied when the user closes it
   */
  public NoticeBar(String name, ObjectProperty<Optional<Notice>> notice) {
    this.notice = notice;
    getStyleClass().add("notice");
    setId(name);
    setAlignment(Pos.CENTER_LEFT);
    setAccessibleRole(AccessibleRole.TEXT);
    setMaxSize(640, Region.USE_PREF_SIZE);
    text.setWrapText(true);
    text.setId(name + "-text");
    HBox.setHgrow(text, Priority.ALWAYS);
    text.setMaxWidth(Double.MAX_VALUE);
    text.setMinHeight(Region.USE_PREF_SIZE);
    var close = new IconButton(Feather.X, "Close the message", () -> notice.set(Optional.empty()));
    action.setId(name + "-action");
    action.getStyleClass().add(Styles.SMALL);
    action.setMinWidth(Region.USE_PREF_SIZE);
    other.setId(name + "-other");
    other.getStyleClass().add(Styles.SMALL);
    other.setMinWidth(Region.USE_PREF_SIZE);
    close.setId(name + "-close");
    close.setMinWidth(Region.USE_PREF_SIZE);
    getChildren().addAll(icon, text, close);
    stay.setOnFinished(event -> notice.set(Optional.empty()));
    notice.subscribe(this::show);
  }

  private void offer(Button button, Notice.Action offered) {
    getChildren().add(2, button);
    button.setText(offered.name());
    button.setTooltip(new Tooltip(offered.name()));
    button.setOnAction(
        event -> {
          notice.set(Optional.empty());
          offered.run().run();
        });
  }

  private void show(Optional<Notice> notice) {
    setVisible(notice.isPresent());
    setManaged(notice.isPresent());
    stay.stop();
    notice.ifPresent(
        shown -> {
          text.setText(shown.text());
          setAccessibleText(shown.text());
          for (var kind : Notice.Kind.values()) {
            pseudoClassStateChanged(
                PseudoClass.getPseudoClass(kind.name().toLowerCase(java.util.Locale.ROOT)),
                kind == shown.kind());
          }
          icon.setIconCode(
              switch (shown.kind()) {
                case DONE -> Feather.CHECK_CIRCLE;
                case NOTE -> Feather.INFO;
                case ERROR -> Feather.ALERT_CIRCLE;
              });
          getChildren().removeAll(action, other);
          // the first stands left of the second
          shown.other().ifPresent(offered -> offer(other, offered));
          shown.action().ifPresent(offered -> offer(action, offered));
          if (shown.kind() == Notice.Kind.DONE) {
            stay.playFromStart();
          }
        });
  }
}
