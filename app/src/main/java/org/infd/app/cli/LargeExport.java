package org.infd.app.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.app.work.Bytes;
import org.infd.app.work.SecondsRange;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.ExportEstimate;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureLayout;
import org.infd.inference.export.PngText;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/**
 * Writes a picture of any size so that it goes on where it was interrupted, says before what it
 * takes, and shows progress.
 *
 * @param field the hash of the image's file
 * @param restart whether what an interrupted export left is thrown away
 */
record LargeExport(
    Terminal terminal,
    ModelBundle model,
    Device device,
    boolean exact,
    String field,
    ExportSettings settings,
    boolean restart) {
  /** Smaller pictures are done before an estimate would be. */
  private static final long WORTH_ESTIMATING = 64_000_000;

  /** Estimates are wrong by this much at times. */
  private static final double DOUBT = 1.2;

  /**
   * Writes what a renderer shows.
   *
   * @param invented what of it lies below the image's own scale, or null
   */
  void write(
      Recipe recipe,
      FieldRenderer renderer,
      Frame frame,
      @Nullable Invented invented,
      Path target,
      Cancellation cancellation) {
    var plain = PictureMetadata.of(recipe, frame, exact, device, model.manifest());
    var metadata = invented == null ? plain : plain.with(invented);
    var text = metadata.toPngText();
    var layout = settings.layout(frame, target, text);
    var export = new ResumableExport(target, layout, identity(metadata, text));
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

  private Map<String, String> identity(PictureMetadata metadata, PngText text) {
    var frame = metadata.frame();
    var place = frame.rectangle();
    var identity = new LinkedHashMap<String, String>();
    identity.put("field", field);
    identity.put("model", metadata.recipe().modelHash() + " " + model.hash());
    identity.put("size", place.width() + "x" + place.height());
    identity.put("region", place.row() + "," + place.column() + " of " + frame.imageSide());
    identity.put("format", settings.inWords());
    var page = settings.page();
    identity.put("page", page == null ? "none" : page.title());
    identity.put("device", metadata.device() + ", " + metadata.precision());
    identity.put("kind of statistics", metadata.statistics());
    identity.put("version of the program", metadata.software());
    identity.put("text", ModelBundle.sha256(text.toString().getBytes(StandardCharsets.UTF_8)));
    return identity;
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
    if (plan.pixels() < WORTH_ESTIMATING) {
      return;
    }
    var cost = ExportEstimate.of(settings, plan, renderer, cancellation);
    terminal.note(
        NumberText.format(
            "%d pieces, about %s on the disk, %s",
            plan.count(),
            Bytes.text(cost.bytes()),
            new SecondsRange(cost.least(), cost.most()).text()));
    long free = ExportEstimate.free(target);
    if (cost.bytes() > free * DOUBT) {
      throw new Problem(
          NumberText.format(
              "There is not enough room for %s: it takes about %s, and %s are free. Make room,"
                  + " choose another place, or a format that is smaller.",
              target, Bytes.text(cost.bytes()), Bytes.text(free)));
    }
    if (cost.bytes() * DOUBT > free) {
      terminal.note(
          NumberText.format(
              "Only %s are free there, which may not be enough; a full disk interrupts the export,"
                  + " and it goes on when there is room.",
              Bytes.text(free)));
    }
  }
}
