package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Locale;
import javafx.beans.property.ObjectProperty;
import javafx.geometry.Pos;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Region;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The buttons to some pages: with text, or as icons in a narrow window. */
final class PageButtons extends HBox {
  /**
   * @param page the page that is shown
   * @param words whether the buttons have words
   */
  PageButtons(ObjectProperty<Page> page, List<Page> pages, boolean words) {
    getStyleClass().add("pages");
    setAlignment(Pos.CENTER_LEFT);
    pages.forEach(to -> getChildren().add(button(page, to, words)));
  }

  private static ToggleButton button(ObjectProperty<Page> page, Page to, boolean words) {
    var button = new ToggleButton(words ? to.title() : "", new FontIcon(icon(to)));
    button.setId("page-" + to.name().toLowerCase(Locale.ROOT));
    button.getStyleClass().add("page-button");
    if (!words) {
      button.getStyleClass().add(Styles.BUTTON_ICON);
    }
    button.setAccessibleText(to.title());
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(to.shortcut().tip(to.title())));
    button.setOnAction(
        event -> {
          // a page cannot be left without another one
          button.setSelected(true);
          page.set(to);
        });
    page.subscribe(shown -> button.setSelected(shown == to));
    return button;
  }

  private static Feather icon(Page page) {
    return switch (page) {
      case PICTURE -> Feather.IMAGE;
      case GALLERY -> Feather.GRID;
      case MODELS -> Feather.BOX;
      case SETTINGS -> Feather.SETTINGS;
      case ABOUT -> Feather.INFO;
    };
  }
}
