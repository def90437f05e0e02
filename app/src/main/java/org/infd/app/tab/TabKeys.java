package org.infd.app.tab;

import java.util.Optional;
import javafx.scene.Node;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyEvent;

/** The keys of tabs, as in a browser. They go before those of a text field that has the cursor. */
public final class TabKeys {
  /** What is done outside of the tabs. */
  public interface Actions {
    /** Whether the page of the picture is shown. */
    boolean isPictureShown();

    /** Shows the page of the picture. */
    void showPicture();

    /** Makes pictures in a tab of their own. */
    void generateInNewTab();
  }

  private final TabsModel tabs;
  private final Actions actions;

  /**
   * @param tabs the tabs that the keys act on
   */
  public TabKeys(TabsModel tabs, Actions actions) {
    this.tabs = tabs;
    this.actions = actions;
  }

  /** Acts on the keys of a window. */
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
    if (event.isControlDown() && event.getCode() == KeyCode.TAB) {
      return go(event.isShiftDown() ? -1 : 1);
    }
    if (!event.isShortcutDown()) {
      return Optional.empty();
    }
    return switch (event.getCode()) {
      case PAGE_DOWN -> go(1);
      case PAGE_UP -> go(-1);
      case ENTER -> event.isAltDown() ? Optional.of(actions::generateInNewTab) : Optional.empty();
      case T ->
          Optional.of(
              () -> {
                actions.showPicture();
                if (event.isShiftDown()) {
                  tabs.reopen();
                } else {
                  tabs.open();
                }
              });
      case W ->
          actions.isPictureShown()
              ? Optional.of(() -> tabs.close(tabs.current()))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<Runnable> go(int by) {
    return actions.isPictureShown() ? Optional.of(() -> tabs.step(by)) : Optional.empty();
  }
}
