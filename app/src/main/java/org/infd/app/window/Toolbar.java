package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.List;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableBooleanValue;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Separator;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Picture;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The toolbar: the pages, opening and saving, the title of the picture. */
final class Toolbar extends HBox {
  /** The width from which on a title is worth reading. */
  private static final double SHORTEST_TITLE = 80;

  /**
   * @param hasPicture whether a picture is open
   * @param untitled whether something lies over the picture that its title is not of
   * @param help the sheet of keys
   */
  Toolbar(
      StudioModel model,
      FileCommands files,
      ObservableBooleanValue hasPicture,
      ObservableBooleanValue untitled,
      KeyboardHelp help) {
    getStyleClass().add("toolbar");
    setAlignment(Pos.CENTER_LEFT);
    var name = new Label("INFD Studio");
    name.getStyleClass().add("app-name");
    name.setMinWidth(Region.USE_PREF_SIZE);
    var open =
        action("Open", Feather.FOLDER, Shortcut.OPEN, "Open a field file or a photo", files::open);
    open.setId("open");
    var save =
        action(
            "Save",
            Feather.SAVE,
            Shortcut.SAVE,
            "Save the field: every size can be made from it",
            files::save);
    save.setId("save");
    save.disableProperty().bind(Bindings.not(hasPicture));
    var keys =
        new IconButton(Feather.HELP_CIRCLE, "Keyboard and mouse", Shortcut.HELP, help::toggle);
    keys.setId("keys");
    getChildren()
        .addAll(
            name,
            new PageButtons(
                model.pages().pageProperty(),
                List.of(Page.PICTURE, Page.GALLERY, Page.MODELS),
                true),
            new Separator(Orientation.VERTICAL),
            open,
            save,
            title(model, untitled),
            new PageButtons(
                model.pages().pageProperty(), List.of(Page.SETTINGS, Page.ABOUT), false),
            keys,
            new ThemeButton(model.preferences()));
  }

  private static Node title(StudioModel model, ObservableBooleanValue untitled) {
    var title = new Label();
    title.setId("title");
    title.getStyleClass().add("picture-title");
    title
        .textProperty()
        .bind(
            Bindings.when(untitled)
                .then("")
                .otherwise(
                    Bindings.createStringBinding(
                        () -> model.pictureProperty().get().map(Picture::title).orElse(""),
                        model.pictureProperty())));
    title.setMaxWidth(Double.MAX_VALUE);
    title.setAlignment(Pos.CENTER);
    HBox.setHgrow(title, Priority.ALWAYS);
    // three dots alone say nothing; the tab has the name as well
    title.visibleProperty().bind(title.widthProperty().greaterThan(SHORTEST_TITLE));
    return title;
  }

  private static Button action(
      String text, Feather icon, Shortcut shortcut, String tip, Runnable action) {
    var button = new Button(text, new FontIcon(icon));
    button.getStyleClass().add(Styles.FLAT);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(shortcut.tip(tip)));
    button.setOnAction(event -> action.run());
    return button;
  }
}
