package org.infd.app;

import java.nio.file.Path;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.StackPane;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.keys.KeyActions;
import org.infd.app.keys.Shortcut;
import org.infd.app.layout.BoxMouse;
import org.infd.app.layout.BoxOverlay;
import org.infd.app.layout.LayoutPane;
import org.infd.app.opening.FileDialogs;
import org.infd.app.viewer.ViewerPane;
import org.infd.app.window.StudioModel;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Puts the editor of layouts beside the picture and its boxes over it, while it is open. */
public final class LayoutSidebar extends StackPane {
  private final StudioModel model;
  private final LayoutSession desk;
  private final FileDialogs dialogs;
  private final ViewerPane viewer;
  private final LayoutPane pane;
  private final BoxMouse mouse;
  private final KeyActions keys;
  private boolean hushed;

  public LayoutSidebar(StudioModel model, ViewerPane viewer, FileDialogs dialogs) {
    this.model = model;
    this.viewer = viewer;
    this.dialogs = dialogs;
    desk = model.layouts();
    pane =
        new LayoutPane(
            desk.model(),
            desk.scores(),
            desk.samples(),
            desk.costProperty(),
            desk::support,
            new Actions());
    getChildren().add(pane);
    keys = keys();
    mouse =
        new BoxMouse(
            desk.model(),
            desk.hand(),
            model.viewer(),
            viewer.canvas(),
            () -> model.comparison().comparisonProperty().get().isPresent(),
            box -> typePrompt());
    var overlay = new BoxOverlay(desk.model(), desk.scores(), desk.hand(), model.viewer());
    viewer.cover(overlay);
    model.generation().previewProperty().subscribe(preview -> overlay.requestLayout());
    desk.model().openProperty().subscribe(open -> show());
    for (var changing :
        java.util.List.<ObservableValue<?>>of(
            desk.model().openProperty(),
            desk.model().followedProperty(),
            desk.model().steeringProperty(),
            model.recipe().modelProperty(),
            model.recipe().samplerProperty(),
            model.generation().stateProperty(),
            model.pictureProperty())) {
      changing.subscribe(changed -> refresh());
    }
  }

  private final class Actions implements LayoutPane.Actions {
    @Override
    public void add() {
      mouse.add();
    }

    @Override
    public void open() {
      dialogs.openLayout().ifPresent(desk::open);
    }

    @Override
    public void save() {
      LayoutSidebar.this.save();
    }

    @Override
    public void saveAs() {
      LayoutSidebar.this.saveAs();
    }

    @Override
    public void openSample(Path file) {
      desk.files().openSample(file);
    }

    @Override
    public void redo(long id) {
      desk.redo().redo(id);
    }

    @Override
    public String whyNoRedo() {
      return desk.redo().whyNot();
    }

    @Override
    public void useDdim() {
      desk.useDdim();
    }

    @Override
    public void close() {
      desk.switchOpen();
    }
  }

  /** A button that opens and closes the editor. */
  public ToggleButton button() {
    var button = new ToggleButton("Layout with boxes", new FontIcon(Feather.LAYOUT));
    button.setId("layout");
    button.getStyleClass().add("layout-switch");
    button.setMaxWidth(Double.MAX_VALUE);
    button.setAlignment(Pos.CENTER_LEFT);
    button.setTooltip(new Tooltip(Shortcut.LAYOUT.tip("Say what should be seen where")));
    button.selectedProperty().bindBidirectional(desk.model().openProperty());
    return button;
  }

  /** Hides the editor while the picture is alone. */
  public void setHushed(boolean alone) {
    hushed = alone;
    show();
  }

  private void show() {
    boolean open = desk.model().openProperty().get();
    setVisible(open && !hushed);
    setManaged(open && !hushed);
    viewer.canvas().requestFocus();
  }

  private void refresh() {
    var recipe = model.recipe();
    var choice = recipe.modelProperty().get();
    var reason = choice.map(of -> reason(of.layouts())).orElse("");
    boolean sampler =
        reason.isEmpty()
            && desk.model().followedProperty().get()
            && recipe.samplerProperty().get() != SamplerKind.DDIM;
    pane.refresh(
        sampler ? "Layouts are followed by the sampler DDIM only." : reason,
        sampler,
        choice.filter(of -> of.layouts().isThere() && !of.takesPrompts()).isPresent());
  }

  private String reason(LayoutSupport support) {
    boolean tooDeep =
        support.isThere()
            && !support.goesBack()
            && desk.model().steeringProperty().get().depth() == Depth.FULL;
    return tooDeep
        ? "This model has no gradient through its network. Choose the fast one below, or import the"
            + " checkpoint again."
        : support.whyNot();
  }

  /** Later: the key that asked for it must not be typed into the prompt. */
  private void typePrompt() {
    Platform.runLater(pane::typePrompt);
  }

  private void save() {
    desk.files().fileProperty().get().ifPresentOrElse(desk.files()::save, this::saveAs);
  }

  private void saveAs() {
    var name = desk.files().fileProperty().get().map(file -> String.valueOf(file.getFileName()));
    dialogs.saveLayout(name.orElse("layout.json")).ifPresent(desk.files()::save);
  }

  private KeyActions keys() {
    var layout = desk.model();
    return new KeyActions(() -> model.pageProperty().get() == StudioModel.Page.PICTURE)
        .on(Shortcut.LAYOUT, desk::switchOpen)
        .on(Shortcut.SAVE_LAYOUT, layout.openProperty()::get, this::save)
        .on(Shortcut.UNDO_LAYOUT, layout.openProperty()::get, layout::undo)
        .on(Shortcut.REDO_LAYOUT, layout.openProperty()::get, layout::redo);
  }

  /**
   * Acts on the keys of the editor, wherever the focus is.
   *
   * @return whether it was one of them
   */
  public boolean keyPressed(KeyEvent event) {
    return keys.act(event);
  }
}
