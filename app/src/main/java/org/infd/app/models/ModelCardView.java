package org.infd.app.models;

import atlantafx.base.theme.Styles;
import java.util.ArrayList;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.FlowPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.models.ModelsModel.Check;
import org.infd.app.work.Bytes;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** One model on the page: what it is, and what can be done with it. */
final class ModelCardView extends VBox {
  private final ModelCard card;
  private final ModelsModel model;
  private final ModelsPane.Actions actions;

  /**
   * @param leaving whether its removal waits for a yes
   */
  ModelCardView(ModelCard card, ModelsModel model, ModelsPane.Actions actions, boolean leaving) {
    this.card = card;
    this.model = model;
    this.actions = actions;
    getStyleClass().add("model-card");
    setId("model-card-" + card.id());
    getChildren().add(head());
    if (!card.description().isEmpty()) {
      getChildren().add(words(card.description(), Styles.TEXT_MUTED));
    }
    if (card.isBroken()) {
      getChildren().add(words(card.problem(), Styles.DANGER));
    }
    getChildren().add(facts());
    var check = model.checks().get(card.folder());
    if (check != null) {
      getChildren().add(state(check));
    }
    getChildren().add(leaving ? question() : buttons());
  }

  private HBox head() {
    var name = new Label(card.name());
    name.getStyleClass().add(Styles.TITLE_4);
    name.setMinWidth(0);
    var origin = new Label(card.embedded() ? "Comes with the studio" : "Installed");
    origin.getStyleClass().add("tag");
    origin.setMinWidth(Region.USE_PREF_SIZE);
    var head = new HBox(name, origin);
    head.getStyleClass().add("model-head");
    head.setAlignment(Pos.CENTER_LEFT);
    return head;
  }

  private static Label words(String text, String style) {
    var label = new Label(text);
    label.setWrapText(true);
    label.setMinHeight(Region.USE_PREF_SIZE);
    label.getStyleClass().add(style);
    return label;
  }

  private FlowPane facts() {
    var facts = new ArrayList<Node>();
    facts.add(fact(new ModelCard.Fact("On disk", Bytes.text(card.bytes()))));
    card.facts().forEach(fact -> facts.add(fact(fact)));
    var flow = new FlowPane();
    flow.getStyleClass().add("facts");
    flow.getChildren().setAll(facts);
    return flow;
  }

  private static Node fact(ModelCard.Fact fact) {
    var name = new Label(fact.name());
    name.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    var value = new Label(fact.value());
    return new VBox(name, value);
  }

  private Label state(Check check) {
    var label =
        switch (check) {
          case Check.Running _ -> words("Checking its files", Styles.TEXT_MUTED);
          case Check.Whole whole ->
              words("All " + whole.files() + " files are as they were imported.", Styles.SUCCESS);
          case Check.Damaged damaged -> words(damaged.sentence(), Styles.DANGER);
        };
    label.getStyleClass().add("model-check");
    return label;
  }

  private HBox buttons() {
    var line = new HBox();
    line.getStyleClass().addAll("field-line", "model-buttons");
    line.setAlignment(Pos.CENTER_LEFT);
    if (card.makesPictures()) {
      var use = button("Use", Feather.ZAP, "Make pictures with " + card.name());
      use.setOnAction(event -> actions.use(card.id()));
      use.setId("use-" + card.id());
      line.getChildren().add(use);
    }
    if (!card.isBroken()) {
      var verify =
          button(
              "Verify",
              Feather.CHECK_CIRCLE,
              "Compare every file of " + card.name() + " with its hash");
      verify.setId("verify-" + card.id());
      verify.setDisable(model.checks().get(card.folder()) instanceof Check.Running);
      verify.setOnAction(event -> model.verify(card));
      line.getChildren().add(verify);
    }
    if (!card.embedded()) {
      var space = new Region();
      HBox.setHgrow(space, Priority.ALWAYS);
      var remove = button("Remove", Feather.TRASH_2, "Delete " + card.name() + " from the disk");
      remove.setId("remove-" + card.id());
      remove.setOnAction(event -> model.askToRemove(card));
      line.getChildren().addAll(space, remove);
    }
    return line;
  }

  private HBox question() {
    var text =
        words(
            "Delete this model and free "
                + Bytes.text(card.bytes())
                + "? Pictures made with it stay, but open again only after a new import.",
            Styles.TEXT_BOLD);
    HBox.setHgrow(text, Priority.ALWAYS);
    text.setMaxWidth(Double.MAX_VALUE);
    var keep = button("Keep", Feather.X, "Keep " + card.name());
    keep.setId("keep-" + card.id());
    keep.setOnAction(event -> model.keep());
    var remove = button("Delete", Feather.TRASH_2, "Delete " + card.name() + " now");
    remove.getStyleClass().add(Styles.DANGER);
    remove.setId("delete-" + card.id());
    remove.setOnAction(event -> model.remove());
    var line = new HBox(text, keep, remove);
    line.getStyleClass().addAll("field-line", "model-buttons");
    line.setAlignment(Pos.CENTER_LEFT);
    return line;
  }

  private static Button button(String text, Feather icon, String says) {
    var button = new Button(text, new FontIcon(icon));
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setAccessibleText(says);
    button.setTooltip(new Tooltip(says));
    return button;
  }
}
