package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.infd.app.cli.Services.OpenPicture;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
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
                    "'"
                        + target
                        + "' has no ending that names a picture format. Pictures are written as .png,"
                        + " .jpg and .tif."));
  }

  /** Says what is wrong with a target before any work. */
  static void requireTarget(Path target) {
    if (target.toString().isEmpty()) {
      throw new Problem("--out is empty. Name the picture: --out FILE.png.");
    }
    format(target);
    AtomicFile.requireWritable(target);
  }

  /**
   * As {@link #requirePlaces}, where something must be written.
   *
   * @throws Problem if nothing is to be written, too
   */
  static void requireTargets(@Nullable Path out, @Nullable Path field, Path... sources) {
    if (out == null && field == null) {
      throw new Problem("Say where to put the picture: --out FILE.png, or --field FILE.infd.");
    }
    requirePlaces(out, field, sources);
  }

  /**
   * Says what is wrong with a picture and a field that are to be written, before any work.
   *
   * @param sources what is read for them, and must not be lost to them
   * @throws Problem if they are the same, cannot be written, or would replace a source
   */
  static void requirePlaces(@Nullable Path out, @Nullable Path field, Path... sources) {
    if (out != null) {
      requireTarget(out);
      requireKept(out, sources);
    }
    if (field != null) {
      AtomicFile.requireWritable(field);
      requireKept(field, sources);
    }
    requireDistinct(out, field);
  }

  /**
   * A picture and a field in one file would be one of them.
   *
   * @throws Problem if both names lead to one file
   */
  static void requireDistinct(@Nullable Path out, @Nullable Path field) {
    if (out != null && field != null && isSame(out, field)) {
      throw new Problem("--out and --field name the same file. Give them different names.");
    }
  }

  /**
   * What is read must not be lost to what is written.
   *
   * @throws Problem if it would be
   */
  static void requireKept(Path target, Path... sources) {
    for (var source : sources) {
      if (isSame(target, source)) {
        throw new Problem(
            target + " would take the place of the file that is read. Choose another name.");
      }
    }
  }

  /** Also through links and by other ways of writing a path. */
  private static boolean isSame(Path one, Path other) {
    try {
      if (Files.exists(one) && Files.exists(other)) {
        return Files.isSameFile(one, other);
      }
    } catch (IOException e) {
      // then the names decide
    }
    return one.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
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
    var plain = PictureMetadata.of(recipe, frame, exact, device, model.manifest());
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
