package org.infd.inference.guidance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.diffusion.PhiloxNoise;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.guidance.BoxCrops.Square;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Scores the boxes of a layout with CLIP, and gives the gradient of the loss with respect to what
 * it was shown.
 */
public final class ClipScorer {
  /** How much a negative prompt counts against its prompt. */
  private static final double NEGATIVE_SHARE = 0.5;

  /**
   * CLIP evaluates crops of so many pixels at once: five of the usual 224×224, each of which takes
   * 170 MB in the VJP of ViT-B/16 and 560 MB through L/14 (measured).
   */
  private static final int MOST_PIXELS = 1 << 18;

  /**
   * A box with what it is compared with.
   *
   * @param prompt the embedding of its prompt
   * @param negative the embedding of its negative prompt, or null without one
   */
  public record Target(LayoutBox box, Tensor prompt, @Nullable Tensor negative) {}

  private record EmbeddedTarget(
      LayoutBox box, SphericalDistance prompt, @Nullable SphericalDistance negative) {
    static EmbeddedTarget of(Target target) {
      var negative = target.negative();
      return new EmbeddedTarget(
          target.box(),
          new SphericalDistance(target.prompt().toArray()),
          negative == null ? null : new SphericalDistance(negative.toArray()));
    }
  }

  /**
   * One evaluation of a picture.
   *
   * @param cosines per box the mean over its crops, NaN where a box was not looked at
   * @param cotangent (n), of what the sight sums in: the direction in which it gets worse, each box
   *     with a length of its own weight
   */
  record Scores(List<Double> cosines, Tensor cotangent) {}

  private final GuidanceNetworks networks;
  private final List<EmbeddedTarget> embedded;
  private final int side;
  private final int smallestSide;
  private final int copies;
  private final PhiloxNoise noise;

  /**
   * @param side the side of CLIP's input in pixels
   * @param smallestSide the least side of an image at which the renderer does not alias
   * @param copies jittered copies per crop
   * @param noise where the jitter comes from
   */
  public ClipScorer(
      GuidanceNetworks networks,
      List<Target> targets,
      int side,
      int smallestSide,
      int copies,
      PhiloxNoise noise) {
    this.networks = networks;
    this.embedded = targets.stream().map(EmbeddedTarget::of).toList();
    this.side = side;
    this.smallestSide = smallestSide;
    this.copies = copies;
    this.noise = noise;
  }

  /** The boxes, in the order of all scores. */
  public List<LayoutBox> boxes() {
    return embedded.stream().map(EmbeddedTarget::box).toList();
  }

  /** The latent as decoder and renderer show it. */
  Sight field(Tensor z, Cancellation cancellation) {
    return new FieldSight(networks, z, side, smallestSide, cancellation);
  }

  /** The latent as a linear map shows it. */
  Sight linear(LinearPicture map, Tensor z) {
    return new LinearSight(map, z, side);
  }

  /** Whether what CLIP is to see of the boxes is there in a map's small pictures. */
  boolean isShown(LinearPicture map, Tensor z, boolean[] active) {
    for (int t = 0; t < active.length; t++) {
      int pictureSide = map.factor() * z.extent(2);
      if (active[t] && !LinearSight.shows(embedded.get(t).box(), pictureSide, side)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A crop of a box.
   *
   * @param count how many crops its box has
   * @param last whether it is the last one of its box
   */
  private record Crop(int target, Square square, int count, boolean last) {}

  /**
   * Scores the boxes of a latent.
   *
   * @param active which boxes
   * @param evaluation the number of the evaluation in the run, for the jitter
   * @throws CancellationException if it was asked for
   */
  Scores evaluate(Sight sight, boolean[] active, int evaluation, Cancellation cancellation) {
    var crops = crops(active, evaluation);
    var cosines = new double[embedded.size()];
    for (int t = 0; t < cosines.length; t++) {
      cosines[t] = active[t] ? 0 : Double.NaN;
    }
    var sum = new float[sight.elements()];
    var own = new float[sight.elements()];
    int most = Math.max(1, MOST_PIXELS / (side * side));
    for (int from = 0; from < crops.size(); from += most) {
      var some = crops.subList(from, Math.min(crops.size(), from + most));
      var colours = evaluate(sight, some, cosines, cancellation);
      back(sight, some, colours, own, sum, cancellation);
    }
    return new Scores(Arrays.stream(cosines).boxed().toList(), Tensor.of(sum, sum.length));
  }

  private List<Crop> crops(boolean[] active, int evaluation) {
    var crops = new ArrayList<Crop>();
    for (int t = 0; t < embedded.size(); t++) {
      if (active[t]) {
        var squares = BoxCrops.jittered(embedded.get(t).box(), copies, noise, evaluation, t);
        int number = 0;
        for (var square : squares) {
          crops.add(new Crop(t, square, squares.size(), ++number == squares.size()));
        }
      }
    }
    return crops;
  }

  /** Adds to the cosines of crops' boxes; gives the cotangents of their colours. */
  private Tensor evaluate(
      Sight sight, List<Crop> crops, double[] cosines, Cancellation cancellation) {
    var pictures = Tensor.zeros(crops.size(), 3, side, side);
    for (int i = 0; i < crops.size(); i++) {
      sight.show(crops.get(i).square(), pictures, i, cancellation);
    }
    var embeddings = networks.embed(pictures, cancellation).toArray();
    int length = embeddings.length / crops.size();
    var back = new float[embeddings.length];
    for (int i = 0; i < crops.size(); i++) {
      var crop = crops.get(i);
      var target = embedded.get(crop.target());
      cosines[crop.target()] += target.prompt().cosine(embeddings, i * length) / crop.count();
      target.prompt().addGradient(embeddings, i * length, 1.0 / crop.count(), back);
      if (target.negative() != null) {
        target.negative().addGradient(embeddings, i * length, -NEGATIVE_SHARE / crop.count(), back);
      }
    }
    return networks.embedVjp(pictures, Tensor.of(back, crops.size(), length), cancellation);
  }

  /**
   * Boxes one after the other, each balanced, so that a large one does not drown a small one.
   *
   * @param own what the crops of the box so far have added
   * @param sum takes the boxes that are complete
   */
  private void back(
      Sight sight,
      List<Crop> crops,
      Tensor colours,
      float[] own,
      float[] sum,
      Cancellation cancellation) {
    for (int i = 0; i < crops.size(); i++) {
      var crop = crops.get(i);
      sight.back(crop.square(), colours, i, own, cancellation);
      if (crop.last()) {
        addBalanced(own, embedded.get(crop.target()).box(), sum);
        Arrays.fill(own, 0);
      }
    }
  }

  /** The same length per covered area for each box of equal weight. */
  private static void addBalanced(float[] own, LayoutBox box, float[] sum) {
    double squares = 0;
    for (float value : own) {
      squares += (double) value * value;
    }
    // a box without gradient asks for nothing; one that is not finite spoils the whole, and is told
    double scale = squares == 0 ? 0 : box.weight() * Math.sqrt(box.area() / squares);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) (scale * own[i]);
    }
  }

  /**
   * The scores of a finished picture: on the very pixels that the user sees, without jitter.
   *
   * @return per box the mean cosine over its squares
   * @throws CancellationException if it was asked for
   */
  public double[] finished(FieldRenderer renderer, Cancellation cancellation) {
    var cosines = new double[embedded.size()];
    for (int t = 0; t < cosines.length; t++) {
      var squares = BoxCrops.of(embedded.get(t).box());
      var pictures = Tensor.zeros(squares.size(), 3, side, side);
      for (int i = 0; i < squares.size(); i++) {
        var seen = seen(renderer, squares.get(i), cancellation);
        pictures.data().put(i * seen.elements(), seen.data(), 0, seen.elements());
      }
      var embeddings = networks.embed(pictures, cancellation).toArray();
      int length = embeddings.length / squares.size();
      for (int i = 0; i < squares.size(); i++) {
        cosines[t] += embedded.get(t).prompt().cosine(embeddings, i * length) / squares.size();
      }
    }
    return cosines;
  }

  /** A square at the whole scale that is nearest to showing it in CLIP's side. */
  private Tensor seen(FieldRenderer renderer, Square square, Cancellation cancellation) {
    int whole = (int) Math.max(side, Math.rint(side / square.size()));
    int row = (int) Math.clamp(Math.rint(square.row() * whole), 0, whole - side);
    int column = (int) Math.clamp(Math.rint(square.column() * whole), 0, whole - side);
    var colours =
        renderer.render(whole, new Rectangle(row, column, side, side), cancellation).toArray();
    for (int i = 0; i < colours.length; i++) {
      colours[i] = Math.clamp(colours[i], -1, 1);
    }
    return Tensor.of(colours, 1, 3, side, side);
  }
}
