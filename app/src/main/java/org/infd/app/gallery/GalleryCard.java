package org.infd.app.gallery;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.geometry.Pos;
import javafx.scene.Node;
import javafx.scene.control.Button;
import javafx.scene.control.ContentDisplay;
import javafx.scene.control.ContextMenu;
import javafx.scene.control.Label;
import javafx.scene.control.MenuItem;
import javafx.scene.control.OverrunStyle;
import javafx.scene.control.SeparatorMenuItem;
import javafx.scene.control.Tooltip;
import javafx.scene.image.ImageView;
import javafx.scene.layout.HBox;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import org.infd.app.control.CardGrid;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.NewTabClick;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Thumbnails;
import org.jspecify.annotations.Nullable;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A picture of the gallery: a click or Enter opens it (with the modifier of shortcuts or the middle
 * button in a tab of its own); keys delete, star and compare it.
 */
final class GalleryCard extends VBox implements CardGrid.Card<KeptPicture> {
  /** The side of the picture on a card. */
  static final double IMAGE = 176;

  /** What can be done with a picture. */
  record Actions(
      Consumer<KeptPicture> open,
      Consumer<KeptPicture> openInNewTab,
      Consumer<KeptPicture> delete,
      Consumer<KeptPicture> star,
      Consumer<KeptPicture> compare,
      Consumer<KeptPicture> useRecipe,
      Consumer<KeptPicture> showFile) {}

  /** What all cards say when the mouse rests on them; each is a window, so there is one of each. */
  static final class Tips {
    private final Tooltip picture = new Tooltip();
    private final Tooltip star = new Tooltip(Shortcut.STAR.tip(STAR));
    private final Tooltip unstar = new Tooltip(Shortcut.STAR.tip(UNSTAR));
    private final Tooltip delete = new Tooltip(Shortcut.DELETE_CARD.tip(DELETE));
    private final Tooltip compare = new Tooltip(Shortcut.COMPARE_CARD.tip(COMPARE));

    Tips() {
      picture.setWrapText(true);
      picture.setMaxWidth(WIDEST_TIP);
    }
  }

  private static final String STAR = "Make it a favourite";
  private static final String UNSTAR = "No favourite any more";
  private static final String DELETE = "Delete";
  private static final String COMPARE = "Compare with the open picture";
  private static final double WIDEST_TIP = 360;

  private final GalleryModel model;
  private final Actions actions;
  private final Thumbnails thumbnails;
  private final ImageView image = new ImageView();
  private final Label title = new Label();
  private final Label details = new Label();
  private final Button card = new Button();
  private final IconButton star;
  private final Tips tips;
  private final List<Button> buttons;

  /** What the star says. */
  private boolean starred;

  /** Whose small picture is wanted; asked in the background as well. */
  private volatile @Nullable KeptPicture picture;

  GalleryCard(GalleryModel model, Thumbnails thumbnails, Tips tips, Actions actions) {
    this.model = model;
    this.actions = actions;
    this.thumbnails = thumbnails;
    this.tips = tips;
    image.setFitWidth(IMAGE);
    image.setFitHeight(IMAGE);
    image.setSmooth(true);
    image.setPreserveRatio(true);
    var frame = new StackPane(new FontIcon(Feather.IMAGE), image);
    frame.getStyleClass().add("card-image");
    frame.setMinSize(IMAGE, IMAGE);
    frame.setMaxSize(IMAGE, IMAGE);
    card.setGraphic(frame);
    card.setContentDisplay(ContentDisplay.GRAPHIC_ONLY);
    card.getStyleClass().addAll("card-button", Styles.FLAT);
    card.setOnAction(event -> act(actions.open()));
    NewTabClick.on(card, () -> act(actions.openInNewTab()));
    card.setOnContextMenuRequested(
        event -> {
          // by then the card may show another picture, which the menu does not mean
          Optional.ofNullable(picture)
              .map(this::menu)
              .ifPresent(
                  menu ->
                      menu.show(
                          card.getScene().getWindow(), event.getScreenX(), event.getScreenY()));
          event.consume();
        });
    var keys =
        new KeyActions()
            .on(Shortcut.DELETE_CARD, () -> act(actions.delete()))
            .on(Shortcut.COMPARE_CARD, () -> act(actions.compare()))
            .on(Shortcut.STAR, () -> act(actions.star()));
    card.setOnKeyPressed(keys::act);
    title.getStyleClass().add("card-title");
    title.setTextOverrun(OverrunStyle.ELLIPSIS);
    details.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    details.setMaxWidth(Double.MAX_VALUE);
    HBox.setHgrow(details, Priority.ALWAYS);
    star = new IconButton(Feather.STAR, STAR, tips.star, () -> act(actions.star()));
    star.getStyleClass().addAll(Styles.SMALL, "card-star");
    var delete = new IconButton(Feather.TRASH_2, DELETE, tips.delete, () -> act(actions.delete()));
    delete.getStyleClass().add(Styles.SMALL);
    var compare =
        new IconButton(Feather.COLUMNS, COMPARE, tips.compare, () -> act(actions.compare()));
    compare.getStyleClass().addAll(Styles.SMALL, "card-compare");
    // on the picture, so that the title has room
    var above = new StackPane(card, compare);
    StackPane.setAlignment(compare, Pos.TOP_RIGHT);
    var line = new HBox(details, star, delete);
    line.setAlignment(Pos.CENTER_LEFT);
    getChildren().addAll(above, title, line);
    compare
        .visibleProperty()
        .bind(hoverProperty().or(card.focusedProperty()).or(compare.focusedProperty()));
    getStyleClass().add("card");
    card.setTooltip(tips.picture);
    card.setOnMouseEntered(event -> act(this::explain));
    buttons = List.of(card, compare, star, delete);
  }

  /** What a right click offers. */
  ContextMenu menu(KeptPicture picture) {
    var menu = new ContextMenu();
    menu.setId("card-menu");
    menu.getItems()
        .addAll(
            item("Open", "card-open", picture, actions.open()),
            item("Open in a new tab", "card-open-tab", picture, actions.openInNewTab()),
            item("Use its recipe", "card-recipe", picture, actions.useRecipe()),
            item(COMPARE, "card-compare-with", picture, actions.compare()),
            new SeparatorMenuItem(),
            item(
                model.isFavourite(picture) ? UNSTAR : STAR,
                "card-favourite",
                picture,
                actions.star()),
            item("Show in folder", "card-folder", picture, actions.showFile()),
            item(DELETE, "card-delete", picture, actions.delete()));
    return menu;
  }

  private static MenuItem item(
      String text, String id, KeptPicture picture, Consumer<KeptPicture> action) {
    var item = new MenuItem(text);
    item.setId(id);
    item.setOnAction(event -> action.accept(picture));
    return item;
  }

  private void act(Consumer<KeptPicture> action) {
    Optional.ofNullable(picture).ifPresent(action);
  }

  @Override
  public Region node() {
    return this;
  }

  @Override
  public Node front() {
    return card;
  }

  @Override
  public void setReachable(boolean reachable) {
    buttons.forEach(button -> button.setFocusTraversable(reachable));
  }

  @Override
  public void clear() {
    picture = null;
    image.setImage(null);
  }

  @Override
  public void show(KeptPicture shown) {
    picture = shown;
    image.setImage(
        thumbnails
            .get(
                shown.file(),
                () -> shown.equals(picture),
                read -> {
                  if (shown.equals(picture)) {
                    image.setImage(read);
                  }
                })
            .orElse(null));
    title.setText(shown.title());
    details.setText(shown.date());
    if (card.isHover()) {
      explain(shown);
    }
    card.setAccessibleText("Open " + shown.title() + ", made " + shown.date());
    showStar(model.isFavourite(shown));
  }

  private void explain(KeptPicture shown) {
    tips.picture.setText(shown.title() + "\n" + shown.recipe().model() + ", " + shown.date());
  }

  private void showStar(boolean favourite) {
    if (favourite == starred) {
      return;
    }
    starred = favourite;
    if (favourite) {
      var filled = new Region();
      filled.getStyleClass().add("star-filled");
      star.setGraphic(filled);
      star.rename(UNSTAR, tips.unstar);
    } else {
      star.setGraphic(new FontIcon(Feather.STAR));
      star.rename(STAR, tips.star);
    }
  }
}
