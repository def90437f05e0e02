package org.infd.app.gallery;

import atlantafx.base.controls.CustomTextField;
import atlantafx.base.theme.Styles;
import javafx.beans.binding.Bindings;
import javafx.collections.SetChangeListener;
import javafx.geometry.Pos;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.CardGrid;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Thumbnails;
import org.infd.app.work.Background;
import org.infd.app.work.Bytes;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The page of all pictures: search above, the pictures below, the newest first. */
public final class GalleryPane extends BorderPane {
  private static final double CARD_WIDTH = GalleryCard.IMAGE + 12;
  private static final double CARD_HEIGHT = GalleryCard.IMAGE + 62;
  private static final double GAP = 10;

  private final GalleryModel model;
  private final CustomTextField search = new CustomTextField();
  private final CardGrid<KeptPicture> grid;
  private final Label emptyTitle = new Label();
  private final Label emptyText = new Label();
  private final VBox empty;

  /** What the page does with pictures. */
  public interface Actions {
    /** Opens a picture. */
    void open(KeptPicture picture);

    /** Opens a picture in a tab of its own, and leaves the gallery in sight. */
    void openInNewTab(KeptPicture picture);

    /** Looks at a picture over the one that is open. */
    void compare(KeptPicture picture);

    /** Takes over how a picture was made. */
    void useRecipe(KeptPicture picture);

    /** Shows the file of a picture in the system's own window. */
    void showFile(KeptPicture picture);

    /** Deletes a picture. */
    void delete(KeptPicture picture);
  }

  /**
   * @param model what is shown
   * @param background where small pictures are read
   */
  public GalleryPane(GalleryModel model, Background background, Actions actions) {
    this.model = model;
    getStyleClass().add("page");
    var thumbnails = new Thumbnails(background.queue());
    var cardActions =
        new GalleryCard.Actions(
            actions::open,
            actions::openInNewTab,
            actions::delete,
            model::switchFavourite,
            actions::compare,
            actions::useRecipe,
            actions::showFile);
    var tips = new GalleryCard.Tips();
    grid =
        new CardGrid<>(
            model.shown(),
            () -> new GalleryCard(model, thumbnails, tips, cardActions),
            CARD_WIDTH,
            CARD_HEIGHT,
            GAP);
    grid.setId("gallery-grid");
    model.favourites().addListener(this::showStar);
    empty = empty();
    setTop(bar());
    setCenter(new StackPane(grid, empty));
    setFocusTraversable(true);
    addEventHandler(
        KeyEvent.KEY_PRESSED,
        new KeyActions()
                .on(Shortcut.SEARCH, this::search)
                .on(Shortcut.CARD_DOWN, this::isFocused, grid::focusCurrent)
                .on(Shortcut.CARD_RIGHT, this::isFocused, grid::focusCurrent)
            ::act);
    model.searchProperty().subscribe(grid::scrollToTop);
    model.favouritesOnlyProperty().subscribe(grid::scrollToTop);
    model.shown().subscribe(this::showEmpty);
    model.loadedProperty().subscribe(this::showEmpty);
    showEmpty();
  }

  private HBox bar() {
    search.setId("gallery-search");
    search.setPromptText("Search prompt, seed, model, date");
    search.setAccessibleText("Search pictures");
    search.setLeft(new FontIcon(Feather.SEARCH));
    search.setPrefWidth(320);
    search.textProperty().bindBidirectional(model.searchProperty());
    search.addEventHandler(
        KeyEvent.KEY_PRESSED,
        new KeyActions()
                .on(
                    Shortcut.CLEAR_SEARCH,
                    model.searchProperty().isNotEmpty()::get,
                    () -> model.searchProperty().set(""))
            ::act);
    var only = new ToggleButton("Favourites", new FontIcon(Feather.STAR));
    only.setId("gallery-favourites");
    only.setTooltip(new Tooltip("Show favourites only"));
    only.selectedProperty().bindBidirectional(model.favouritesOnlyProperty());
    var space = new Region();
    HBox.setHgrow(space, Priority.ALWAYS);
    var use = new Label();
    use.setId("gallery-use");
    use.getStyleClass().add(Styles.TEXT_MUTED);
    use.setMinWidth(0);
    use.textProperty()
        .bind(
            Bindings.createStringBinding(
                this::use, model.pictures(), model.bytesProperty(), model.limitProperty()));
    use.setTooltip(
        new Tooltip(
            "The oldest pictures that are no favourites make room. Change it in Settings."));
    var bar = new HBox(search, only, space, use);
    bar.getStyleClass().add("page-bar");
    bar.setAlignment(Pos.CENTER_LEFT);
    return bar;
  }

  private String use() {
    int count = model.pictures().size();
    return count
        + (count == 1 ? " picture, " : " pictures, ")
        + Bytes.text(model.bytesProperty().get())
        + " of "
        + Bytes.text(model.limitProperty().get());
  }

  private VBox empty() {
    var icon = new FontIcon(Feather.GRID);
    icon.getStyleClass().add("empty-icon");
    emptyTitle.getStyleClass().add(Styles.TITLE_3);
    emptyText.getStyleClass().add(Styles.TEXT_MUTED);
    var all = new Button("Show all pictures");
    all.setId("gallery-all");
    all.setTooltip(new Tooltip("Forget the search"));
    all.setOnAction(
        event -> {
          model.searchProperty().set("");
          model.favouritesOnlyProperty().set(false);
        });
    all.managedProperty().bind(all.visibleProperty());
    all.visibleProperty()
        .bind(model.searchProperty().isNotEmpty().or(model.favouritesOnlyProperty()));
    var box = new VBox(icon, emptyTitle, emptyText, all);
    box.getStyleClass().add("viewer-empty");
    box.setAlignment(Pos.CENTER);
    box.setMaxSize(420, Region.USE_PREF_SIZE);
    return box;
  }

  private void showEmpty() {
    boolean nothing = model.shown().isEmpty();
    if (nothing && grid.hasKeyboard()) {
      requestFocus();
    }
    empty.setVisible(nothing);
    grid.setVisible(!nothing);
    if (!model.loadedProperty().get()) {
      emptyTitle.setText("One moment");
      emptyText.setText("Looking for your pictures.");
    } else if (model.pictures().isEmpty()) {
      emptyTitle.setText("No pictures yet");
      emptyText.setText("Every picture that you generate is kept here.");
    } else {
      emptyTitle.setText("Nothing found");
      emptyText.setText("No picture fits the search.");
    }
  }

  /** The keys of the page act at once; the words to search for are a key away. */
  public void focus() {
    requestFocus();
  }

  /** Puts the cursor where the words are typed. */
  private void search() {
    search.requestFocus();
    search.selectAll();
  }

  private void showStar(SetChangeListener.Change<? extends String> change) {
    var name = change.wasAdded() ? change.getElementAdded() : change.getElementRemoved();
    grid.refresh(picture -> picture.name().equals(name));
  }
}
