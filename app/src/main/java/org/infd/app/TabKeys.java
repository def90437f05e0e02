package org.infd.app;

import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;
import org.infd.app.window.StudioModel;

/** The keys of tabs, as in a browser. They go before those of a text field that has the cursor. */
public final class TabKeys {
  private final StudioModel model;

  public TabKeys(StudioModel model) {
    this.model = model;
  }

  public void attach(Node window) {
    window.addEventFilter(
        KeyEvent.KEY_PRESSED,
        event ->
            action(event)
                .ifPresent(
                    action -> {
                      action.run();
                      event.consume();
                    }));
  }

  private Optional<Runnable> action(KeyEvent event) {
    var tabs = model.tabs();
    if (event.isControlDown() && event.getCode() == KeyCode.TAB) {
      return go(event.isShiftDown() ? -1 : 1);
    }
    if (!event.isShortcutDown()) {
      return Optional.empty();
    }
    return switch (event.getCode()) {
      case PAGE_DOWN -> go(1);
      case PAGE_UP -> go(-1);
      case ENTER -> event.isAltDown() ? Optional.of(model::generateInNewTab) : Optional.empty();
      case T ->
          Optional.of(
              () -> {
                model.pageProperty().set(StudioModel.Page.PICTURE);
                if (event.isShiftDown()) {
                  tabs.reopen();
                } else {
                  tabs.open();
                }
              });
      case W ->
          model.pageProperty().get() == StudioModel.Page.PICTURE
              ? Optional.of(() -> tabs.close(tabs.current()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Runnable> go(int by) {
    return model.pageProperty().get() == StudioModel.Page.PICTURE
        ? Optional.of(() -> model.tabs().step(by))
        : Optional.empty();
  }
}
