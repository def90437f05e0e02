package org.infd.app.window;

import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.scene.layout.StackPane;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.settings.Theme;
import org.kordamp.ikonli.feather.Feather;

/** Switches between light and dark, and gives all windows the look that is chosen. */
final class ThemeButton extends StackPane {
  private final IconButton button;

  ThemeButton(PreferencesModel preferences) {
    button = new IconButton(Feather.MOON, "Dark theme", Shortcut.THEME, preferences::switchTheme);
    button.setId("theme");
    getChildren().add(button);
    var system = Platform.getPreferences();
    system
        .reducedMotionProperty()
        .subscribe(reduced -> preferences.systemReducesProperty().set(reduced));
    system
        .colorSchemeProperty()
        .subscribe(scheme -> preferences.systemDarkProperty().set(scheme == ColorScheme.DARK));
    preferences.themeProperty().subscribe(this::show);
  }

  private void show(Theme theme) {
    Application.setUserAgentStylesheet(theme.styleSheet());
    button.become(
        theme == Theme.DARK ? Feather.SUN : Feather.MOON,
        theme == Theme.DARK ? "Light theme" : "Dark theme",
        Shortcut.THEME);
  }
}
