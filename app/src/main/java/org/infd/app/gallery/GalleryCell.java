package org.infd.app.gallery;

import atlantafx.base.theme.Styles;
import java.util.Optional;
import java.util.function.Consumer;
import javafx.collections.SetChangeListener;
import javafx.collections.WeakSetChangeListener;
import javafx.geometry.Pos;
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
import org.controlsfx.control.GridCell;
import org.infd.app.control.IconButton;
import org.infd.app.control.KeyActions;
import org.infd.app.control.NewTabClick;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Thumbnails;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/**
 * A picture of the gallery: a click or Enter opens it (with the modifier of shortcuts or the middle
 * button in a tab of its own); keys delete, star and compare it.
 */
final class GalleryCell extends GridCell<KeptPicture> {
  /** The side of the picture in a cell. */
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

  private final GalleryModel model;
  private final Actions actions;
  private final Thumbnails thumbnails;
  private final ImageView image = new ImageView();
  private final Label title = new Label();
  private final Label details = new Label();
  private final Button card = new Button();
  private final IconButton star;
  private final VBox content;

  /** The set holds it weakly: the grid throws cells away without a word. */
  private final SetChangeListener<String> starring;

  GalleryCell(GalleryModel model, Thumbnails thumbnails, Actions actions) {
    this.model = model;
    this.actions = actions;
    this.thumbnails = thumbnails;
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
          // the grid throws cells away at any time, which would take the menu along
          Optional.ofNullable(getItem())
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
    star =
        new IconButton(
            Feather.STAR, "Make it a favourite", Shortcut.STAR, () -> act(actions.star()));
    star.getStyleClass().addAll(Styles.SMALL, "card-star");
    var delete =
        new IconButton(
            Feather.TRASH_2, "Delete", Shortcut.DELETE_CARD, () -> act(actions.delete()));
    delete.getStyleClass().add(Styles.SMALL);
    var compare =
        new IconButton(
            Feather.COLUMNS,
            "Compare with the open picture",
            Shortcut.COMPARE_CARD,
            () -> act(actions.compare()));
    compare.getStyleClass().addAll(Styles.SMALL, "card-compare");
    // on the picture, so that the title has room
    var above = new StackPane(card, compare);
    StackPane.setAlignment(compare, Pos.TOP_RIGHT);
    var line = new HBox(details, star, delete);
    line.setAlignment(Pos.CENTER_LEFT);
    content = new VBox(above, title, line);
    compare
        .visibleProperty()
        .bind(content.hoverProperty().or(card.focusedProperty()).or(compare.focusedProperty()));
    content.getStyleClass().add("card");
    content.setMaxWidth(IMAGE);
    starring =
        change -> {
          var picture = getItem();
          if (picture != null) {
            showStar(picture);
          }
        };
    model.favourites().addListener(new WeakSetChangeListener<>(starring));
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
            item("Compare with the open picture", "card-compare-with", picture, actions.compare()),
            new SeparatorMenuItem(),
            item(
                model.isFavourite(picture) ? "No favourite any more" : "Make it a favourite",
                "card-favourite",
                picture,
                actions.star()),
            item("Show in folder", "card-folder", picture, actions.showFile()),
            item("Delete", "card-delete", picture, actions.delete()));
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
    var picture = getItem();
    if (picture != null) {
      action.accept(picture);
    }
  }

  @Override
  protected void updateItem(KeptPicture picture, boolean empty) {
    super.updateItem(picture, empty);
    if (empty || picture == null) {
      setGraphic(null);
      return;
    }
    image.setImage(
        thumbnails
            .get(
                picture.file(),
                read -> {
                  if (picture.equals(getItem())) {
                    image.setImage(read);
                  }
                })
            .orElse(null));
    title.setText(picture.title());
    details.setText(picture.date());
    var tip =
        new Tooltip(picture.title() + "\n" + picture.recipe().model() + ", " + picture.date());
    tip.setWrapText(true);
    tip.setMaxWidth(360);
    card.setTooltip(tip);
    card.setAccessibleText("Open " + picture.title() + ", made " + picture.date());
    showStar(picture);
    setGraphic(content);
  }

  private void showStar(KeptPicture picture) {
    boolean favourite = model.isFavourite(picture);
    star.become(
        Feather.STAR, favourite ? "No favourite any more" : "Make it a favourite", Shortcut.STAR);
    if (favourite) {
      var filled = new Region();
      filled.getStyleClass().add("star-filled");
      star.setGraphic(filled);
    }
  }
}
