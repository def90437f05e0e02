package org.infd.app.window;

import java.io.File;
import java.util.List;
import javafx.css.PseudoClass;
import javafx.scene.Node;
import javafx.scene.input.Clipboard;
import javafx.scene.input.DragEvent;
import javafx.scene.input.TransferMode;
import org.infd.app.photo.PastedPicture;

/** Opens what is dropped anywhere on the window, and what is pasted. */
final class FileDrop {
  private static final PseudoClass DROP = PseudoClass.getPseudoClass("drop");

  private final StudioModel model;

  FileDrop(StudioModel model) {
    this.model = model;
  }

  /** Takes files that are dragged over a window, which looks different meanwhile. */
  void attach(Node window) {
    window.setOnDragOver(
        event -> {
          if (event.getDragboard().hasFiles()) {
            event.acceptTransferModes(TransferMode.COPY);
            window.pseudoClassStateChanged(DROP, true);
          }
          event.consume();
        });
    window.setOnDragDropped(this::dropped);
    window.setOnDragExited(event -> window.pseudoClassStateChanged(DROP, false));
  }

  private void dropped(DragEvent event) {
    var files = event.getDragboard().getFiles();
    open(files);
    event.setDropCompleted(!files.isEmpty());
    event.consume();
  }

  /** Opens the files or the picture on the clipboard. */
  void paste() {
    var clipboard = Clipboard.getSystemClipboard();
    if (clipboard.hasFiles() && !clipboard.getFiles().isEmpty()) {
      open(clipboard.getFiles());
    } else if (!model.generation().isRunning()) {
      PastedPicture.file(clipboard)
          .ifPresentOrElse(
              model.opener()::openPasted,
              () -> PastedPicture.of(clipboard.getImage()).ifPresent(model.opener()::choosePhoto));
    }
  }

  private void open(List<File> files) {
    if (!files.isEmpty()) {
      model.opener().drop(files.stream().map(File::toPath).toList());
    }
  }
}
