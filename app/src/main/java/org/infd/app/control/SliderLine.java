package org.infd.app.control;

import java.util.function.DoubleFunction;
import javafx.beans.property.DoubleProperty;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;

/** A slider that fills the width, with its value as text beside it. */
public final class SliderLine extends HBox {
  private final Slider slider;

  /**
   * Binds the slider to a value, both ways.
   *
   * @param valueWidth the least width of the words in pixels, so that the slider does not jump
   * @param words what is shown for a value
   */
  public SliderLine(
      Slider slider, DoubleProperty property, double valueWidth, DoubleFunction<String> words) {
    this.slider = slider;
    slider.valueProperty().bindBidirectional(property);
    HBox.setHgrow(slider, Priority.ALWAYS);
    var value = new Label();
    value.setMinWidth(valueWidth);
    value.setAlignment(Pos.CENTER_RIGHT);
    value.textProperty().bind(property.map(number -> words.apply(number.doubleValue())));
    getChildren().setAll(slider, value);
    getStyleClass().add("field-line");
    setAlignment(Pos.CENTER_LEFT);
  }

  /** What the words beside it name. */
  public Slider slider() {
    return slider;
  }
}
