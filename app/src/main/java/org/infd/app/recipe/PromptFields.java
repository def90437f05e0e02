package org.infd.app.recipe;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.binding.Bindings;
import javafx.css.PseudoClass;
import javafx.geometry.Pos;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.PromptArea;
import org.infd.app.control.SliderLine;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.NumberText;

/** What the next picture should show, in words. Only there for models that take words. */
final class PromptFields extends VBox {
  private static final int ROWS = 3;
  private static final int WIDEST_TIP = 320;
  private static final PseudoClass CUT = PseudoClass.getPseudoClass("cut");

  private final RecipeModel recipe;

  PromptFields(RecipeModel recipe, PromptLength length) {
    this.recipe = recipe;
    getStyleClass().add("prompts");
    var prompt = prompt();
    var words = RecipePane.field("Prompt", prompt, prompt, hint(length));
    var head = new HBox(words.getChildren().removeFirst(), count(length));
    words.getChildren().addFirst(head);
    length.measuredProperty().subscribe(measured -> mark(prompt, measured));
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
    getChildren().addAll(words, guided);
    recipe.modelProperty().subscribe(chosen -> show(chosen, guided));
  }

  private void show(Optional<ModelChoice> chosen, VBox guided) {
    setShown(this, chosen.filter(ModelChoice::takesPrompts).isPresent());
    setShown(
        guided, chosen.filter(model -> model.prompts() == ModelChoice.Prompts.GUIDED).isPresent());
  }

  private static void setShown(Region box, boolean shown) {
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

  /** How many tokens the prompt has, and where it is cut. */
  private static Label count(PromptLength length) {
    var count = new Label();
    count.setId("prompt-count");
    count.setMaxWidth(Double.MAX_VALUE);
    count.setAlignment(Pos.CENTER_RIGHT);
    HBox.setHgrow(count, Priority.ALWAYS);
    count.getStyleClass().addAll(Styles.TEXT_SMALL, "prompt-count");
    var tip = new Tooltip();
    tip.setWrapText(true);
    tip.setMaxWidth(WIDEST_TIP);
    count.setTooltip(tip);
    length
        .measuredProperty()
        .subscribe(
            measured -> {
              count.setText(measured.map(PromptLength.Measured::count).orElse(""));
              tip.setText(measured.map(PromptLength.Measured::explained).orElse(""));
              count.setAccessibleText(
                  measured.map(found -> found.count() + ". " + found.explained()).orElse(""));
              count.pseudoClassStateChanged(
                  CUT, measured.filter(PromptLength.Measured::isCut).isPresent());
              setShown(count, measured.isPresent());
            });
    return count;
  }

  /** Faint marks before the words at which chunks begin, as long as these are known. */
  private static void mark(PromptArea prompt, Optional<PromptLength.Measured> measured) {
    measured.ifPresentOrElse(
        found ->
            prompt.mark(
                found.prompt(),
                found.length().starts(),
                found.isCut() ? OptionalInt.of(found.length().end()) : OptionalInt.empty()),
        () -> prompt.mark("", List.of(), OptionalInt.empty()));
  }

  /** Signs of other programs are no fault, but do nothing; choices are drawn. */
  private Label hint(PromptLength length) {
    var hint = RecipePane.note("prompt-hint");
    hint.textProperty()
        .bind(
            Bindings.createStringBinding(
                () ->
                    Stream.concat(
                            PromptSyntax.hint(text(recipe)).stream(),
                            length
                                .measuredProperty()
                                .get()
                                .flatMap(PromptLength.Measured::drawn)
                                .stream())
                        .collect(Collectors.joining("\n")),
                recipe.promptProperty(),
                length.measuredProperty()));
    return hint;
  }

  private static String text(RecipeModel recipe) {
    return Optional.ofNullable(recipe.promptProperty().get()).orElse("");
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
