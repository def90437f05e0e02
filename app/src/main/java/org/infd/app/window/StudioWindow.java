package org.infd.app.window;

import atlantafx.base.theme.Styles;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.css.PseudoClass;
import javafx.geometry.Insets;
import javafx.geometry.Orientation;
import javafx.geometry.Pos;
import javafx.scene.Scene;
import javafx.scene.control.Button;
import javafx.scene.control.Label;
import javafx.scene.control.ScrollPane;
import javafx.scene.control.Separator;
import javafx.scene.control.TextInputControl;
import javafx.scene.control.Tooltip;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import javafx.scene.input.DragEvent;
import javafx.scene.input.KeyCode;
import javafx.scene.input.KeyCombination;
import javafx.scene.input.KeyEvent;
import javafx.scene.input.TransferMode;
import javafx.scene.layout.BorderPane;
import javafx.scene.layout.HBox;
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
import org.infd.app.gallery.GalleryPane;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.layout.LayoutSidebar;
import org.infd.app.models.ModelsPane;
import org.infd.app.notice.Notice;
import org.infd.app.notice.NoticeBar;
import org.infd.app.opening.FileDialogs;
import org.infd.app.photo.PastedPicture;
import org.infd.app.photo.PhotoOverlay;
import org.infd.app.photo.PhotoPane;
import org.infd.app.recipe.RecipePane;
import org.infd.app.runs.RunPane;
import org.infd.app.settings.SettingsPane;
import org.infd.app.settings.Theme;
import org.infd.app.start.StartPane;
import org.infd.app.tab.BatchOverlay;
import org.infd.app.tab.Tab;
import org.infd.app.tab.TabBar;
import org.infd.app.tab.TabKeys;
import org.infd.app.viewer.IconButton;
import org.infd.app.viewer.ViewerPane;
import org.infd.inference.export.PictureFormat;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** The one window: recipe at the left, picture in the middle, status below. */
public final class StudioWindow extends BorderPane {
  private static final PseudoClass DROP = PseudoClass.getPseudoClass("drop");

  /** The width from which on a title is worth reading. */
  private static final double SHORTEST_TITLE = 80;

  private static final double NOTICE_MARGIN = 12;

  private final StudioModel model;
  private final FileDialogs dialogs;
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
  private final BooleanBinding hasPicture;
  private final IconButton theme;
  private final ExportSidebar exportSide;
  private final LayoutSidebar layoutSide;
  private final CompareButton compare;
  private final TabBar tabBar;
  private final BatchOverlay batch;

  /**
   * @param model what is shown
   * @param dialogs asks for files
   */
  public StudioWindow(StudioModel model, FileDialogs dialogs) {
    this.model = model;
    this.dialogs = dialogs;
    viewer = new ViewerPane(model.viewer(), this::switchFullScreen);
    compare =
        new CompareButton(
            model.comparison(),
            model.viewer(),
            viewer,
            model::chooseForCompare,
            model.notices(),
            model.ui());
    viewer.addControl(new BookmarkMenu(model.bookmarks(), this::bookmark, this::goTo));
    start =
        new StartPane(model.samples(), sample -> model.opener().make(sample.recipe()), this::open);
    theme = new IconButton(Feather.MOON, "Dark theme", "T", model.preferences()::switchTheme);
    theme.setId("theme");
    hasPicture =
        Bindings.createBooleanBinding(
            () -> model.pictureProperty().get().isPresent(), model.pictureProperty());
    getStyleClass().add("studio");
    getStylesheets().add(StudioWindow.class.getResource("studio.css").toExternalForm());
    exportSide =
        new ExportSidebar(
            model.exports(),
            hasPicture,
            new ExportPane.Actions(
                this::exportChosen,
                this::copyView,
                model.exports()::showExported,
                this::switchExportPane));
    tabBar = new TabBar(model.tabs());
    batch =
        new BatchOverlay(
            model.tabs(),
            viewer,
            model.background(),
            model.opener()::open,
            model.generation()::cancel);
    layoutSide = new LayoutSidebar(model.layouts(), model.viewer(), viewer, dialogs);
    var sidebar = sidebar();
    picturePage =
        new BorderPane(centre(), null, new StackPane(layoutSide, exportSide), null, sidebar);
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
                model.compareWith(picture);
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
                model.use(id);
              }

              @Override
              public void chooseCheckpoint() {
                dialogs.openCheckpoint().ifPresent(model.opener()::importCheckpoint);
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
    setTop(toolbar());
    var notices =
        new VBox(
            new NoticeBar("loss", model.notices().lossProperty()),
            new NoticeBar("offer", model.notices().offerProperty()),
            new NoticeBar("notice", model.notices().noticeProperty()));
    notices.getStyleClass().add("notices");
    notices.setAlignment(Pos.TOP_CENTER);
    notices.setPickOnBounds(false);
    notices.setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
    StackPane.setAlignment(notices, Pos.TOP_CENTER);
    // over the picture, not over what is chosen beside it
    Runnable keepOff =
        () -> {
          boolean beside = sidebar.isVisible() && picturePage.isVisible();
          double left = NOTICE_MARGIN + (beside ? sidebar.getWidth() : 0);
          StackPane.setMargin(notices, new Insets(0, NOTICE_MARGIN, 0, left));
        };
    sidebar.widthProperty().subscribe(keepOff);
    sidebar.visibleProperty().subscribe(keepOff);
    picturePage.visibleProperty().subscribe(keepOff);
    setCenter(new StackPane(picturePage, pageHost, notices, help));
    setBottom(new StatusBar(model, viewer.canvas()));
    model.viewer().attach(viewer::refresh, model.notices()::fail);
    model
        .pictureProperty()
        .subscribe(shown -> viewer.setWarning(shown.map(Picture::warning).orElse("")));
    followSystem();
    model.preferences().themeProperty().subscribe(this::showTheme);
    model.pages().pageProperty().subscribe(this::showPage);
    model.recipe().exportSideProperty().subscribe(side -> viewer.setReference(side.intValue()));
    model.generation().stateProperty().subscribe(state -> showEmptyState());
    model.recipe().modelProperty().subscribe(chosen -> showEmptyState());
    model.deviceProperty().subscribe(device -> showEmptyState());
    model.samples().subscribe(this::showEmptyState);
    model.layouts().model().openProperty().subscribe(open -> showEmptyState());
    model.tabs().currentProperty().subscribe(tab -> showEmptyState());
    model
        .tabs()
        .currentProperty()
        .flatMap(Tab::openingProperty)
        .subscribe(opening -> showEmptyState());
    model.viewer().fieldProperty().subscribe(field -> showEmptyState());
    new TabKeys(model.tabs(), tabActions()).attach(this);
    addEventHandler(KeyEvent.KEY_PRESSED, this::keyPressed);
    addEventHandler(KeyEvent.KEY_TYPED, this::keyTyped);
    setOnDragOver(this::draggedOver);
    setOnDragDropped(this::dropped);
    setOnDragExited(event -> pseudoClassStateChanged(DROP, false));
  }

  private void followSystem() {
    var system = Platform.getPreferences();
    system
        .reducedMotionProperty()
        .subscribe(reduced -> model.preferences().systemReducesProperty().set(reduced));
    system
        .colorSchemeProperty()
        .subscribe(
            scheme -> model.preferences().systemDarkProperty().set(scheme == ColorScheme.DARK));
  }

  private static String describe(Screen screen) {
    return "%.0f × %.0f at scale %.2f"
        .formatted(
            screen.getBounds().getWidth() * screen.getOutputScaleX(),
            screen.getBounds().getHeight() * screen.getOutputScaleY(),
            screen.getOutputScaleX());
  }

  /** A scene of this window. */
  public Scene scene(double width, double height) {
    var scene = new Scene(this, width, height);
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

  private HBox toolbar() {
    var open = action("Open", Feather.FOLDER, "Open a field file or a photo  (Ctrl+O)", this::open);
    open.setId("open");
    var save =
        action(
            "Save",
            Feather.SAVE,
            "Save the field: every size can be made from it  (Ctrl+S)",
            this::save);
    save.setId("save");
    save.disableProperty().bind(hasPicture.not());
    var title = new Label();
    title.setId("title");
    title.getStyleClass().add("picture-title");
    title
        .textProperty()
        .bind(
            Bindings.when(batch.visibleProperty())
                .then("")
                .otherwise(
                    Bindings.createStringBinding(
                        () -> model.pictureProperty().get().map(Picture::title).orElse(""),
                        model.pictureProperty())));
    title.setMaxWidth(Double.MAX_VALUE);
    title.setAlignment(Pos.CENTER);
    HBox.setHgrow(title, Priority.ALWAYS);
    // three dots alone say nothing; the tab has the name as well
    title.visibleProperty().bind(title.widthProperty().greaterThan(SHORTEST_TITLE));
    var keys = new IconButton(Feather.HELP_CIRCLE, "Keyboard and mouse", "?", help::toggle);
    keys.setId("keys");
    var more =
        new PageButtons(model.pages().pageProperty(), List.of(Page.SETTINGS, Page.ABOUT), false);
    var name = new Label("INFD Studio");
    name.getStyleClass().add("app-name");
    name.setMinWidth(Region.USE_PREF_SIZE);
    var bar =
        new HBox(
            name,
            ways(),
            new Separator(Orientation.VERTICAL),
            open,
            save,
            title,
            more,
            keys,
            theme);
    bar.getStyleClass().add("toolbar");
    bar.setAlignment(Pos.CENTER_LEFT);
    return bar;
  }

  private PageButtons ways() {
    return new PageButtons(
        model.pages().pageProperty(), List.of(Page.PICTURE, Page.GALLERY, Page.MODELS), true);
  }

  private static Button action(String text, Feather icon, String tooltip, Runnable action) {
    var button = new Button(text, new FontIcon(icon));
    button.getStyleClass().add(Styles.FLAT);
    button.setMinWidth(Region.USE_PREF_SIZE);
    button.setTooltip(new Tooltip(tooltip));
    button.setOnAction(event -> action.run());
    return button;
  }

  private Region sidebar() {
    var choices = new RecipePane(model.recipe(), model.choices().models());
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
            model.exports().model(),
            canGenerate,
            hasPicture,
            new RunPane.Actions(
                this::generate,
                this::vary,
                model.generation()::cancel,
                this::export,
                this::switchExportPane));
    run.setMinHeight(Region.USE_PREF_SIZE);
    var bar = new VBox(recipe, run);
    bar.getStyleClass().add("sidebar");
    return bar;
  }

  private BorderPane centre() {
    var stack = new StackPane(viewer, start, batch, photoOverlay());
    viewer.cover(exportSide.shade());
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

  private void showTheme(Theme look) {
    Application.setUserAgentStylesheet(look.styleSheet());
    theme.become(
        look == Theme.DARK ? Feather.SUN : Feather.MOON,
        look == Theme.DARK ? "Light theme" : "Dark theme",
        "T");
  }

  private void showEmptyState() {
    var tab = model.tabs().current();
    boolean comes = model.isMakingHere() || tab.openingProperty().get();
    boolean laying = model.layouts().model().openProperty().get();
    start.setVisible(model.viewer().isEmpty() && !comes && !laying && !model.samples().isEmpty());
    viewer.setEmptyShown(!laying || comes);
    if (comes) {
      viewer.setEmptyState("One moment", "The picture is on its way.", null);
    } else if (model.deviceProperty().get().isEmpty()) {
      viewer.setEmptyState("Starting", "Looking for models and a device.", null);
    } else if (model.recipe().modelProperty().get().isEmpty()) {
      viewer.setEmptyState(
          "No model yet",
          "Turn a checkpoint into one: drop a .pth on the window, or import it on the page of"
              + " models.",
          null);
    } else {
      viewer.setEmptyState(
          "No picture yet",
          "Generate one, or open a field file. Then zoom in: it has no end.",
          this::generate);
    }
    viewer.refresh();
  }

  private PhotoOverlay photoOverlay() {
    return new PhotoOverlay(
        model.opener().photoProperty(),
        () -> model.recipe().modelProperty().get().map(ModelChoice::name).orElse("no model"),
        new PhotoPane.Actions(model.opener()::encodePhoto, model.opener()::leavePhoto));
  }

  private TabKeys.Actions tabActions() {
    return new TabKeys.Actions() {
      @Override
      public boolean isPictureShown() {
        return model.pages().pageProperty().get() == Page.PICTURE;
      }

      @Override
      public void showPicture() {
        model.pages().pageProperty().set(Page.PICTURE);
      }

      @Override
      public void generateInNewTab() {
        model.requests().generate(true);
      }
    };
  }

  private void bookmark() {
    model.bookmarks().keepView(model.viewer());
  }

  private void goTo(Bookmark mark) {
    var window = model.viewer().cameraProperty().get();
    model.viewer().goTo(mark.view().in(window.width(), window.height()), System.nanoTime());
  }

  private void generate() {
    model.requests().generate(false);
  }

  private void vary() {
    model.requests().vary(false);
  }

  private void open() {
    dialogs.open().ifPresent(model.opener()::openFile);
  }

  private void save() {
    dialogs.saveField(model.exports().fileName()).ifPresent(model.exports()::save);
  }

  private void export() {
    dialogs
        .export(
            model.exports().fileName() + "-" + model.recipe().exportSideProperty().get(),
            PictureFormat.PNG)
        .ifPresent(model.exports()::export);
  }

  private void exportChosen() {
    var choices = model.exports().choices();
    dialogs
        .export(
            model.exports().fileName() + "-" + choices.longSide(), choices.formatProperty().get())
        .ifPresent(model.exports()::exportChosen);
  }

  private void copyView() {
    model
        .exports()
        .copyView(
            pixels -> {
              var image =
                  new WritableImage(
                      new PixelBuffer<>(
                          pixels.width(),
                          pixels.height(),
                          pixels.pixels(),
                          PixelFormat.getIntArgbPreInstance()));
              var content = new ClipboardContent();
              content.putImage(image);
              Clipboard.getSystemClipboard().setContent(content);
            });
  }

  /** Opens the files or the picture on the clipboard. */
  private void paste() {
    var clipboard = Clipboard.getSystemClipboard();
    if (clipboard.hasFiles() && !clipboard.getFiles().isEmpty()) {
      model.opener().drop(clipboard.getFiles().stream().map(File::toPath).toList());
    } else if (clipboard.hasImage() && !model.generation().isRunning()) {
      PastedPicture.of(clipboard.getImage()).ifPresent(model.opener()::choosePhoto);
    }
  }

  /** Shows the choices for picture files, or hides them. */
  private void switchExportPane() {
    exportSide.switchOpen();
  }

  /** A field file or a picture may be dropped anywhere. */
  private void draggedOver(DragEvent event) {
    if (event.getDragboard().hasFiles()) {
      event.acceptTransferModes(TransferMode.COPY);
      pseudoClassStateChanged(DROP, true);
    }
    event.consume();
  }

  private void dropped(DragEvent event) {
    var files = event.getDragboard().getFiles();
    if (!files.isEmpty()) {
      model.opener().drop(files.stream().map(File::toPath).toList());
    }
    event.setDropCompleted(!files.isEmpty());
    event.consume();
  }

  /** Where the question mark lies depends on the keyboard. */
  private void keyTyped(KeyEvent event) {
    if (event.getCharacter().equals("?") && !(event.getTarget() instanceof TextInputControl)) {
      act(help::toggle, event);
    }
  }

  private void keyPressed(KeyEvent event) {
    if (event.getCode() == KeyCode.ESCAPE && help.isVisible()) {
      act(help::hide, event);
      return;
    }
    if (model.pages().pageProperty().get() == Page.PICTURE && layoutSide.keyPressed(event)) {
      event.consume();
      return;
    }
    if (event.getCode() == KeyCode.ESCAPE
        && model.comparison().comparisonProperty().get().isPresent()
        && !model.generation().isRunning()
        && !isFullScreen()) {
      act(model.comparison()::stop, event);
    } else if (event.getCode() == KeyCode.ESCAPE
        && exportSide.isOpen()
        && !model.generation().isRunning()
        && !isFullScreen()) {
      act(this::switchExportPane, event);
    } else if (event.isShortcutDown() && event.isShiftDown()) {
      if (event.getCode() == KeyCode.E && hasPicture.get()) {
        act(this::switchExportPane, event);
      } else if (event.getCode() == KeyCode.ENTER) {
        act(this::vary, event);
      }
    } else if (event.isShortcutDown()) {
      shortcut(event.getCode()).ifPresent(action -> act(action, event));
    } else if (event.getCode() == KeyCode.ESCAPE) {
      act(isFullScreen() ? this::switchFullScreen : model::cancel, event);
    } else if (!(event.getTarget() instanceof TextInputControl)) {
      if (!event.isAltDown() && event.getCode() == KeyCode.T) {
        act(model.preferences()::switchTheme, event);
      } else if (!event.isAltDown() && model.pages().pageProperty().get() == Page.PICTURE) {
        letter(event.getCode()).ifPresent(action -> act(action, event));
      }
      if (!event.isConsumed()
          && model.pages().pageProperty().get() == Page.PICTURE
          && !batch.isVisible()) {
        viewer.keyPressed(event);
      }
    }
  }

  private static void act(Runnable action, KeyEvent event) {
    action.run();
    event.consume();
  }

  private Optional<Runnable> shortcut(KeyCode code) {
    boolean shown = hasPicture.get();
    return switch (code) {
      case ENTER -> Optional.of(this::generate);
      case Z ->
          model.notices().noticeProperty().get().flatMap(Notice::action).map(Notice.Action::run);
      case O -> Optional.of(this::open);
      case S -> shown ? Optional.of(this::save) : Optional.empty();
      case E ->
          shown && !model.exports().model().runningProperty().get()
              ? Optional.of(this::export)
              : Optional.empty();
      case V ->
          model.pages().pageProperty().get() == Page.PICTURE
              ? Optional.of(this::paste)
              : Optional.empty();
      case C ->
          shown && model.pages().pageProperty().get() == Page.PICTURE
              ? Optional.of(this::copyView)
              : Optional.empty();
      default -> page(code);
    };
  }

  private Optional<Runnable> page(KeyCode code) {
    return Arrays.stream(Page.values())
        .filter(page -> page.digit().equals(code.getChar()))
        .findFirst()
        .map(page -> () -> model.pages().pageProperty().set(page));
  }

  private Optional<Runnable> letter(KeyCode code) {
    var locked = model.recipe().seedLockedProperty();
    return switch (code) {
      case B -> Optional.of(this::bookmark);
      case R -> Optional.of(model.recipe()::roll);
      case C -> hasPicture.get() ? Optional.of(compare::press) : Optional.empty();
      case G -> Optional.of(batch::showGrid);
      case L -> Optional.of(() -> locked.set(!locked.get()));
      default -> Optional.empty();
    };
  }
}
