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
    this(icon, name, new Tooltip(name), action);
  }

  /**
   * @param name what it does, for people who cannot see or do not know the icon
   * @param shortcut the key that does the same
   */
  public IconButton(Ikon icon, String name, Shortcut shortcut, Runnable action) {
    this(icon, name, new Tooltip(shortcut.tip(name)), action);
  }

  /**
   * One of many that do the same, each to something else.
   *
   * @param name what it does, for people who cannot see or do not know the icon
   * @param tip shared by all of them: each is a window, which takes long to make
   */
  public IconButton(Ikon icon, String name, Tooltip tip, Runnable action) {
    getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    setAccessibleRole(AccessibleRole.BUTTON);
    setOnAction(event -> action.run());
    become(icon, name, tip);
  }

  /** Gives it another icon and meaning. */
  public void become(Ikon icon, String name, Shortcut shortcut) {
    become(icon, name, new Tooltip(shortcut.tip(name)));
  }

  private void become(Ikon icon, String name, Tooltip tip) {
    setGraphic(new FontIcon(icon));
    rename(name, tip);
  }

  /** Gives it another meaning. */
  public void rename(String name, Tooltip tip) {
    setAccessibleText(name);
    setTooltip(tip);
  }
}
