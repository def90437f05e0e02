package org.infd.app.layout;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import javafx.application.Platform;
import javafx.beans.value.ObservableValue;
import javafx.geometry.Pos;
import javafx.scene.control.ToggleButton;
import javafx.scene.control.Tooltip;
import javafx.scene.input.KeyEvent;
import javafx.scene.layout.StackPane;
import org.infd.app.control.KeyActions;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.LayoutSupport;
import org.infd.app.viewer.ViewerModel;
import org.infd.app.viewer.ViewerPane;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.GuidanceSettings.Depth;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.FontIcon;

/** Puts the editor of layouts beside the picture and its boxes over it, while it is open. */
public final class LayoutSidebar extends StackPane {
  private final LayoutSession session;
  private final LayoutDialogs dialogs;
  private final ViewerPane viewer;
  private final LayoutPane pane;
  private final BoxMouse mouse;
  private final KeyActions keys;
  private boolean hushed;

  /**
   * @param session what is edited
   * @param view where the user is in the picture
   * @param viewer shows the boxes over the picture
   * @param framing whether something else on the picture has the mouse
   */
  public LayoutSidebar(
      LayoutSession session,
      ViewerModel view,
      ViewerPane viewer,
      LayoutDialogs dialogs,
      BooleanSupplier framing) {
    this.session = session;
    this.viewer = viewer;
    this.dialogs = dialogs;
    var studio = session.studio();
    pane =
        new LayoutPane(
            session.model(),
            session.scores(),
            session.samples(),
            session.costProperty(),
            session::support,
            new Actions());
    getChildren().add(pane);
    keys = keys();
    mouse =
        new BoxMouse(
            session.model(),
            session.hand(),
            view,
            viewer.canvas(),
            () ->
                framing.getAsBoolean()
                    || studio.comparison().comparisonProperty().get().isPresent(),
            box -> typePrompt());
    var overlay = new BoxOverlay(session.model(), session.scores(), session.hand(), view);
    viewer.cover(overlay);
    studio.generation().previewProperty().subscribe(preview -> overlay.requestLayout());
    session.model().openProperty().subscribe(open -> show());
    for (var changing :
        java.util.List.<ObservableValue<?>>of(
            session.model().openProperty(),
            session.model().followedProperty(),
            session.model().steeringProperty(),
            studio.recipe().modelProperty(),
            studio.recipe().samplerProperty(),
            studio.generation().stateProperty(),
            studio.tabs().pictureProperty())) {
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
      dialogs.openLayout().ifPresent(session::open);
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
      session.files().openSample(file);
    }

    @Override
    public void redo(long id) {
      session.redo().redo(id);
    }

    @Override
    public String whyNoRedo() {
      return session.redo().whyNot();
    }

    @Override
    public void useDdim() {
      session.useDdim();
    }

    @Override
    public void close() {
      session.switchOpen();
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
    button.selectedProperty().bindBidirectional(session.model().openProperty());
    return button;
  }

  /** Hides the editor while the picture is alone. */
  public void setHushed(boolean alone) {
    hushed = alone;
    show();
  }

  private void show() {
    boolean open = session.model().openProperty().get();
    setVisible(open && !hushed);
    setManaged(open && !hushed);
    viewer.canvas().requestFocus();
  }

  private void refresh() {
    var recipe = session.studio().recipe();
    var choice = recipe.modelProperty().get();
    var reason = choice.map(of -> reason(of.layouts())).orElse("");
    boolean sampler =
        reason.isEmpty()
            && session.model().followedProperty().get()
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
            && session.model().steeringProperty().get().depth() == Depth.FULL;
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
    session.files().fileProperty().get().ifPresentOrElse(session.files()::save, this::saveAs);
  }

  private void saveAs() {
    var name = session.files().fileProperty().get().map(file -> String.valueOf(file.getFileName()));
    dialogs.saveLayout(name.orElse("layout.json")).ifPresent(session.files()::save);
  }

  private KeyActions keys() {
    var layout = session.model();
    return new KeyActions()
        .on(Shortcut.LAYOUT, session::switchOpen)
        .on(Shortcut.SAVE_LAYOUT, layout.openProperty()::get, this::save)
        .on(Shortcut.UNDO_LAYOUT, layout.openProperty()::get, session::undo)
        .on(Shortcut.REDO_LAYOUT, layout.openProperty()::get, layout::redo);
  }

  /**
   * Acts on the keys of the editor on the page of the picture, wherever the focus is.
   *
   * @return whether it was one of them
   */
  public boolean keyPressed(KeyEvent event) {
    return keys.act(event);
  }
}
