package org.infd.app.export;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleConsumer;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.inference.Problem;
import org.infd.inference.export.OtherExport;
import org.infd.inference.runtime.Cancellation;

/**
 * The background part of an export.
 *
 * @param picture what it is rendered from; empty to open it from its file
 * @param source the picture's field file; empty for none
 * @param blocked becomes true where another export of its name was begun
 */
record ExportRun(
    Engine engine,
    ExportItem item,
    Optional<Picture> picture,
    Optional<Path> source,
    AtomicBoolean blocked) {
  /**
   * Writes it, or what is missing of it.
   *
   * @param progress told the part done, 0 to 1
   * @throws Problem if it cannot be written; what is done stays
   */
  void write(DoubleConsumer progress, Cancellation cancellation) {
    var rendered = picture.orElseGet(() -> open(cancellation));
    try {
      engine.export(
          rendered,
          item.task(),
          item.isAnew(),
          part -> {
            item.begun(true);
            progress.accept(part);
          },
          cancellation);
    } catch (OtherExport e) {
      blocked.set(true);
      throw new Problem(
          "Another export to '"
              + item.name()
              + "' was begun and not finished: "
              + e.different()
              + ". Choose another name, or begin anew, which throws away what is done of it.",
          e);
    } finally {
      if (picture.isEmpty()) {
        engine.release(rendered);
      }
    }
  }

  private Picture open(Cancellation cancellation) {
    var lost = "'" + item.name() + "' was not written again: ";
    var file =
        source.orElseThrow(() -> new Problem(lost + "its picture is in no file. Make it again."));
    try {
      return engine.open(file, Engine.Watcher.NOBODY, cancellation);
    } catch (Problem e) {
      throw new Problem(lost + e.getMessage(), e);
    }
  }
}
