package org.infd.app.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.engine.PictureHolds;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.tab.TabsModel;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;

/**
 * Keeps pictures that were made: in the gallery, and the last one as the one that the next start
 * shows. All methods belong to the user interface's thread.
 */
public final class PictureKeeper {
  private static final System.Logger LOG = System.getLogger(PictureKeeper.class.getName());

  private final Engine engine;
  private final Executor ui;
  private final TabsModel tabs;
  private final GalleryModel gallery;
  private final PictureHolds holds;
  private final Path lastPicture;

  /**
   * @param tabs told of the files that their pictures are in
   * @param lastPicture where the picture is kept that the next start shows
   */
  public PictureKeeper(
      Engine engine,
      Executor ui,
      TabsModel tabs,
      GalleryModel gallery,
      PictureHolds holds,
      Path lastPicture) {
    this.engine = engine;
    this.ui = ui;
    this.tabs = tabs;
    this.gallery = gallery;
    this.holds = holds;
    this.lastPicture = lastPicture;
  }

  /**
   * Keeps a picture, in the background.
   *
   * @param kept takes its file
   * @param lost called when it could not be kept; the gallery has told why
   */
  void keep(Picture made, Consumer<Path> kept, Runnable lost) {
    holds.hold(made);
    var done = new AtomicBoolean();
    gallery.keep(
        made.recipe(),
        file -> {
          engine.save(made, file);
          remember(file);
          ui.execute(
              () -> {
                done.set(true);
                tabs.keptAs(made, file);
                kept.accept(file);
              });
        },
        () -> {
          holds.letGo(made);
          if (!done.get()) {
            lost.run();
          }
        });
  }

  /** Only the next start is poorer where this fails. */
  private void remember(Path file) {
    try {
      var bytes = Files.readAllBytes(file);
      AtomicFile.write(lastPicture, stream -> stream.write(bytes));
    } catch (IOException | Problem e) {
      LOG.log(System.Logger.Level.WARNING, "the last picture was not remembered", e);
    }
  }
}
