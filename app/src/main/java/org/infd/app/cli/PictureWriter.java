package org.infd.app.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/** Writes a picture in the format that its ending names, with its metadata, showing progress. */
record PictureWriter(Terminal terminal, ModelBundle model, Device device, boolean exact) {
  /**
   * The format that the ending of a file names.
   *
   * @throws Problem if it names none
   */
  static PictureFormat format(Path target) {
    return PictureFormat.of(target)
        .orElseThrow(
            () ->
                new Problem(
                    target
                        + " has no ending that names a picture format. Pictures are written as .png,"
                        + " .jpg and .tif."));
  }

  /** Says what is wrong with a target before any work. */
  static void requireTarget(Path target) {
    format(target);
    AtomicFile.requireWritable(target);
  }

  /**
   * Says what is wrong with a picture and a field that are to be written, before any work.
   *
   * @throws Problem if none is, or they are the same, or cannot be written
   */
  static void requireTargets(@Nullable Path out, @Nullable Path field) {
    if (out == null && field == null) {
      throw new Problem("Say where to put the picture: --out FILE.png, or --field FILE.infd.");
    }
    if (out != null) {
      requireTarget(out);
    }
    if (field != null) {
      AtomicFile.requireWritable(field);
    }
    if (out != null && out.equals(field)) {
      throw new Problem("--out and --field name the same file. Give them different names.");
    }
  }

  void write(OpenPicture picture, Frame frame, Path target, Cancellation cancellation) {
    write(picture.image().base().recipe(), picture.renderer(), frame, null, target, cancellation);
  }

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
    var plain =
        PictureMetadata.of(
            recipe, frame, exact, device, model.manifest().storage() == Manifest.Storage.FP16);
    var metadata = invented == null ? plain : plain.with(invented);
    try (var bar = new ProgressBar(terminal, "Rendering")) {
      PictureExport.write(
          target,
          PictureExport.Encoding.of(format(target)),
          renderer,
          frame,
          metadata.toPngText(),
          (done, total) ->
              bar.update(
                  done,
                  total,
                  String.format(Locale.ROOT, "%.1f of %.1f megapixels", done / 1e6, total / 1e6)),
          cancellation);
    }
    var size = frame.rectangle();
    terminal.result(
        NumberText.format(
            "%s: %d×%d pixels, seed %s", target, size.width(), size.height(), recipe.seedText()));
  }
}
