package org.infd.app.layout;

import atlantafx.base.theme.Styles;
import java.util.function.DoubleFunction;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.ToggleGroup;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.VBox;
import org.infd.app.control.SliderLine;
import org.infd.inference.NumberText;
import org.infd.inference.guidance.GuidanceSettings;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.infd.inference.guidance.GuidanceSettings.StepRule;

/** The controls of guidance settings. */
final class SteeringFields extends VBox {
  private static final int MOST_EVERY = 10;
  private static final int MOST_COPIES = 8;
  private static final int MOST_REPEATS = 5;
  private static final double VALUE_WIDTH = 40;

  private final LayoutModel model;
  private final DoubleProperty strength = new SimpleDoubleProperty(this, "strength");
  private final DoubleProperty every = new SimpleDoubleProperty(this, "every", 1);
  private final DoubleProperty copies = new SimpleDoubleProperty(this, "copies");
  private final DoubleProperty repeats = new SimpleDoubleProperty(this, "repeats", 1);
  private final ToggleButton fast =
      choice("guidance-fast", "Fast", "The gradient goes back to the picture in the making");
  private final ToggleButton full =
      choice("guidance-full", "Full", "The gradient goes back through the whole network: slower");
  private final ToggleButton dsg =
      choice("guidance-dsg", "DSG", "Turns the fresh noise of a step; the usual rule");
  private final ToggleButton dps =
      choice("guidance-dps", "DPS", "Shifts the picture after a step; needs the full gradient");

  /** While settings are being shown, what controls say is not from the user; so it is at first. */
  private boolean showing = true;

  SteeringFields(LayoutModel model) {
    this.model = model;
    getStyleClass().add("layout-steering");
    bind(strength);
    bind(every);
    bind(copies);
    bind(repeats);
    fast.setOnAction(event -> choose(StepRule.DSG, Depth.FAST));
    full.setOnAction(event -> choose(model.steeringProperty().get().rule(), Depth.FULL));
    dsg.setOnAction(event -> choose(StepRule.DSG, model.steeringProperty().get().depth()));
    dps.setOnAction(event -> choose(StepRule.DPS, Depth.FULL));
    var usual = new Button("Usual settings");
    usual.setId("guidance-usual");
    usual.setTooltip(new Tooltip("Back to what suits most layouts"));
    usual.setOnAction(event -> model.steer(GuidanceSettings.usual(), null));
    getChildren()
        .addAll(
            slider(
                "guidance-strength",
                "Strength",
                strength,
                0,
                1,
                0.05,
                false,
                "How strongly boxes are followed, 0 to 1",
                part -> NumberText.format("%.2f", part)),
            line("Gradient", pair(fast, full)),
            line("Step rule", pair(dsg, dps)),
            slider(
                "guidance-every",
                "Look at",
                every,
                1,
                MOST_EVERY,
                1,
                true,
                "CLIP looks at each k-th step; steps between follow its last look",
                k -> k < 1.5 ? "all" : NumberText.format("%.0f. step", k)),
            slider(
                "guidance-copies",
                "Copies",
                copies,
                0,
                MOST_COPIES,
                1,
                true,
                "Shifted copies of each box that CLIP looks at too",
                k -> NumberText.format("%.0f", k)),
            slider(
                "guidance-repeats",
                "Repeats",
                repeats,
                1,
                MOST_REPEATS,
                1,
                true,
                "How often a guided step is made before going on",
                k -> NumberText.format("%.0f ×", k)),
            usual);
    model.steeringProperty().subscribe(this::show);
  }

  private void bind(DoubleProperty property) {
    property.subscribe(
        value -> {
          if (!showing) {
            var now = model.steeringProperty().get();
            model.steer(
                new GuidanceSettings(
                    now.rule(),
                    now.depth(),
                    strength.get(),
                    whole(every),
                    whole(copies),
                    whole(repeats),
                    now.exact()),
                "steering " + property.getName());
          }
        });
  }

  private static int whole(DoubleProperty property) {
    return (int) Math.rint(property.get());
  }

  private void choose(StepRule rule, Depth depth) {
    var now = model.steeringProperty().get();
    model.steer(
        new GuidanceSettings(
            rule, depth, now.strength(), now.every(), now.copies(), now.repeats(), now.exact()),
        null);
    // a choice cannot be left without another one
    show(model.steeringProperty().get());
  }

  private void show(GuidanceSettings now) {
    showing = true;
    strength.set(now.strength());
    every.set(now.every());
    copies.set(now.copies());
    repeats.set(now.repeats());
    fast.setSelected(now.depth() == Depth.FAST);
    full.setSelected(now.depth() == Depth.FULL);
    dsg.setSelected(now.rule() == StepRule.DSG);
    dps.setSelected(now.rule() == StepRule.DPS);
    showing = false;
  }

  private static ToggleButton choice(String id, String text, String meaning) {
    var button = new ToggleButton(text);
    button.setId(id);
    button.setTooltip(new Tooltip(meaning));
    button.setAccessibleHelp(meaning);
    return button;
  }

  private static Node pair(ToggleButton first, ToggleButton second) {
    first.getStyleClass().add(Styles.LEFT_PILL);
    second.getStyleClass().add(Styles.RIGHT_PILL);
    new ToggleGroup().getToggles().addAll(first, second);
    return new HBox(first, second);
  }

  private static Node line(String name, Node control) {
    var line = new HBox(name(name), control);
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    return line;
  }

  private static Label name(String name) {
    var label = new Label(name);
    label.getStyleClass().add("layout-name");
    return label;
  }

  private static Node slider(
      String id,
      String name,
      DoubleProperty value,
      double least,
      double most,
      double step,
      boolean whole,
      String meaning,
      DoubleFunction<String> words) {
    var slider = new Slider(least, most, least);
    slider.setId(id);
    slider.setBlockIncrement(step);
    slider.setAccessibleText(meaning);
    slider.setTooltip(new Tooltip(meaning));
    if (whole) {
      slider.setMajorTickUnit(1);
      slider.setMinorTickCount(0);
      slider.setSnapToTicks(true);
    }
    var line = new SliderLine(slider, value, VALUE_WIDTH, words);
    line.getChildren().addFirst(name(name));
    return line;
  }
}
