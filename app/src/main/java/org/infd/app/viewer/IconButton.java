package org.infd.app.viewer;

import atlantafx.base.theme.Styles;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** A button with an icon, which says by tooltip and to screen readers what it does. */
public final class IconButton extends Button {
  /**
   * @param name what it does, for people who cannot see or do not know the icon
   * @param key the key that does the same, empty for none
   */
  public IconButton(Ikon icon, String name, String key, Runnable action) {
    super("", new FontIcon(icon));
    getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    setOnAction(event -> action.run());
    rename(name, key);
  }

  /** Gives it another icon and meaning. */
  public void become(Ikon icon, String name, String key) {
    setGraphic(new FontIcon(icon));
    rename(name, key);
  }

  private void rename(String name, String key) {
    setAccessibleRole(AccessibleRole.BUTTON);
    setAccessibleText(name);
    setTooltip(new Tooltip(key.isEmpty() ? name : name + "  (" + key + ")"));
  }
}
