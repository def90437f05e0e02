package org.infd.inference.dive;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;

/** What a dive promises, measured. Colours are in grey levels, 1/255 of their range. */
final class DiveMeasures {
  private static final Cancellation GO = Cancellation.never();
  private static final double GREY = 127.5;

  private final Dive dive;
  private final DiveLattice lattice;

  DiveMeasures(Dive dive) {
    this.dive = dive;
    lattice = dive.lattice();
  }

  /** A rectangle of a picture. */
  static Tensor cut(Tensor rgb, Rectangle at) {
    var result = Tensor.zeros(1, 3, at.height(), at.width());
    for (int channel = 0; channel < 3; channel++) {
      for (int r = 0; r < at.height(); r++) {
        for (int c = 0; c < at.width(); c++) {
          result.set(
              (channel * at.height() + r) * at.width() + c,
              rgb.get((channel * rgb.extent(2) + at.row() + r) * rgb.extent(3) + at.column() + c));
        }
      }
    }
    return result;
  }

  static String hash(Tensor rgb) {
    var bytes = ByteBuffer.allocate(4 * rgb.elements());
    bytes.asFloatBuffer().put(rgb.data());
    return ModelBundle.sha256(bytes.array()).substring(0, 12);
  }

  /** The rectangle of the picture above, in whole anchor pixels, that lies within what is shown. */
  private DiveRectangle base(DiveRectangle shown) {
    int unit = lattice.encoderSide() / dive.options().anchor();
    long gain = lattice.gain();
    long row = Math.ceilDiv(shown.row(), gain * unit) * unit;
    long column = Math.ceilDiv(shown.column(), gain * unit) * unit;
    int height = (int) ((shown.rowEnd() / gain / unit) * unit - row);
    int width = (int) ((shown.columnEnd() / gain / unit) * unit - column);
    return new DiveRectangle(row, column, height, width);
  }

  private static double[] plane(Tensor rgb, int channel) {
    int size = rgb.extent(2) * rgb.extent(3);
    var plane = new double[size];
    for (int i = 0; i < size; i++) {
      plane[i] = rgb.get(channel * size + i);
    }
    return plane;
  }

  /** How far the means on anchor pixels are from those of the picture above. */
  String anchors(int depth, DiveRectangle shown) {
    int unit = lattice.encoderSide() / dive.options().anchor();
    int gain = lattice.gain();
    var base = base(shown);
    var fine =
        new DiveRectangle(
            base.row() * gain, base.column() * gain, base.height() * gain, base.width() * gain);
    var above = DiveMaker.clamped(dive.picture().render(lattice.baseSide(depth), base, GO));
    var below = dive.picture().render(lattice.finestSide(depth), fine, GO);
    int rows = base.height() / unit;
    int columns = base.width() / unit;
    var coarse = new AnchorGrid(rows, columns, unit);
    var dense = new AnchorGrid(rows, columns, unit * gain);
    double most = 0;
    double mostOfBytes = 0;
    for (int channel = 0; channel < 3; channel++) {
      var expected = coarse.means(plane(above, channel));
      var plane = plane(below, channel);
      var means = dense.means(plane);
      var bytes = dense.means(rounded(plane));
      for (int i = 0; i < means.length; i++) {
        most = Math.max(most, GREY * Math.abs(means[i] - expected[i]));
        mostOfBytes = Math.max(mostOfBytes, GREY * Math.abs(bytes[i] - expected[i]));
      }
    }
    return String.format(
        Locale.ROOT,
        "anchors: at most %.4f grey levels from the picture above, %.4f after rounding to 8 bits",
        most,
        mostOfBytes);
  }

  private static double[] rounded(double[] plane) {
    var result = plane.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] = Math.rint((Math.clamp(result[i], -1, 1) + 1) * GREY) / GREY - 1;
    }
    return result;
  }

  /** Steps across the rims of squares and across the borders of cells, over those beside them. */
  String steps(int depth, DiveRectangle shown, Tensor rgb) {
    int gain = lattice.gain();
    var rims = new Sum();
    var cores = new Sum();
    var inside = new Sum();
    for (int c = 1; c < shown.width(); c++) {
      long pixel = shown.column() + c;
      if (pixel % gain != 0) {
        continue;
      }
      long at = pixel / gain;
      boolean core = lattice.owner(depth, at) != lattice.owner(depth, at - 1);
      boolean rim = false;
      for (var key : lattice.meeting(depth, new DiveRectangle(0, Math.max(0, at - 1), 1, 2))) {
        var square = lattice.square(key);
        rim |= square.column() == at || square.columnEnd() == at;
      }
      var sum = core ? cores : rim ? rims : inside;
      for (int channel = 0; channel < 3; channel++) {
        for (int r = 0; r < shown.height(); r++) {
          int i = (channel * shown.height() + r) * shown.width() + c;
          sum.add(rgb.get(i) - rgb.get(i - 1));
        }
      }
    }
    return String.format(
        Locale.ROOT,
        "steps over inside: rims %.3f (%d), cores %.3f (%d); inside %.2f grey levels",
        rims.rms() / inside.rms(),
        rims.count,
        cores.rms() / inside.rms(),
        cores.count,
        GREY * inside.rms());
  }

  private static final class Sum {
    private double squares;
    private long count;

    void add(double value) {
      squares += value * value;
      count++;
    }

    double rms() {
      return count == 0 ? Double.NaN : Math.sqrt(squares / count);
    }
  }

  /** How alike neighbours are where both show the same place, above the anchor. */
  String siblings(int depth, DiveRectangle shown) {
    var keys = lattice.meeting(depth, base(shown));
    var correlations = new ArrayList<Double>();
    for (var key : keys) {
      var next = new DiveKey(depth, key.row(), key.column() + 1);
      if (keys.contains(next)) {
        dive.withFull(
            List.of(key, next),
            open -> {
              compare(open.get(0), open.get(1), correlations);
              return open.getFirst().latent();
            },
            GO);
      }
    }
    return String.format(
        Locale.ROOT, "siblings above the anchor: correlation %s", shortly(correlations));
  }

  private static String shortly(List<Double> values) {
    return values.stream()
        .map(value -> String.format(Locale.ROOT, "%.3f", value))
        .toList()
        .toString();
  }

  private void compare(DiveChild left, DiveChild right, List<Double> correlations) {
    int side = lattice.encoderSide() * lattice.gain();
    long first = lattice.square(left.key()).column();
    long second = lattice.square(right.key()).column();
    int shift = (int) (second - first) * lattice.gain();
    int width = side - shift;
    var one = left.field().render(side, new Rectangle(0, shift, side, width), GO);
    var two = right.field().render(side, new Rectangle(0, 0, side, width), GO);
    int scale = lattice.gain() * lattice.encoderSide() / dive.options().anchor();
    var grid = new AnchorGrid(side / scale, width / scale, scale);
    double both = 0;
    double ofOne = 0;
    double ofTwo = 0;
    for (int channel = 0; channel < 3; channel++) {
      var a = detail(grid, plane(one, channel));
      var b = detail(grid, plane(two, channel));
      for (int i = 0; i < a.length; i++) {
        both += a[i] * b[i];
        ofOne += a[i] * a[i];
        ofTwo += b[i] * b[i];
      }
    }
    correlations.add(both / Math.sqrt(ofOne * ofTwo));
  }

  private static double[] detail(AnchorGrid grid, double[] plane) {
    var smooth = grid.enlarged(grid.means(plane));
    for (int i = 0; i < plane.length; i++) {
      plane[i] -= smooth[i];
    }
    return plane;
  }

  /** How far children are from the picture above before they are brought to agree with it. */
  String mismatch(int depth, DiveRectangle shown) {
    int side = lattice.encoderSide();
    int anchor = dive.options().anchor();
    var onAnchors = new Sum();
    var onPixels = new Sum();
    for (var key : lattice.meeting(depth, base(shown))) {
      var above =
          DiveMaker.clamped(
              dive.picture().render(lattice.baseSide(depth), lattice.square(key), GO));
      dive.withFull(
          List.of(key),
          open -> {
            var own = open.getFirst().field().render(side, Rectangle.whole(side), GO);
            var grid = new AnchorGrid(anchor, anchor, side / anchor);
            for (int channel = 0; channel < 3; channel++) {
              var difference = plane(own, channel);
              var expected = plane(above, channel);
              for (int i = 0; i < difference.length; i++) {
                difference[i] -= expected[i];
                onPixels.add(difference[i]);
              }
              for (double mean : grid.means(difference)) {
                onAnchors.add(mean);
              }
            }
            return own;
          },
          GO);
    }
    return String.format(
        Locale.ROOT,
        "mismatch before compositing: %.2f grey levels on anchors, %.2f on pixels",
        GREY * onAnchors.rms(),
        GREY * onPixels.rms());
  }

  /** The mean of what one pixel, and one anchor pixel, of the sharp picture has become. */
  String colour(int depth, DiveRectangle shown) {
    long scale = lattice.finestSide(depth) / lattice.sharpSide();
    int unit = lattice.encoderSide() / dive.options().anchor();
    var words = new StringBuilder("colour of what was");
    for (int wide : new int[] {1, unit}) {
      int size = (int) Math.min(wide * scale, 512);
      if (size < wide * scale) {
        words.append(String.format(Locale.ROOT, " %d pixels: too large to look at;", wide));
        continue;
      }
      long row = shown.row() / scale / unit * unit;
      long column = shown.column() / scale / unit * unit;
      var rgb =
          dive.picture()
              .render(
                  lattice.finestSide(depth),
                  new DiveRectangle(row * scale, column * scale, size, size),
                  GO);
      var root =
          dive.picture()
              .render(lattice.sharpSide(), new DiveRectangle(row, column, wide, wide), GO);
      double most = 0;
      for (int channel = 0; channel < 3; channel++) {
        most = Math.max(most, Math.abs(mean(rgb, channel) - mean(root, channel)));
      }
      words.append(
          String.format(
              Locale.ROOT, " %d×%d pixels: %.3f grey levels off;", wide, wide, GREY * most));
    }
    return words.toString();
  }

  private static double mean(Tensor rgb, int channel) {
    double sum = 0;
    var plane = plane(rgb, channel);
    for (double value : plane) {
      sum += value;
    }
    return sum / plane.length;
  }

  /** Whether the picture up to the sharp side is the field's after all dives. */
  String zoomingOut(FieldRenderer root, List<Integer> depths) {
    int side = lattice.sharpSide();
    var at = new Rectangle(side / 4, side / 4, side / 2, side / 2);
    var own = root.render(side, at, GO);
    var dived = dive.picture().render(side, at, GO);
    return "bit-equal at "
        + side
        + " pixels after depths "
        + depths
        + ": "
        + hash(own).equals(hash(dived));
  }

  /** The mean step of luminance to the right and down, in grey levels. */
  static double gradient(Tensor rgb) {
    int height = rgb.extent(2);
    int width = rgb.extent(3);
    var light = new double[height * width];
    double[] shares = {0.299, 0.587, 0.114};
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < light.length; i++) {
        light[i] += shares[channel] * rgb.get(channel * light.length + i);
      }
    }
    double sum = 0;
    for (int r = 0; r + 1 < height; r++) {
      for (int c = 0; c + 1 < width; c++) {
        int i = r * width + c;
        sum += Math.hypot(light[i + 1] - light[i], light[i + width] - light[i]);
      }
    }
    return GREY * sum / ((height - 1) * (width - 1));
  }
}
