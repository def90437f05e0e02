package org.infd.app;

import java.util.Optional;
import javafx.scene.layout.StackPane;
import javafx.util.Subscription;
import org.infd.app.gallery.Thumbnails;
import org.infd.app.keys.Shortcut;
import org.infd.app.tab.BatchPane;
import org.infd.app.tab.Tab;
import org.infd.app.viewer.IconButton;
import org.infd.app.viewer.ViewerPane;
import org.infd.app.window.StudioModel;
import org.infd.app.work.Sequence;
import org.kordamp.ikonli.feather.Feather;

/** Where the pictures of a run of several lie over the picture of their tab. */
public final class BatchOverlay extends StackPane {
  private final StudioModel model;
  private final IconButton back;
  private final BatchPane pane;
  private final javafx.beans.property.ObjectProperty<Optional<org.infd.app.tab.Batch>> batch =
      new javafx.beans.property.SimpleObjectProperty<>(this, "batch", Optional.empty());
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param viewer gets the way back to the other pictures of a run
   */
  public BatchOverlay(StudioModel model, ViewerPane viewer) {
    this.model = model;
    pane =
        new BatchPane(
            batch,
            new Thumbnails(new Sequence(model.background())),
            model::open,
            model.generation()::cancel,
            () -> model.tabs().leaveBatch(model.tabs().current()));
    back =
        new IconButton(Feather.GRID, "The pictures of this run", Shortcut.SHOW_RUN, this::showGrid);
    back.setId("batch-back");
    back.managedProperty().bind(back.visibleProperty());
    viewer.addControl(back);
    getChildren().add(pane);
    model.tabs().currentProperty().subscribe(this::follow);
  }

  private void follow(Tab tab) {
    followed.unsubscribe();
    followed =
        tab.batchProperty()
            .subscribe(shown -> show(tab))
            .and(tab.gridProperty().subscribe(shown -> show(tab)));
    show(tab);
  }

  private void show(Tab tab) {
    boolean grid = tab.gridProperty().get() && tab.batchProperty().get().isPresent();
    batch.set(tab.batchProperty().get());
    setVisible(grid);
    back.setVisible(tab.batchProperty().get().isPresent());
    if (grid) {
      pane.focus();
    }
  }

  /** Goes back from one picture to all of its run; does nothing where it was made alone. */
  public void showGrid() {
    var tab = model.tabs().current();
    if (tab.batchProperty().get().isPresent()) {
      tab.gridProperty().set(true);
    }
  }
}
