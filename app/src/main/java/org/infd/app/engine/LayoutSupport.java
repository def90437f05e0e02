package org.infd.app.engine;

import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.guidance.GuidanceSettings.Depth;

/**
 * What a model can do with layouts.
 *
 * @param whyNot why it cannot follow one and what to do, as a sentence or two; empty where it can
 * @param goesBack whether the whole network has a VJP
 * @param clipSide the side in pixels of the squares that its CLIP looks at, 0 without one
 * @param smallestSide the least side of an image at which its renderer does not alias
 * @param trainedSide the largest image side that its renderer was trained on, 0 when unknown
 * @param latentSide the cells of its latent along a side
 */
public record LayoutSupport(
    String whyNot,
    boolean goesBack,
    int clipSide,
    int smallestSide,
    int trainedSide,
    int latentSide) {
  /** A model that follows none. */
  public static LayoutSupport none(String whyNot) {
    return new LayoutSupport(whyNot, false, 0, 1, 0, 1);
  }

  /** Whether layouts can be followed. */
  public boolean isThere() {
    return whyNot.isEmpty();
  }

  /** What the manifest of a bundle says of layouts. */
  static LayoutSupport of(ModelBundle bundle) {
    var manifest = bundle.manifest();
    var clip = manifest.clip();
    var whyNot = RecipeRules.whyNoLayout(bundle, Depth.FAST);
    var trained = manifest.trainedScale();
    return clip == null
        ? none(whyNot)
        : new LayoutSupport(
            whyNot,
            RecipeRules.whyNoLayout(bundle, Depth.FULL).isEmpty(),
            clip.side(),
            manifest.smallestSide(),
            trained == null ? 0 : trained.max(),
            Math.min(manifest.latent().height(), manifest.latent().width()));
  }
}
