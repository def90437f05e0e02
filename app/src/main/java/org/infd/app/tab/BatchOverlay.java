package org.infd.app.tab;

import java.util.Optional;
import java.util.function.BiConsumer;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.scene.layout.StackPane;
import javafx.util.Subscription;
import org.infd.app.control.IconButton;
import org.infd.app.control.Shortcut;
import org.infd.app.engine.Thumbnails;
import org.infd.app.viewer.ViewerPane;
import org.infd.app.work.Background;
import org.kordamp.ikonli.feather.Feather;

/** Where the pictures of a run of several lie over the picture of their tab. */
public final class BatchOverlay extends StackPane {
  private final TabsModel tabs;
  private final IconButton back;
  private final BatchPane pane;
  private final ObjectProperty<Optional<Batch>> batch =
      new SimpleObjectProperty<>(this, "batch", Optional.empty());
  private Subscription followed = Subscription.EMPTY;

  /**
   * @param tabs the tabs, of which the current one may show a run of several pictures
   * @param viewer gets the way back to the other pictures of a run
   * @param background where small pictures are read
   * @param open opens a picture, in a new tab where the user wants that
   * @param cancel stops what is not made yet
   */
  public BatchOverlay(
      TabsModel tabs,
      ViewerPane viewer,
      Background background,
      BiConsumer<Batch.Item, Boolean> open,
      Runnable cancel) {
    this.tabs = tabs;
    pane =
        new BatchPane(
            batch,
            new Thumbnails(background.queue()),
            open,
            cancel,
            () -> tabs.current().leaveBatch());
    back =
        new IconButton(Feather.GRID, "The pictures of this run", Shortcut.SHOW_RUN, this::showGrid);
    back.setId("batch-back");
    back.managedProperty().bind(back.visibleProperty());
    viewer.addControl(back);
    getChildren().add(pane);
    tabs.currentProperty().subscribe(this::follow);
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
    var tab = tabs.current();
    if (tab.batchProperty().get().isPresent()) {
      tab.gridProperty().set(true);
    }
  }
}
