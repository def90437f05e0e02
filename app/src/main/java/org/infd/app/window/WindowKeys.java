package org.infd.app.window;

import java.util.function.BooleanSupplier;
import javafx.beans.value.ObservableBooleanValue;
import javafx.scene.Node;
import javafx.scene.control.TextInputControl;
import javafx.scene.input.KeyEvent;
import org.infd.app.compare.CompareButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.export.ExportSidebar;
import org.infd.app.export.ExportsPanel;
import org.infd.app.layout.LayoutSidebar;
import org.infd.app.tab.BatchOverlay;
import org.infd.app.viewer.ViewerPane;

/**
 * Dispatches the keys of the window. The keys of tabs go before a text field that has the focus; of
 * the rest, those of the uppermost layer come first: the help sheet, the layout, the window, the
 * picture.
 */
final class WindowKeys {
  /**
   * What the keys lead to.
   *
   * @param hasPicture whether a picture is open
   * @param switchFullScreen gives the picture the whole screen, or takes it back
   */
  record Parts(
      FileCommands files,
      PictureCommands pictures,
      FileDrop drop,
      ViewerPane viewer,
      LayoutSidebar layout,
      ExportSidebar export,
      ExportsPanel exports,
      CompareButton compare,
      BatchOverlay batch,
      KeyboardHelp help,
      ObservableBooleanValue hasPicture,
      BooleanSupplier fullScreen,
      Runnable switchFullScreen) {}

  private final StudioModel model;
  private final Parts parts;
  private final KeyActions beforeTexts;
  private final KeyActions sheet;
  private final KeyActions window;
  private final KeyActions picture;

  WindowKeys(StudioModel model, Parts parts) {
    this.model = model;
    this.parts = parts;
    beforeTexts = beforeTexts();
    sheet = new KeyActions().on(Shortcut.CLOSE_SHEET, parts.help()::isVisible, parts.help()::hide);
    window = window();
    picture = picture();
  }

  /** Listens to all keys that are pressed in a window, and in what lies over all of it. */
  void attach(Node... roots) {
    for (var root : roots) {
      root.addEventFilter(KeyEvent.KEY_PRESSED, beforeTexts::act);
      root.addEventHandler(KeyEvent.KEY_PRESSED, this::pressed);
      // where the question mark lies depends on the keyboard
      root.addEventHandler(KeyEvent.KEY_TYPED, window::act);
    }
  }

  private void pressed(KeyEvent event) {
    boolean isDone =
        sheet.act(event)
            || (isPicture() && parts.layout().keyPressed(event))
            || (isPicture() && parts.export().keyPressed(event))
            || window.act(event)
            || picture.act(event);
    if (!isDone && isPicture() && !parts.batch().isVisible()) {
      parts.viewer().keyPressed(event);
    }
  }

  private boolean isPicture() {
    return model.pages().pageProperty().get() == Page.PICTURE;
  }

  private KeyActions beforeTexts() {
    var open = model.tabs();
    return new KeyActions()
        .on(Shortcut.NEXT_TAB, this::isPicture, () -> open.step(1))
        .on(Shortcut.TAB_BEFORE, this::isPicture, () -> open.step(-1))
        .on(Shortcut.CLOSE_TAB, this::isPicture, () -> open.close(open.current()))
        .on(Shortcut.NEW_TAB, () -> onPicture(open::open))
        .on(Shortcut.REOPEN_TAB, () -> onPicture(open.history()::reopen))
        .on(Shortcut.GENERATE_IN_NEW_TAB, parts.pictures()::generateInNewTab)
        // the words that are searched for have the cursor in the gallery from the start
        .on(
            Shortcut.UNDO,
            () -> model.pages().pageProperty().get() == Page.GALLERY && hasNothingToUndo(),
            model.undo()::undo);
  }

  /** Whether a text has the cursor in which nothing was typed. */
  private boolean hasNothingToUndo() {
    var scene = parts.help().getScene();
    return scene != null
        && scene.getFocusOwner() instanceof TextInputControl text
        && !text.isUndoable();
  }

  private void onPicture(Runnable action) {
    model.pages().pageProperty().set(Page.PICTURE);
    action.run();
  }

  private KeyActions window() {
    BooleanSupplier hasPicture = parts.hasPicture()::get;
    var keys =
        new KeyActions()
            .on(Shortcut.CANCEL, this::cancel)
            .on(Shortcut.GENERATE, parts.pictures()::generate)
            .on(Shortcut.VARY, parts.pictures()::vary)
            .on(Shortcut.UNDO, model.undo()::undo)
            .on(Shortcut.OPEN, parts.files()::open)
            .on(Shortcut.SAVE, hasPicture, parts.files()::save)
            .on(Shortcut.EXPORT, hasPicture, parts.files()::export)
            .on(Shortcut.SHOW_EXPORTS, parts.exports()::switchOpen)
            .on(Shortcut.CHOOSE_EXPORT, hasPicture, parts.export()::switchOpen)
            .on(Shortcut.THEME, model.preferences()::switchTheme)
            .on(Shortcut.HELP, parts.help()::toggle);
    for (var page : Page.values()) {
      keys.on(page.shortcut(), () -> model.pages().pageProperty().set(page));
    }
    return keys;
  }

  private KeyActions picture() {
    BooleanSupplier hasPicture = parts.hasPicture()::get;
    var locked = model.recipe().seedLockedProperty();
    return new KeyActions(this::isPicture)
        .on(Shortcut.BOOKMARK, parts.pictures()::bookmark)
        .on(Shortcut.ROLL_SEED, model.recipe()::roll)
        .on(Shortcut.LOCK_SEED, () -> locked.set(!locked.get()))
        .on(Shortcut.COMPARE, hasPicture, parts.compare()::press)
        .on(Shortcut.SHOW_RUN, parts.batch()::showGrid)
        .on(Shortcut.COPY_VIEW, hasPicture, parts.files()::copyView)
        .on(Shortcut.PASTE, parts.drop()::paste);
  }

  /** The innermost thing first; what is made for another tab is never meant. */
  private void cancel() {
    if (parts.fullScreen().getAsBoolean()) {
      parts.switchFullScreen().run();
    } else if (parts.exports().isOpen()) {
      parts.exports().hide();
    } else if (!isPicture()) {
      model.pages().showPicture();
    } else if (model.opener().photoProperty().get().isPresent()) {
      model.opener().leavePhoto();
    } else if (model.comparison().comparisonProperty().get().isPresent()) {
      model.comparison().stop();
    } else if (parts.export().isOpen()) {
      parts.export().switchOpen();
    } else if (!model.cancelHere() && model.layouts().model().openProperty().get()) {
      model.layouts().switchOpen();
    }
  }
}
