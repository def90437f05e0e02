package org.infd.app.engine;

import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.infd.app.work.DiskRoom;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.export.ExportEstimate;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Film;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PyramidPlan;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.FixedPicture;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.DiveRules;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.ExportIdentity;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.OpenDive;
import org.infd.inference.generation.OpenImage;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.PictureMetadata.Invented;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Writes any part of an open picture at any size and depth. The device is asked piece by piece and
 * comes to it when no tile on screen waits.
 *
 * @param dive what is below the picture's own scale, where there is anything
 */
record ModelExports(ImageEngine images, OpenImage picture, Optional<OpenDive> dive) {
  /**
   * What renders an area.
   *
   * @param frame what the renderer is asked for
   * @param shown what the file says of itself
   * @param invented what of it was invented, or null
   */
  private record Source(
      FieldRenderer renderer, Frame frame, Frame shown, @Nullable Invented invented) {}

  void write(ExportTask task, boolean anew, DoubleConsumer progress, Cancellation cancellation) {
    switch (task) {
      case PictureTask of -> write(of, anew, progress, cancellation);
      case FilmTask of -> write(of, anew, progress, cancellation);
    }
  }

  private void write(FilmTask task, boolean anew, DoubleConsumer progress, Cancellation c) {
    var path = task.shot().path();
    Film.requireTarget(task.target());
    if (anew) {
      task.forget();
    }
    // the last frame is the deepest
    var last = source(task.shot().frame(path.frames() - 1, dive.isPresent()), Priority.EXPORT, c);
    var text = metadata(last).toPngText();
    new Film(
            (side, view) -> cutOut(side, view, c),
            path,
            task.shot().framesPerSecond(),
            identity(),
            text)
        .write(task.target(), (done, all) -> progress.accept((double) done / all), c);
  }

  /** A view as a picture of its own. */
  private FieldRenderer cutOut(long side, DiveRectangle view, Cancellation cancellation) {
    if (dive.isPresent()) {
      return dive.get().cutOut(Priority.EXPORT, side, view);
    }
    var whole = images.queued(picture.renderer(), Priority.EXPORT, cancellation);
    int row = Math.toIntExact(view.row());
    int column = Math.toIntExact(view.column());
    return (n, at, c) ->
        whole.render(
            Math.toIntExact(side),
            new Rectangle(row + at.row(), column + at.column(), at.height(), at.width()),
            c);
  }

  /** All that the pixels of a film depend on. */
  private String identity() {
    var image = picture.image();
    return dive.map(
            below ->
                DiveRules.identity(
                    image,
                    picture.bundle(),
                    DiveSettings.of(below.dive().options(), below.dive().lattice().sharpSide())))
        .orElseGet(() -> DiveRules.identity(image, picture.bundle()));
  }

  private void write(
      PictureTask task, boolean anew, DoubleConsumer progress, Cancellation cancellation) {
    var settings = task.settings();
    var target = task.target();
    ResumableExport.requirePlace(target, settings.format().isFolder());
    var source = source(task.area(), Priority.EXPORT, cancellation);
    var metadata = metadata(source);
    var text = metadata.toPngText();
    var layout = settings.layout(source.frame(), target, text);
    var identity = ExportIdentity.of(picture.image(), picture.bundle(), metadata, text, settings);
    var export = new ResumableExport(target, layout, identity);
    if (anew) {
      export.forget();
    }
    if (!export.isBegun() && layout.plan().pixels() >= ExportEstimate.WORTH_ESTIMATING) {
      DiskRoom.require(
          target, estimate(task.area(), settings, source, layout.plan(), cancellation).bytes());
    }
    export.run(
        source.renderer(), (done, total) -> progress.accept((double) done / total), cancellation);
  }

  ExportCost cost(ExportArea area, ExportSettings settings, Cancellation cancellation) {
    var source = source(area, Priority.EXPORT, cancellation);
    var plan = settings.plan(source.frame());
    var estimate = estimate(area, settings, source, plan, cancellation);
    return new ExportCost(
        estimate.least(),
        estimate.most(),
        estimate.bytes(),
        settings.format().isFolder() ? plan.count() + 1 : 1,
        settings.advice(source.frame(), plan));
  }

  Tensor pixels(ExportArea area, Cancellation cancellation) {
    var source = source(area, Priority.PREVIEW, cancellation);
    return source
        .renderer()
        .render(source.frame().imageSide(), source.frame().rectangle(), cancellation);
  }

  private ExportEstimate estimate(
      ExportArea area,
      ExportSettings settings,
      Source source,
      PyramidPlan plan,
      Cancellation cancellation) {
    if (area.invented() && dive.isPresent()) {
      // children are made on the way, which is work of this export
      return ExportEstimate.of(settings, plan, source.renderer(), cancellation);
    }
    // only the work itself is timed, not the wait for more urgent work
    return ExportEstimate.of(
        settings,
        plan,
        (side, place) ->
            images.call(
                Priority.EXPORT,
                cancellation,
                () ->
                    ExportEstimate.Piece.timed(
                        () -> picture.renderer().render(side, place, cancellation))));
  }

  private Source source(ExportArea area, Priority priority, Cancellation cancellation) {
    if (!area.invented() || dive.isEmpty()) {
      var frame = area.frame().orElseThrow(ModelExports::tooDeep);
      if (priority == Priority.EXPORT) {
        FixedPicture.requireSide(picture.bundle().manifest(), frame.imageSide());
      }
      return new Source(
          images.queued(picture.renderer(), priority, cancellation), frame, frame, null);
    }
    var below = dive.get();
    var lattice = below.dive().lattice();
    if (area.side() > lattice.largestSide()) {
      throw tooDeep();
    }
    var invented =
        Invented.of(
            lattice,
            DiveRules.of(picture.bundle(), picture.image()),
            area.side(),
            area.row(),
            area.column());
    var frame = area.frame();
    if (frame.isPresent()) {
      return new Source(
          below.renderer(priority),
          frame.get(),
          frame.get(),
          invented.depth() == 0 ? null : invented);
    }
    return cutOut(area, below.cutOut(priority, area.side(), area.rectangle()), invented);
  }

  /** A frame of an odd side cannot be halved: its smaller sizes are means, not rendered. */
  private static Source cutOut(ExportArea area, FieldRenderer cut, Invented invented) {
    int longest = Math.max(area.height(), area.width());
    return new Source(
        (side, rectangle, cancellation) -> cut.render(longest, rectangle, cancellation),
        new Frame(longest | 1, new Rectangle(0, 0, area.height(), area.width())),
        Frame.alone(area.height(), area.width()),
        invented);
  }

  private static Problem tooDeep() {
    return new Problem(
        NumberText.format(
            "This part is too small for so many pixels: the whole picture would have more than %,d"
                + " a side, and there is nothing deeper. Take a smaller size or a larger part.",
            FieldRenderer.LARGEST_SIDE));
  }

  private PictureMetadata metadata(Source source) {
    var plain =
        PictureMetadata.of(
            picture.image().base().recipe(),
            source.shown(),
            false,
            images.device(),
            picture.bundle().manifest());
    var invented = source.invented();
    return invented == null ? plain : plain.with(invented);
  }
}
