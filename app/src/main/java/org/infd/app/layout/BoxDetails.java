package org.infd.app.layout;

import java.util.function.Supplier;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.GridPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.control.SliderLine;
import org.infd.inference.NumberText;
import org.infd.inference.guidance.LayoutBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The details of the selected box: negative prompt, weight, range of steps, place, order. */
final class BoxDetails extends VBox {
  private static final double PERCENT = 100;
  private static final double SCORE_WIDTH = 36;

  /**
   * Makes boxes anew.
   *
   * @param whyNot why that cannot be done now; empty where it can
   */
  record Redo(java.util.function.LongConsumer box, Supplier<String> whyNot) {}

  private final LayoutModel model;
  private final long id;
  private final Redo redo;
  private final TextField negative = new TextField();
  private final DoubleProperty weight = new SimpleDoubleProperty(this, "weight", 1);
  private final NumberField left;
  private final NumberField top;
  private final NumberField width;
  private final NumberField height;
  private final NumberField start;
  private final NumberField end;
  private final IconButton up;
  private final IconButton down;
  private final Button again = new Button("Redo box", new FontIcon(Feather.REFRESH_CW));

  /** While a box is being shown, what controls say is not from the user; so it is at first. */
  private boolean showing = true;

  BoxDetails(LayoutModel model, long id, Redo redo) {
    this.model = model;
    this.id = id;
    this.redo = redo;
    getStyleClass().add("layout-details");
    left =
        place(
            "Left edge in percent",
            NormalizedBox::column,
            (p, v) -> new NormalizedBox(p.row(), v, p.height(), p.width()));
    top =
        place(
            "Upper edge in percent",
            NormalizedBox::row,
            (p, v) -> new NormalizedBox(v, p.column(), p.height(), p.width()));
    width =
        place(
            "Width in percent",
            NormalizedBox::width,
            (p, v) ->
                new NormalizedBox(p.row(), p.column(), p.height(), Math.min(v, 1 - p.column())));
    height =
        place(
            "Height in percent",
            NormalizedBox::height,
            (p, v) -> new NormalizedBox(p.row(), p.column(), Math.min(v, 1 - p.row()), p.width()));
    start =
        number(
            "Guided from this part of the steps, in percent",
            v ->
                change(
                    box ->
                        box.withRange(
                            Math.clamp(v, 0, box.end() - DraftBox.SHORTEST_RANGE), box.end())));
    end =
        number(
            "Guided up to this part of the steps, in percent",
            v ->
                change(
                    box ->
                        box.withRange(
                            box.start(), Math.clamp(v, box.start() + DraftBox.SHORTEST_RANGE, 1))));
    up = new IconButton(Feather.ARROW_UP, "Earlier in the list", () -> move(-1));
    down = new IconButton(Feather.ARROW_DOWN, "Later in the list", () -> move(1));
    var copy =
        new IconButton(
            Feather.COPY,
            "Duplicate the box",
            Shortcut.DUPLICATE_BOX,
            () -> {
              model.select(id);
              model.duplicate();
            });
    copy.setId("box-duplicate");
    up.setId("box-up");
    down.setId("box-down");
    again.setId("box-redo");
    again.setMinWidth(Region.USE_PREF_SIZE);
    again.setOnAction(event -> redo.box().accept(id));
    var room = new Region();
    HBox.setHgrow(room, Priority.ALWAYS);
    var tools = new HBox(up, down, copy, room, again);
    tools.setAlignment(Pos.CENTER_LEFT);
    getChildren().addAll(words(), weight(), numbers(), tools);
  }

  private void move(int step) {
    model.select(id);
    model.reorder(step);
  }

  private void change(java.util.function.UnaryOperator<DraftBox> how) {
    if (!showing) {
      model.change(id, how, null);
    }
  }

  private static NumberField number(String name, java.util.function.DoubleConsumer taken) {
    return new NumberField(name, PERCENT, 1, taken);
  }

  private interface Change {
    NormalizedBox with(NormalizedBox place, double value);
  }

  /** What was typed may not fit into the image: then it is brought inside, and that is told. */
  private NumberField place(
      String name, java.util.function.ToDoubleFunction<NormalizedBox> of, Change change) {
    return number(
        name,
        value ->
            model
                .box(id)
                .ifPresent(
                    box -> {
                      var now = change.with(box.place(), value);
                      model.place(id, now, null);
                      if (Math.abs(of.applyAsDouble(now) - value) > 1e-6) {
                        model.tell(
                            NumberText.format(
                                "Box %d stays inside the image: %s %% became %s %%.",
                                model.number(id),
                                TypedNumber.text(value * PERCENT),
                                TypedNumber.text(of.applyAsDouble(now) * PERCENT)));
                      }
                    }));
  }

  private Node words() {
    negative.setId("box-negative");
    negative.setPromptText("not wanted: nothing");
    negative.setAccessibleText("What should not be seen in this box");
    negative.setTooltip(new Tooltip("What should not be seen in this box"));
    negative
        .textProperty()
        .subscribe(
            text -> {
              if (!showing) {
                model.change(id, box -> box.withWords(box.prompt(), text), "negative " + id);
              }
            });
    return negative;
  }

  private Node weight() {
    var slider = new Slider(DraftBox.SMALLEST_WEIGHT, LayoutBox.LARGEST_WEIGHT, 1);
    slider.setId("box-weight");
    slider.setBlockIncrement(0.25);
    slider.setAccessibleText("How much this box counts, up to 10; 1 is usual");
    slider.setTooltip(new Tooltip("How much this box counts; 1 is usual"));
    weight.subscribe(
        value -> {
          if (!showing) {
            model.change(id, box -> box.withWeight(value.doubleValue()), "weight " + id);
          }
        });
    var line =
        new SliderLine(slider, weight, SCORE_WIDTH, value -> NumberText.format("%.2f", value));
    line.getChildren().addFirst(new Label("Weight"));
    line.setSpacing(8);
    return line;
  }

  private Node numbers() {
    var grid = new GridPane();
    grid.getStyleClass().add("layout-numbers");
    left.setId("box-left");
    top.setId("box-top");
    width.setId("box-width");
    height.setId("box-height");
    start.setId("box-start");
    end.setId("box-end");
    grid.addRow(0, label("Left %"), left, label("Top %"), top);
    grid.addRow(1, label("Width %"), width, label("Height %"), height);
    grid.addRow(2, label("From %"), start, label("To %"), end);
    return grid;
  }

  private static Label label(String text) {
    var label = new Label(text);
    label.setMinWidth(Region.USE_PREF_SIZE);
    return label;
  }

  /** Shows the box as it is now. */
  void show(DraftBox box, int number) {
    showing = true;
    if (!negative.getText().equals(box.negative())) {
      negative.setText(box.negative());
    }
    weight.set(box.weight());
    left.show(box.place().column());
    top.show(box.place().row());
    width.show(box.place().width());
    height.show(box.place().height());
    start.show(box.start());
    end.show(box.end());
    for (var field : java.util.List.of(left, top, width, height)) {
      field.setDisable(box.locked());
    }
    up.setDisable(number == 1);
    down.setDisable(number == model.boxes().size());
    var reason = redo.whyNot().get();
    again.setDisable(!reason.isEmpty());
    again.setTooltip(
        new Tooltip(
            reason.isEmpty()
                ? "Make this part of the picture anew by its prompt; the rest stays"
                : reason));
    showing = false;
  }
}
