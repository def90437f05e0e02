package org.infd.app.recipe;

import java.util.Optional;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.VBox;
import org.infd.app.control.PromptArea;
import org.infd.app.control.SliderLine;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.NumberText;

/** What the next picture should show, in words. Only there for models that take words. */
final class PromptFields extends VBox {
  private static final int ROWS = 3;

  private final RecipeModel recipe;

  PromptFields(RecipeModel recipe) {
    this.recipe = recipe;
    getStyleClass().add("prompts");
    var prompt = prompt();
    var negative = new TextField();
    negative.setId("negative-prompt");
    negative.setPromptText("nothing");
    negative.textProperty().bindBidirectional(recipe.negativePromptProperty());
    var guidance = guidance();
    var guided =
        new VBox(
            RecipePane.field("Not wanted", negative, negative),
            RecipePane.field("Guidance", guidance.slider(), guidance));
    guided.getStyleClass().add("prompts");
    getChildren().addAll(RecipePane.field("Prompt", prompt, prompt, hint()), guided);
    recipe.modelProperty().subscribe(chosen -> show(chosen, guided));
  }

  private void show(Optional<ModelChoice> chosen, VBox guided) {
    setShown(this, chosen.filter(ModelChoice::takesPrompts).isPresent());
    setShown(
        guided, chosen.filter(model -> model.prompts() == ModelChoice.Prompts.GUIDED).isPresent());
  }

  private static void setShown(VBox box, boolean shown) {
    box.setVisible(shown);
    box.setManaged(shown);
  }

  private PromptArea prompt() {
    var text = new PromptArea();
    text.setId("prompt");
    text.setPromptText("sunset over a lake, pine forest");
    text.setPrefRowCount(ROWS);
    text.textProperty().bindBidirectional(recipe.promptProperty());
    return text;
  }

  /** Signs of other programs are no fault, but do nothing. */
  private Label hint() {
    var hint = RecipePane.note("prompt-hint");
    recipe
        .promptProperty()
        .subscribe(
            text -> hint.setText(Optional.ofNullable(text).flatMap(PromptSyntax::hint).orElse("")));
    return hint;
  }

  private SliderLine guidance() {
    var slider = new Slider(RecipeModel.LEAST_GUIDANCE, RecipeModel.MOST_GUIDANCE, 1);
    slider.setId("guidance");
    slider.setBlockIncrement(0.5);
    slider.setAccessibleText("How strictly the prompt is followed, 1 to 10");
    slider.setTooltip(
        new Tooltip("1: the prompt alone. 2 to 5 are usual. More: stricter, harder colours."));
    return new SliderLine(
        slider, recipe.guidanceProperty(), 32, scale -> NumberText.format("%.1f", scale));
  }
}
