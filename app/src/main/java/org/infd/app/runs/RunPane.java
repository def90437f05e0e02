package org.infd.app.runs;

import atlantafx.base.theme.Styles;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.value.ObservableBooleanValue;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ComboBox;
import javafx.scene.control.Label;
import javafx.scene.control.ProgressBar;
import javafx.scene.control.Slider;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory.IntegerSpinnerValueFactory;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.control.SliderLine;
import org.infd.app.control.WholeNumber;
import org.infd.app.recipe.RecipeModel;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Starts and stops runs and exports, and shows how far they are. Always in view. */
public final class RunPane extends VBox {
  /** What the buttons do. */
  public record Actions(
      Runnable generate, Runnable vary, Runnable cancel, Runnable export, Runnable exportChoices) {}

  /** A line of words and a bar. */
  private static final double STATE_HEIGHT = 32;

  private static final int SMALLEST_EXPORT = 16;
  private static final int LARGEST_EXPORT = 131_072;

  /**
   * @param canGenerate whether a run can begin
   * @param canExport whether there is a picture to write
   */
  public RunPane(
      RecipeModel recipe,
      GenerateModel generation,
      ObservableBooleanValue canGenerate,
      ObservableBooleanValue canExport,
      Actions actions) {
    getStyleClass().add("run");
    getChildren()
        .addAll(
            // what comes and goes stands above what is pressed, or in a place of its own
            new QueuePane(generation.queue()),
            exportLine(recipe, canExport, actions),
            variation(recipe, generation, canGenerate, canExport, actions),
            state(recipe, generation),
            runButton(generation, canGenerate, actions));
  }

  /** How far the run is, or how long the next one takes: as tall in any case. */
  private static Node state(RecipeModel recipe, GenerateModel generation) {
    var estimate = estimate(recipe, generation);
    var box = new StackPane(runProgress(generation), estimate);
    StackPane.setAlignment(estimate, Pos.BOTTOM_LEFT);
    box.setId("run-state");
    box.setMinHeight(STATE_HEIGHT);
    box.setMaxHeight(STATE_HEIGHT);
    return box;
  }

  private static Node exportLine(
      RecipeModel recipe, ObservableBooleanValue canExport, Actions actions) {
    var side = new ComboBox<Integer>();
    side.setId("export-side");
    side.setEditable(true);
    side.getItems().setAll(RecipeModel.EXPORT_SIDES);
    side.setConverter(new WholeNumber(SMALLEST_EXPORT, LARGEST_EXPORT, side::getValue));
    side.setMaxWidth(Double.MAX_VALUE);
    side.setPrefWidth(110);
    side.setTooltip(new Tooltip("The side of the exported picture in pixels"));
    side.setAccessibleText("Side of the exported picture in pixels");
    HBox.setHgrow(side, Priority.ALWAYS);
    recipe.exportSideProperty().subscribe(number -> side.setValue(number.intValue()));
    side.valueProperty()
        .subscribe(
            number -> {
              if (number != null) {
                recipe.exportSideProperty().set(number);
              }
            });
    var button = new Button("Export", new FontIcon(Feather.DOWNLOAD));
    button.setId("export");
    button.setMinWidth(USE_PREF_SIZE);
    button.setTooltip(
        new Tooltip(Shortcut.EXPORT.tip("Write the whole picture as a PNG of this size")));
    button.setOnAction(event -> actions.export().run());
    button.disableProperty().bind(Bindings.not(canExport));
    var more =
        new IconButton(
            Feather.SLIDERS,
            "Part, shape, size and format of picture files",
            Shortcut.CHOOSE_EXPORT,
            actions.exportChoices());
    more.setId("export-more");
    more.disableProperty().bind(Bindings.not(canExport));
    var line = new HBox(side, button, more);
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    var label = new Label("Export size");
    label.setLabelFor(side);
    label.getStyleClass().add("field-label");
    var box = new VBox(label, line);
    box.getStyleClass().add("field");
    return box;
  }

  /** Goes out from the picture that is shown, with the prompt and the settings above. */
  private static Node variation(
      RecipeModel recipe,
      GenerateModel generation,
      ObservableBooleanValue canGenerate,
      ObservableBooleanValue hasPicture,
      Actions actions) {
    var slider = new Slider(RecipeModel.LEAST_STRENGTH, 1, recipe.strengthProperty().get());
    slider.setId("strength");
    slider.setBlockIncrement(0.05);
    slider.setAccessibleText("How much the variation changes, 5 to 100 percent");
    slider.setTooltip(
        new Tooltip("Little keeps shapes and light; 100 % is a new picture of its own."));
    var button = new Button("Vary", new FontIcon(Feather.GIT_BRANCH));
    button.setId("vary");
    button.setMinWidth(USE_PREF_SIZE);
    button.setTooltip(
        new Tooltip(
            Shortcut.VARY.tip("Go out from this picture, with the prompt and settings above")));
    button.setOnAction(event -> actions.vary().run());
    button
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> generation.isRunning() || !canGenerate.get() || !hasPicture.get(),
                generation.stateProperty(),
                canGenerate,
                hasPicture));
    var line =
        new SliderLine(
            slider,
            recipe.strengthProperty(),
            40,
            part -> String.format(Locale.ROOT, "%.0f %%", part * 100));
    line.getChildren().addFirst(button);
    return line;
  }

  private static Node runProgress(GenerateModel generation) {
    var bar = new ProgressBar();
    bar.setId("run-progress");
    bar.setMaxWidth(Double.MAX_VALUE);
    bar.getStyleClass().add(Styles.SMALL);
    bar.setAccessibleText("Picture");
    var words = new Label();
    words.setId("run-text");
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    var box = new VBox(words, bar);
    box.getStyleClass().add("progress");
    box.setAlignment(Pos.BOTTOM_LEFT);
    generation
        .stateProperty()
        .subscribe(
            state -> {
              boolean idle = state instanceof RunState.Idle;
              box.setVisible(!idle);
              // an indeterminate bar is animated: none where nobody sees it
              bar.setProgress(idle ? 0 : state.progress());
              words.setText(generation.words());
            });
    return box;
  }

  private static Node runButton(
      GenerateModel generation, ObservableBooleanValue canGenerate, Actions actions) {
    var button = new Button();
    button.setMaxWidth(Double.MAX_VALUE);
    button.getStyleClass().add("run-button");
    generation
        .stateProperty()
        .subscribe(
            state -> {
              boolean idle = state instanceof RunState.Idle;
              button.setId(idle ? "generate" : "cancel");
              button.setText(idle ? "Generate" : "Cancel");
              button.setGraphic(new FontIcon(idle ? Feather.ZAP : Feather.X));
              button.setDefaultButton(false);
              button.getStyleClass().remove(Styles.ACCENT);
              if (idle) {
                button.getStyleClass().add(Styles.ACCENT);
              }
              button.setTooltip(
                  new Tooltip(
                      idle
                          ? Shortcut.GENERATE.tip("Make a picture")
                          : Shortcut.CANCEL.tip("Stop")));
              button.setOnAction(event -> (idle ? actions.generate() : actions.cancel()).run());
            });
    button
        .disableProperty()
        .bind(
            Bindings.createBooleanBinding(
                () -> !generation.isRunning() && !canGenerate.get(),
                generation.stateProperty(),
                canGenerate));
    HBox.setHgrow(button, Priority.ALWAYS);
    var later =
        new IconButton(Feather.PLUS, "Make this afterwards", Shortcut.GENERATE, actions.generate());
    later.setId("later");
    later
        .visibleProperty()
        .bind(generation.stateProperty().map(state -> !(state instanceof RunState.Idle)));
    later.managedProperty().bind(later.visibleProperty());
    later.disableProperty().bind(Bindings.not(canGenerate));
    var line = new HBox(button, later, count(generation));
    line.getStyleClass().add("field-line");
    line.setFillHeight(true);
    return line;
  }

  /** How long the next run takes, as far as that is known. */
  private static Node estimate(RecipeModel recipe, GenerateModel generation) {
    var words = new Label();
    words.setId("estimate");
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    Runnable show =
        () -> {
          boolean idle = generation.stateProperty().get() instanceof RunState.Idle;
          int count = generation.countProperty().get();
          var text =
              idle
                  ? recipe
                      .draft()
                      .flatMap(draft -> generation.rangeFor(draft, count))
                      .map(range -> "Takes " + range.text())
                      .orElse("")
                  : "";
          words.setText(text);
          words.setVisible(!text.isEmpty());
          words.setManaged(!text.isEmpty());
        };
    for (var changing :
        java.util.List.<javafx.beans.value.ObservableValue<?>>of(
            generation.stateProperty(),
            generation.measuredProperty(),
            generation.countProperty(),
            recipe.modelProperty(),
            recipe.stepsProperty(),
            recipe.guidanceProperty(),
            recipe.promptProperty(),
            recipe.negativePromptProperty(),
            recipe.samplerProperty(),
            recipe.layoutProperty())) {
      changing.subscribe(changed -> show.run());
    }
    show.run();
    return words;
  }

  private static Node count(GenerateModel generation) {
    var factory = new IntegerSpinnerValueFactory(1, GenerateModel.MOST_PICTURES, 1);
    factory.setConverter(new WholeNumber(1, GenerateModel.MOST_PICTURES, factory::getValue));
    var count = new Spinner<Integer>(factory);
    count.setId("count");
    count.setEditable(true);
    count.setPrefWidth(78);
    count.setMinWidth(78);
    count.setMaxHeight(Double.MAX_VALUE);
    count.setAccessibleText("Pictures per run");
    count.setTooltip(new Tooltip("How many pictures to make, with one seed after the other"));
    factory
        .valueProperty()
        .subscribe(
            number -> {
              if (number != null) {
                generation.countProperty().set(number);
              }
            });
    generation.countProperty().subscribe(number -> factory.setValue(number.intValue()));
    return count;
  }
}
