package org.infd.app.recipe;

import atlantafx.base.theme.Styles;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.collections.ObservableList;
import javafx.geometry.Pos;
import javafx.geometry.Side;
import javafx.scene.Node;
import javafx.scene.control.ComboBox;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.Slider;
import javafx.scene.control.Spinner;
import javafx.scene.control.SpinnerValueFactory.IntegerSpinnerValueFactory;
import javafx.scene.control.TextField;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.VBox;
import javafx.util.StringConverter;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.control.SliderLine;
import org.infd.app.control.WholeNumber;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.NumberText;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.Seed;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The choices for the next picture. */
public final class RecipePane extends VBox {
  private final RecipeModel recipe;
  private final ComboBox<ModelChoice> models = new ComboBox<>();
  private final Label description = new Label();
  private final ClassField classField;
  private final VBox etaField;

  /**
   * @param recipe what is chosen
   * @param choices the models to choose from
   * @param promptLength how long the prompt is
   */
  public RecipePane(RecipeModel recipe, ModelChoices choices, PromptLength promptLength) {
    this.recipe = recipe;
    getStyleClass().add("recipe");
    classField = new ClassField(recipe.classLabelProperty());
    var eta = eta();
    etaField = field("Noise per step, η", eta.slider(), eta);
    getChildren()
        .addAll(
            model(choices.models()),
            new PromptFields(recipe, promptLength),
            said(),
            classField,
            seed(),
            sampler(),
            etaField,
            steps());
    recipe.modelProperty().subscribe(this::showModel);
    recipe
        .samplerProperty()
        .subscribe(
            sampler -> {
              etaField.setVisible(sampler == SamplerKind.DDIM);
              etaField.setManaged(sampler == SamplerKind.DDIM);
            });
  }

  /** Puts something below the words for the picture. */
  public void addBelowPrompt(Node node) {
    getChildren().add(3, node);
  }

  /** What the run of these choices has said of them. */
  private Label said() {
    var said = note("recipe-note");
    said.textProperty().bind(recipe.noteProperty());
    return said;
  }

  /** A sentence that takes no room while it is empty. */
  static Label note(String id) {
    var note = new Label("", new FontIcon(Feather.INFO));
    note.setId(id);
    note.setWrapText(true);
    note.setMinHeight(USE_PREF_SIZE);
    note.getStyleClass().addAll(Styles.TEXT_SMALL, "recipe-note");
    note.visibleProperty().bind(note.textProperty().isNotEmpty());
    note.managedProperty().bind(note.visibleProperty());
    return note;
  }

  /** A name over what it names. */
  static VBox field(String name, Node labelled, Node... content) {
    var label = new Label(name);
    label.setLabelFor(labelled);
    label.getStyleClass().add("field-label");
    var box = new VBox(label);
    box.getStyleClass().add("field");
    box.getChildren().addAll(content);
    return box;
  }

  private Node model(ObservableList<ModelChoice> choices) {
    models.setId("model");
    models.setItems(choices);
    models.setMaxWidth(Double.MAX_VALUE);
    models.setPromptText("No model");
    models.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(ModelChoice choice) {
            return choice == null ? "" : choice.name();
          }

          @Override
          public ModelChoice fromString(String text) {
            return models.getValue();
          }
        });
    models
        .valueProperty()
        .subscribe(
            choice -> {
              if (choice != null) {
                recipe.modelProperty().set(Optional.of(choice));
              }
            });
    models.disableProperty().bind(Bindings.isEmpty(choices));
    description.setWrapText(true);
    description.setMinHeight(USE_PREF_SIZE);
    description.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    return field("Model", models, models, description);
  }

  private void showModel(Optional<ModelChoice> chosen) {
    models.setValue(chosen.orElse(null));
    var text = chosen.map(ModelChoice::description).orElse("");
    description.setText(text);
    description.setManaged(!text.isEmpty());
    classField.show(chosen);
  }

  private MenuItem seedItem(Long seed) {
    var item = new MenuItem(Seed.text(seed));
    item.setOnAction(event -> recipe.seedProperty().set(Seed.text(seed)));
    return item;
  }

  private Node seed() {
    var text = new TextField();
    text.setId("seed");
    text.textProperty().bindBidirectional(recipe.seedProperty());
    HBox.setHgrow(text, Priority.ALWAYS);
    var dice = new IconButton(Feather.SHUFFLE, "Roll a new seed", Shortcut.ROLL_SEED, recipe::roll);
    dice.setId("dice");
    var menu = new ContextMenu();
    var before = new IconButton(Feather.CLOCK, "Seeds of the last pictures", () -> {});
    before.setId("seeds");
    before.setOnAction(
        event -> {
          menu.getItems().setAll(recipe.seeds().stream().map(this::seedItem).toList());
          menu.show(before, Side.BOTTOM, 0, 0);
        });
    before.disableProperty().bind(Bindings.isEmpty(recipe.seeds()));
    var lock = new ToggleButton("", new FontIcon(Feather.UNLOCK));
    lock.setId("lock");
    lock.getStyleClass().addAll(Styles.BUTTON_ICON, Styles.FLAT);
    lock.selectedProperty().bindBidirectional(recipe.seedLockedProperty());
    lock.selectedProperty()
        .subscribe(
            locked -> {
              lock.setGraphic(new FontIcon(locked ? Feather.LOCK : Feather.UNLOCK));
              lock.setAccessibleText(locked ? "Seed locked" : "Seed not locked");
              lock.setTooltip(
                  new Tooltip(
                      locked
                          ? "Locked: every picture is made with this seed  (L)"
                          : "Not locked: every picture gets a new seed  (L)"));
            });
    var error = new Label();
    error.setId("seed-error");
    error.setWrapText(true);
    error.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.DANGER);
    recipe
        .seedErrorProperty()
        .subscribe(
            sentence -> {
              error.setText(sentence);
              error.setVisible(!sentence.isEmpty());
              error.setManaged(!sentence.isEmpty());
              text.pseudoClassStateChanged(Styles.STATE_DANGER, !sentence.isEmpty());
            });
    var line = new HBox(text, before, dice, lock);
    line.getStyleClass().add("field-line");
    line.setAlignment(Pos.CENTER_LEFT);
    return field("Seed", text, line, error);
  }

  private Node sampler() {
    var samplers = new ComboBox<SamplerKind>();
    samplers.setId("sampler");
    samplers.getItems().setAll(SamplerKind.values());
    samplers.setMaxWidth(Double.MAX_VALUE);
    samplers.setConverter(
        new StringConverter<>() {
          @Override
          public String toString(SamplerKind kind) {
            return switch (kind) {
              case DPMPP -> "DPM-Solver++, fast";
              case DDIM -> "DDIM, as trained";
              case EULER -> "Euler";
              case EULER_A -> "Euler a, new noise per step";
            };
          }

          @Override
          public SamplerKind fromString(String text) {
            return samplers.getValue();
          }
        });
    samplers.valueProperty().bindBidirectional(recipe.samplerProperty());
    return field("Sampler", samplers, samplers);
  }

  private SliderLine eta() {
    var slider = new Slider(0, 1, 1);
    slider.setId("eta");
    slider.setBlockIncrement(0.1);
    slider.setAccessibleText("Noise per step, 0 to 1");
    slider.setTooltip(new Tooltip("0: the seed alone decides. 1: new noise at every step."));
    return new SliderLine(slider, recipe.etaProperty(), 32, eta -> NumberText.format("%.2f", eta));
  }

  private Node steps() {
    var steps = new Spinner<Integer>(0, 0, 0);
    steps.setId("steps");
    number(steps, RecipeModel.FEWEST_STEPS, RecipeModel.MOST_STEPS, recipe.stepsProperty());
    var hint = new Label();
    hint.setWrapText(true);
    hint.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    hint.textProperty()
        .bind(
            recipe
                .samplerProperty()
                .map(
                    kind ->
                        switch (kind) {
                          case DPMPP -> "20 to 30 are enough.";
                          case DDIM -> "50 to 200 are usual; not every count exists.";
                          case EULER, EULER_A -> "20 to 50 are usual.";
                        }));
    return field("Steps", steps, steps, hint);
  }

  /** Makes a spinner edit a number; what cannot be read goes back to what it was. */
  private static void number(
      Spinner<Integer> spinner, int min, int max, javafx.beans.property.IntegerProperty value) {
    var factory = new IntegerSpinnerValueFactory(min, max, Math.clamp(value.get(), min, max));
    factory.setConverter(new WholeNumber(min, max, factory::getValue));
    spinner.setValueFactory(factory);
    spinner.setEditable(true);
    spinner.setMaxWidth(Double.MAX_VALUE);
    factory
        .valueProperty()
        .subscribe(
            number -> {
              if (number != null) {
                value.set(number);
              }
            });
    value.subscribe(number -> factory.setValue(Math.clamp(number.intValue(), min, max)));
  }
}
