package org.infd.app.models;

import atlantafx.base.theme.Styles;
import javafx.collections.ListChangeListener;
import javafx.collections.MapChangeListener;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The page of models: one card each, and above them the import under way. */
public final class ModelsPane extends BorderPane {
  /** What the page does elsewhere. */
  public interface Actions {
    /** Makes pictures with a model. */
    void use(String id);

    /** Asks for a checkpoint. */
    void chooseCheckpoint();

    /** Asks for the list by which texts become tokens. */
    default void chooseMerges() {}
  }

  private final ModelsModel model;
  private final Actions actions;
  private final VBox cards = new VBox();
  private final Label empty = new Label();
  private final Button importing = new Button("Import a checkpoint", new FontIcon(Feather.PLUS));

  /**
   * @param model what is shown
   */
  public ModelsPane(ModelsModel model, Actions actions) {
    this.model = model;
    this.actions = actions;
    setId("models-page");
    getStyleClass().add("page");
    cards.getStyleClass().add("page-cards");
    cards.setId("model-cards");
    empty.setWrapText(true);
    empty.getStyleClass().add(Styles.TEXT_MUTED);
    var content = new VBox(new ImportPane(model, actions), empty, cards);
    content.getStyleClass().add("page-content");
    var scroll = new ScrollPane(new HBox(content));
    HBox.setHgrow(content, Priority.ALWAYS);
    ((HBox) scroll.getContent()).setAlignment(Pos.TOP_CENTER);
    scroll.setFitToWidth(true);
    scroll.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    scroll.getStyleClass().add("page-scroll");
    setTop(bar());
    setCenter(scroll);
    model.models().addListener((ListChangeListener<ModelCard>) change -> showCards());
    model.checks().addListener((MapChangeListener<Object, Object>) change -> showCards());
    model.leavingProperty().subscribe(this::showCards);
    model.loadedProperty().subscribe(this::showCards);
  }

  private HBox bar() {
    var title = new Label("Models");
    title.getStyleClass().add(Styles.TITLE_3);
    var where = new Label("Your own lie in " + model.folder());
    where.getStyleClass().add(Styles.TEXT_MUTED);
    where.setMinWidth(0);
    where.setTooltip(new Tooltip(model.folder().toString()));
    HBox.setHgrow(where, Priority.ALWAYS);
    where.setMaxWidth(Double.MAX_VALUE);
    importing.setId("import");
    importing.getStyleClass().add(Styles.ACCENT);
    importing.setMinWidth(Region.USE_PREF_SIZE);
    importing.setTooltip(
        new Tooltip("Make a model from a PyTorch checkpoint; a .pth can also be dropped here"));
    importing.setOnAction(event -> actions.chooseCheckpoint());
    model
        .importProperty()
        .subscribe(state -> importing.setDisable(state instanceof ImportState.Running));
    var bar = new HBox(title, where, importing);
    bar.getStyleClass().add("page-bar");
    bar.setAlignment(Pos.CENTER_LEFT);
    return bar;
  }

  private void showCards() {
    var leaving = model.leavingProperty().get();
    cards
        .getChildren()
        .setAll(
            model.models().stream()
                .map(
                    card ->
                        (Node)
                            new ModelCardView(
                                card, model, actions, leaving.filter(card::equals).isPresent()))
                .toList());
    boolean none = model.models().isEmpty();
    empty.setVisible(none);
    empty.setManaged(none);
    empty.setText(
        model.loadedProperty().get()
            ? "There are no models. Import a checkpoint: choose it above, or drop it on the window."
            : "Looking for models.");
  }

  /** Puts the cursor where the user begins. */
  public void focus() {
    importing.requestFocus();
  }
}
