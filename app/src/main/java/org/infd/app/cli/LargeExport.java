package org.infd.app.cli;

import java.nio.file.Path;
import org.infd.app.work.Bytes;
import org.infd.app.work.DiskRoom;
import org.infd.app.work.SecondsRange;
import org.infd.inference.NumberText;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.ExportEstimate;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureLayout;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.ExportIdentity;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/**
 * Writes a picture of any size so that it goes on where it was interrupted, says before what it
 * takes, and shows progress.
 *
 * @param restart whether what an interrupted export left is thrown away
 */
record LargeExport(
    Terminal terminal,
    ModelBundle model,
    Device device,
    boolean exact,
    ExportSettings settings,
    boolean restart) {
  /**
   * Writes what a renderer shows.
   *
   * @param invented what of it lies below the image's own scale, or null
   */
  void write(
      FieldImage image,
      FieldRenderer renderer,
      Frame frame,
      @Nullable Invented invented,
      Path target,
      Cancellation cancellation) {
    var recipe = image.base().recipe();
    var plain = PictureMetadata.of(recipe, frame, exact, device, model.manifest());
    var metadata = invented == null ? plain : plain.with(invented);
    var text = metadata.toPngText();
    var layout = settings.layout(frame, target, text);
    var export =
        new ResumableExport(
            target, layout, ExportIdentity.of(image, model, metadata, text, settings));
    if (restart) {
      export.forget();
    }
    if (export.isBegun()) {
      terminal.note("Going on with " + target + ", which was interrupted.");
    } else {
      tellBefore(renderer, frame, layout, target, cancellation);
    }
    try (var bar = new ProgressBar(terminal, "Rendering")) {
      export.run(
          renderer,
          (done, total) ->
              bar.update(
                  done,
                  total,
                  NumberText.format("%.1f of %.1f megapixels", done / 1e6, total / 1e6)),
          cancellation);
    }
    var size = frame.rectangle();
    terminal.result(
        NumberText.format(
            "%s: %d×%d pixels%s, seed %s",
            target,
            size.width(),
            size.height(),
            settings.format().isFolder()
                ? NumberText.format(" in %d tiles", layout.plan().count())
                : "",
            recipe.seedText()));
  }

  /** What it takes, and whether there is room for it. */
  private void tellBefore(
      FieldRenderer renderer,
      Frame frame,
      PictureLayout layout,
      Path target,
      Cancellation cancellation) {
    var plan = layout.plan();
    settings.advice(frame, plan).forEach(terminal::note);
    if (plan.pixels() < ExportEstimate.WORTH_ESTIMATING) {
      return;
    }
    var cost = ExportEstimate.of(settings, frame, plan, renderer, cancellation);
    terminal.note(
        NumberText.format(
            "%d pieces, about %s on the disk, %s",
            plan.count(),
            Bytes.text(cost.bytes()),
            new SecondsRange(cost.least(), cost.most()).text()));
    DiskRoom.require(target, cost.bytes());
    DiskRoom.doubt(target, cost.bytes()).ifPresent(terminal::note);
  }
}
