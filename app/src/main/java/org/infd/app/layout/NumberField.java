package org.infd.app.layout;

import java.util.function.DoubleConsumer;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;

/**
 * A number that is typed: taken over by Enter or when the focus goes, moved by the arrows up and
 * down (Shift ten times as far). What is no number goes back to what it was.
 */
final class NumberField extends TextField {
  private static final int MANY = 10;

  private final double factor;
  private final double step;
  private final DoubleConsumer taken;
  private double value = Double.NaN;

  /**
   * @param name what it is, for people who cannot see it
   * @param factor what is shown is so many times the value: 100 for percent
   * @param step how far an arrow goes, in shown units
   * @param taken takes the value when the user has changed it
   */
  NumberField(String name, double factor, double step, DoubleConsumer taken) {
    this.factor = factor;
    this.step = step;
    this.taken = taken;
    getStyleClass().add("number-field");
    setPrefColumnCount(5);
    setAccessibleText(name);
    setTooltip(new Tooltip(name));
    setOnAction(event -> take());
    focusedProperty()
        .subscribe(
            focused -> {
              if (!focused) {
                take();
              }
            });
    addEventFilter(KeyEvent.KEY_PRESSED, this::keyPressed);
  }

  /** Shows a value. */
  void show(double now) {
    if (now != value) {
      value = now;
      setText(TypedNumber.text(now * factor));
    }
  }

  private void take() {
    if (Double.isNaN(value) || getText().equals(TypedNumber.text(value * factor))) {
      return;
    }
    TypedNumber.parse(getText()).ifPresent(shown -> taken.accept(shown / factor));
    // what was taken over may have been brought into its limits
    setText(TypedNumber.text(value * factor));
  }

  private void keyPressed(KeyEvent event) {
    int way =
        switch (event.getCode()) {
          case UP, KP_UP -> 1;
          case DOWN, KP_DOWN -> -1;
          default -> 0;
        };
    if (way != 0) {
      take();
      taken.accept((value * factor + way * step * (event.isShiftDown() ? MANY : 1)) / factor);
      event.consume();
    }
  }
}
