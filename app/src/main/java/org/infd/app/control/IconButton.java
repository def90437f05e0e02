package org.infd.app.control;

import atlantafx.base.theme.Styles;
import javafx.scene.AccessibleRole;
import javafx.scene.control.Button;
import javafx.scene.control.Tooltip;
import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.javafx.FontIcon;

/** A button with an icon, which says by tooltip and to screen readers what it does. */
public final class IconButton extends Button {
  /**
   * A button that no key stands for.
   *
   * @param name what it does, for people who cannot see or do not know the icon
   */
  public IconButton(Ikon icon, String name, Runnable action) {
    super("", new FontIcon(icon));
    getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    setOnAction(event -> action.run());
    rename(name, name);
  }

  /**
   * @param name what it does, for people who cannot see or do not know the icon
   * @param shortcut the key that does the same
   */
  public IconButton(Ikon icon, String name, Shortcut shortcut, Runnable action) {
    this(icon, name, action);
    rename(name, shortcut.tip(name));
  }

  /** Gives it another icon and meaning. */
  public void become(Ikon icon, String name, Shortcut shortcut) {
    setGraphic(new FontIcon(icon));
    rename(name, shortcut.tip(name));
  }

  private void rename(String name, String tip) {
    setAccessibleRole(AccessibleRole.BUTTON);
    setAccessibleText(name);
    setTooltip(new Tooltip(tip));
  }
}
