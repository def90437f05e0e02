package org.infd.app.window;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Insets;
import javafx.geometry.Pos;
import javafx.scene.Scene;
import javafx.scene.control.ScrollPane;
import javafx.scene.input.KeyCombination;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.Priority;
import javafx.scene.layout.Region;
import javafx.scene.layout.StackPane;
import javafx.scene.layout.VBox;
import javafx.stage.Screen;
import javafx.stage.Stage;
import org.infd.app.about.AboutPane;
import org.infd.app.bookmark.Bookmark;
import org.infd.app.bookmark.BookmarkMenu;
import org.infd.app.compare.CompareButton;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.Picture;
import org.infd.app.export.ExportPane;
import org.infd.app.export.ExportSidebar;
import org.infd.app.export.ExportsPanel;
import org.infd.app.export.FileManagerWindow;
import org.infd.app.gallery.GalleryPane;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.layout.LayoutSidebar;
import org.infd.app.models.ModelsPane;
import org.infd.app.opening.FileDialogs;
import org.infd.app.photo.PhotoOverlay;
import org.infd.app.photo.PhotoPane;
import org.infd.app.recipe.RecipePane;
import org.infd.app.runs.RunPane;
import org.infd.app.settings.SettingsPane;
import org.infd.app.tab.BatchOverlay;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabBar;
import org.infd.app.viewer.ViewerPane;
import org.infd.inference.NumberText;

/** The one window: recipe at the left, picture in the middle, status below. */
public final class StudioWindow extends BorderPane {
  private static final double NOTICE_MARGIN = 12;
  private static final double BELOW_TABS = 46;

  private final StudioModel model;
  private final ViewerPane viewer;
  private final StartPane start;
  private final KeyboardHelp help = new KeyboardHelp();
  private final BorderPane picturePage;
  private final GalleryPane gallery;
  private final ModelsPane models;
  private final SettingsPane settings;
  private final AboutPane about;
  private final EnumMap<Page, Region> pages = new EnumMap<>(Page.class);
  private final StackPane pageHost = new StackPane();
  private final ObservableValue<Boolean> gridShown;
  private final BooleanBinding hasPicture;
  private final FileCommands files;
  private final PictureCommands pictures;
  private final ExportSidebar exportSide;
  private final ExportsPanel exports;
  private final LayoutSidebar layoutSide;
  private final CompareButton compare;
  private final TabBar tabBar;
  private final BatchOverlay batch;
  private final PhotoOverlay photo;

  /**
   * @param model what is shown
   * @param dialogs asks for files
   */
  public StudioWindow(StudioModel model, FileDialogs dialogs) {
    this.model = model;
    files = new FileCommands(model, dialogs);
    pictures = new PictureCommands(model);
    viewer = new ViewerPane(model.viewer(), this::switchFullScreen);
    compare =
        new CompareButton(
            model.comparison(),
            model.viewer(),
            viewer,
            pictures::chooseForCompare,
            model.notices(),
            model.ui());
    viewer.addControl(new BookmarkMenu(model.bookmarks(), pictures::bookmark, this::goTo));
    start = new StartPane(model.samples(), pictures::make, files::open);
    // under the pictures of a run of several, one may lie that nobody sees
    gridShown = model.tabs().currentProperty().flatMap(Tab::gridProperty).orElse(false);
    hasPicture =
        Bindings.createBooleanBinding(
            () -> model.pictureProperty().get().isPresent() && !gridShown.getValue(),
            model.pictureProperty(),
            gridShown);
    getStyleClass().add("studio");
    getStylesheets().add(StudioWindow.class.getResource("studio.css").toExternalForm());
    exportSide =
        new ExportSidebar(
            model.exports(),
            viewer,
            hasPicture,
            new ExportPane.Actions(
                files::exportChosen, files::film, files::copyView, this::switchExportPane));
    exports =
        new ExportsPanel(
            model.exports().queue(),
            new ExportsPanel.Actions(files::openExported, model.exports()::show));
    tabBar = new TabBar(model.tabs());
    batch =
        new BatchOverlay(
            model.tabs(),
            viewer,
            model.background(),
            model.opener()::open,
            model.generation()::cancel);
    layoutSide =
        new LayoutSidebar(model.layouts(), model.viewer(), viewer, dialogs, exportSide::isFraming);
    photo = photoOverlay();
    var sidebar = sidebar();
    var rightSide = new StackPane(layoutSide, exportSide);
    picturePage = new BorderPane(centre(), null, rightSide, null, sidebar);
    gallery =
        new GalleryPane(
            model.gallery(),
            model.background(),
            new GalleryPane.Actions() {
              @Override
              public void open(KeptPicture picture) {
                model.opener().open(picture.file());
              }

              @Override
              public void openInNewTab(KeptPicture picture) {
                model.opener().openInNewTab(picture.file());
              }

              @Override
              public void compare(KeptPicture picture) {
                pictures.compareWith(picture);
              }

              @Override
              public void useRecipe(KeptPicture picture) {
                pictures.use(picture.recipe());
              }

              @Override
              public void showFile(KeptPicture picture) {
                model.background().execute(() -> FileManagerWindow.show(picture.file()));
              }

              @Override
              public void delete(KeptPicture picture) {
                model.gallery().delete(picture);
              }
            });
    models =
        new ModelsPane(
            model.catalog(),
            new ModelsPane.Actions() {
              @Override
              public void use(String id) {
                if (model.choices().choose(id)) {
                  model.pages().showPicture();
                }
              }

              @Override
              public void chooseCheckpoint() {
                dialogs.openCheckpoint().ifPresent(model.opener()::importCheckpoint);
              }

              @Override
              public void chooseMerges() {
                dialogs.openMerges().ifPresent(model.catalog()::takeMerges);
              }
            });
    settings =
        new SettingsPane(
            model.preferences(),
            model.gallery(),
            model.dataFolder(),
            new SettingsPane.Actions() {
              @Override
              public void show(Path folder) {
                dialogs.show(folder);
              }

              @Override
              public void choosePicturesFolder() {
                dialogs
                    .folder("Keep pictures in")
                    .ifPresent(
                        chosen ->
                            model.preferences().picturesFolderProperty().set(Optional.of(chosen)));
              }
            });
    about =
        new AboutPane(
            model.about(),
            model.deviceProperty(),
            () -> dialogs.saveText("infd-diagnostics").ifPresent(model.about()::save),
            () -> model.notices().done("The diagnostics are in the clipboard."));
    pages.put(Page.GALLERY, gallery);
    pages.put(Page.MODELS, models);
    pages.put(Page.SETTINGS, settings);
    pages.put(Page.ABOUT, about);
    setTop(new Toolbar(model, files, hasPicture, batch.visibleProperty(), help));
    var notices = new NoticeColumn(model);
    StackPane.setAlignment(notices, Pos.TOP_CENTER);
    StackPane.setAlignment(exports, Pos.BOTTOM_LEFT);
    // over the picture, not over what is chosen beside it
    Runnable keepOff =
        () -> {
          boolean isPicture = picturePage.isVisible();
          double left = NOTICE_MARGIN + (isPicture && sidebar.isVisible() ? sidebar.getWidth() : 0);
          double right = NOTICE_MARGIN + (isPicture ? rightSide.getWidth() : 0);
          double top = isPicture ? BELOW_TABS : NOTICE_MARGIN;
          StackPane.setMargin(notices, new Insets(top, right, 0, left));
          // on the other pages there is no picture to lie on
          double taken = isPicture || notices.getHeight() == 0 ? 0 : top + notices.getHeight();
          StackPane.setMargin(pageHost, new Insets(taken, 0, 0, 0));
          StackPane.setMargin(exports, new Insets(NOTICE_MARGIN, right, NOTICE_MARGIN, left));
        };
    List.of(sidebar.widthProperty(), rightSide.widthProperty(), notices.heightProperty())
        .forEach(extent -> extent.subscribe(keepOff));
    sidebar.visibleProperty().subscribe(keepOff);
    picturePage.visibleProperty().subscribe(keepOff);
    notices.heightProperty().subscribe(height -> photo.keepFree(height.doubleValue()));
    pageHost.setId("page-host");
    setCenter(new StackPane(picturePage, pageHost, exports, notices));
    setBottom(new StatusBar(model, viewer.canvas(), exports::switchOpen));
    model.viewer().attach(viewer::refresh, model.notices()::fail);
    model
        .pictureProperty()
        .subscribe(shown -> viewer.setWarning(shown.map(Picture::warning).orElse("")));
    model.pages().pageProperty().subscribe(this::showPage);
    model.recipe().exportSideProperty().subscribe(side -> viewer.setReference(side.intValue()));
    new PictureMenu(files, pictures, hasPicture, compare::press).attach(viewer.canvas());
    new EmptyState(model, pictures, viewer, start);
    var drop = new FileDrop(model);
    drop.attach(this);
    new WindowKeys(
            model,
            new WindowKeys.Parts(
                files,
                pictures,
                drop,
                viewer,
                layoutSide,
                exportSide,
                exports,
                compare,
                batch,
                help,
                hasPicture,
                this::isFullScreen,
                this::switchFullScreen))
        .attach(this, help);
  }

  private static String describe(Screen screen) {
    return NumberText.format(
        "%.0f × %.0f at scale %.2f",
        screen.getBounds().getWidth() * screen.getOutputScaleX(),
        screen.getBounds().getHeight() * screen.getOutputScaleY(),
        screen.getOutputScaleX());
  }

  /** A scene of this window. */
  public Scene scene(double width, double height) {
    var whole = new StackPane(this, help, new CloseQuestion(model.ending()));
    whole.getStylesheets().addAll(getStylesheets());
    var scene = new Scene(whole, width, height);
    scene
        .windowProperty()
        .subscribe(
            window -> {
              if (window instanceof Stage stage) {
                attach(stage);
              }
            });
    // so that the keys of the viewer work from the start
    viewer.canvas().requestFocus();
    return scene;
  }

  private void attach(Stage stage) {
    stage.setFullScreenExitHint("Esc leaves the full screen");
    // Escape is ours: the toolkit would swallow it everywhere
    stage.setFullScreenExitKeyCombination(KeyCombination.NO_MATCH);
    model.screenProperty().set(describe(Screen.getPrimary()));
    model.ending().onClose(stage::close);
    stage.setOnCloseRequest(
        event -> {
          if (!model.ending().mayClose()) {
            event.consume();
          }
        });
    stage.fullScreenProperty().subscribe(full -> showPictureAlone(full));
  }

  /** Hides what is around the picture, or shows it again. */
  void showPictureAlone(boolean alone) {
    for (var around : List.of(getTop(), picturePage.getLeft(), tabBar, getBottom())) {
      around.setVisible(!alone);
      around.setManaged(!alone);
    }
    exportSide.setHushed(alone);
    layoutSide.setHushed(alone);
    viewer.canvas().requestFocus();
  }

  private Optional<Stage> stage() {
    return getScene() != null && getScene().getWindow() instanceof Stage stage
        ? Optional.of(stage)
        : Optional.empty();
  }

  private void switchFullScreen() {
    stage().ifPresent(stage -> stage.setFullScreen(!stage.isFullScreen()));
  }

  private boolean isFullScreen() {
    return stage().map(Stage::isFullScreen).orElse(false);
  }

  private Region sidebar() {
    var choices = new RecipePane(model.recipe(), model.choices(), model.promptLength());
    choices.addBelowPrompt(layoutSide.button());
    var recipe = new ScrollPane(choices);
    recipe.setFitToWidth(true);
    recipe.setHbarPolicy(ScrollPane.ScrollBarPolicy.NEVER);
    recipe.setMinHeight(80);
    VBox.setVgrow(recipe, Priority.ALWAYS);
    var canGenerate =
        Bindings.createBooleanBinding(
            () -> model.recipe().isComplete(),
            model.recipe().modelProperty(),
            model.recipe().seedErrorProperty());
    var run =
        new RunPane(
            model.recipe(),
            model.generation(),
            canGenerate,
            hasPicture,
            new RunPane.Actions(
                pictures::generate,
                pictures::vary,
                model.generation()::cancel,
                files::export,
                this::switchExportPane));
    run.setMinHeight(Region.USE_PREF_SIZE);
    var bar = new VBox(recipe, run);
    bar.getStyleClass().add("sidebar");
    return bar;
  }

  private BorderPane centre() {
    var stack = new StackPane(viewer, start, batch, photo);
    viewer.addControl(compare);
    stack.setMinSize(0, 0);
    return new BorderPane(stack, tabBar, null, null, null);
  }

  private void showPage(Page page) {
    picturePage.setVisible(page == Page.PICTURE);
    // a page that nobody looks at is not laid out: the gallery would read every new small picture
    pageHost.getChildren().setAll(Optional.ofNullable(pages.get(page)).stream().toList());
    pageHost.setVisible(page != Page.PICTURE);
    switch (page) {
      case PICTURE -> viewer.canvas().requestFocus();
      case GALLERY -> gallery.focus();
      case MODELS -> models.focus();
      case SETTINGS -> settings.focus();
      case ABOUT -> about.focus();
    }
  }

  private PhotoOverlay photoOverlay() {
    return new PhotoOverlay(
        model.opener().photoProperty(),
        () -> model.recipe().modelProperty().get().map(ModelChoice::name).orElse("no model"),
        new PhotoPane.Actions(model.opener()::encodePhoto, model.opener()::leavePhoto));
  }

  private void goTo(Bookmark mark) {
    var window = model.viewer().cameraProperty().get();
    model.viewer().goTo(mark.view().in(window.width(), window.height()), System.nanoTime());
  }

  /** Shows the choices for picture files, or hides them. */
  private void switchExportPane() {
    exportSide.switchOpen();
  }
}
