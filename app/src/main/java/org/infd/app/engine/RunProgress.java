package org.infd.app.engine;

import java.nio.IntBuffer;
import java.util.List;
import java.util.Optional;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.diffusion.SamplingStep;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ImageEngine;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.DeviceQueue.Priority;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Passes the progress of a run on to its watcher, with previews where they are wanted. */
final class RunProgress implements RunListener {
  /** A preview is enlarged to about this side, which is soft enough for a whole window. */
  private static final int PREVIEW_SIDE = 512;

  private final ImageEngine images;
  private final PreviewMaps previews;
  private final ModelBundle bundle;
  private final Engine.Watcher watcher;
  private final int steps;
  private final Cancellation cancellation;
  private @Nullable FieldImage plain;

  /**
   * @param steps how many steps the run takes, told before the first
   * @param cancellation ends what previews need
   */
  RunProgress(
      ImageEngine images,
      PreviewMaps previews,
      ModelBundle bundle,
      Engine.Watcher watcher,
      int steps,
      Cancellation cancellation) {
    this.images = images;
    this.previews = previews;
    this.bundle = bundle;
    this.watcher = watcher;
    this.steps = steps;
    this.cancellation = cancellation;
  }

  @Override
  public void stage(Stage stage) {
    watcher.stage(stage);
    switch (stage) {
      case COMPARING, SAMPLING -> watcher.step(0, steps);
      case LOADING, DECODING -> {}
    }
  }

  @Override
  public void sampled(SamplingStep step) {
    watcher.sampled(step);
    if (!watcher.wantsPreview(step.number())) {
      return;
    }
    var z = step.x0();
    if (previews.wantsFit(bundle, step)) {
      previews.fit(bundle, z, this::thumbnail);
    }
    var pixels = previews.map(bundle).argb(z);
    var cells = new PixelImage(z.extent(3), z.extent(2), IntBuffer.wrap(pixels));
    int factor = Math.max(1, PREVIEW_SIDE / Math.max(cells.width(), cells.height()));
    watcher.preview(cells.enlarged(factor));
  }

  @Override
  public void evaluated(int number, List<Double> cosines) {
    watcher.evaluated(number, cosines);
  }

  @Override
  public void compared(FieldImage unguided) {
    plain = unguided;
    watcher.compared(unguided);
  }

  @Override
  public void note(String sentence) {
    watcher.note(sentence);
  }

  /** The picture without the layout, if one was sampled on the way. */
  Optional<FieldImage> unguided() {
    return Optional.ofNullable(plain);
  }

  /** What a latent looks like decoded, small. */
  private Tensor thumbnail(Tensor z) {
    var image =
        FieldImage.of(
            z,
            Recipe.builder(bundle.manifest().id(), bundle.hash())
                .steps(1)
                .sampler(Recipe.SamplerKind.DPMPP)
                .build());
    try (var open =
        images.open(bundle, image, StatisticsMode.INTERPOLATED, RunListener.none(), cancellation)) {
      int side = PreviewMaps.fitSide(bundle);
      return images
          .queued(open.renderer(), Priority.PREVIEW, cancellation)
          .render(side, Rectangle.whole(side), cancellation);
    }
  }
}
