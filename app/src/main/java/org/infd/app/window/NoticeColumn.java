package org.infd.app.window;

import javafx.geometry.Pos;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.work.NoticeBar;

/** What the user is told, the gravest first, one under the other. */
final class NoticeColumn extends VBox {
  /**
   * @param model tells it
   */
  NoticeColumn(StudioModel model) {
    super(
        new NoticeBar("loss", model.notices().lossProperty()),
        new NoticeBar("finishing", model.ending().finishingProperty()),
        new NoticeBar("offer", model.notices().offerProperty()),
        new NoticeBar("notice", model.notices().noticeProperty()));
    getStyleClass().add("notices");
    setAlignment(Pos.TOP_CENTER);
    setPickOnBounds(false);
    setMaxSize(Region.USE_PREF_SIZE, Region.USE_PREF_SIZE);
  }
}
