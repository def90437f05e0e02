package org.infd.app.window;

import java.nio.file.Files;
import javafx.scene.image.PixelBuffer;
import javafx.scene.image.PixelFormat;
import javafx.scene.image.WritableImage;
import javafx.scene.input.Clipboard;
import javafx.scene.input.ClipboardContent;
import org.infd.app.engine.PictureTask;
import org.infd.app.export.ExportItem;
import org.infd.app.opening.FileDialogs;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.export.ExportFormat;

/** Opens, saves, exports and copies, asking for files where they are wanted. */
final class FileCommands {
  private final StudioModel model;
  private final FileDialogs dialogs;

  /**
   * @param dialogs asks for files
   */
  FileCommands(StudioModel model, FileDialogs dialogs) {
    this.model = model;
    this.dialogs = dialogs;
  }

  /** Opens a file that is asked for. */
  void open() {
    dialogs.open().ifPresent(model.opener()::openFile);
  }

  /** Saves the field of the open picture. */
  void save() {
    dialogs.saveField(model.exports().fileName()).ifPresent(model.exports()::save);
  }

  /** Exports the whole picture. */
  void export() {
    dialogs
        .export(
            model.exports().fileName() + "-" + model.recipe().exportSideProperty().get(),
            ExportFormat.PNG)
        .ifPresent(model.exports()::export);
  }

  /** Exports what is chosen beside the picture. */
  void exportChosen() {
    var choices = model.exports().choices();
    dialogs
        .export(
            model.exports().fileName() + "-" + choices.longSide(), choices.formatProperty().get())
        .ifPresent(model.exports()::exportChosen);
  }

  /** Writes the film that is chosen beside the picture. */
  void film() {
    var format = model.exports().film().formatProperty().get();
    dialogs
        .film(model.exports().fileName() + "-zoom", format)
        .ifPresent(model.exports()::exportFilm);
  }

  /** Opens what was exported: a file by the system's program, a folder of tiles by its page. */
  void openExported(ExportItem item) {
    var target = item.task().target();
    var page = item.task() instanceof PictureTask(_, var settings, _) ? settings.page() : null;
    if (page != null) {
      dialogs.open(target.resolve("index.html"));
    } else if (Files.isDirectory(target)) {
      dialogs.show(target);
    } else {
      dialogs.open(target);
    }
  }

  /** Puts what is on the screen on the clipboard. */
  void copyView() {
    model.exports().copyView(FileCommands::copy);
  }

  private static void copy(PixelImage pixels) {
    var content = new ClipboardContent();
    content.putImage(
        new WritableImage(
            new PixelBuffer<>(
                pixels.width(),
                pixels.height(),
                pixels.pixels(),
                PixelFormat.getIntArgbPreInstance())));
    Clipboard.getSystemClipboard().setContent(content);
  }
}
