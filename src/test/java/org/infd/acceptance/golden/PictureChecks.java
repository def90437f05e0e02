package org.infd.acceptance.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.infd.acceptance.golden.GoldenArrays.Numbers;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.acceptance.golden.RectangleFinder.Place;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of latents and the statistics of the norms on the way: whole images, patchwise ones,
 * ranges with recorded coordinates, and crops, whose place is stated in the name or found by
 * looking for them in the whole image.
 */
final class PictureChecks {
  private static final int MOST_PLACES = 6;
  private static final int LARGEST_SEARCH = 640;

  /** So alike is a crop only to its own place in the image. */
  private static final double SAME_PLACE = 0.97;

  /** Places that are less alike are not tried. */
  private static final double ALIKE = 0.5;

  private static final Pattern PATCHWISE =
      Pattern.compile("patch(?:es|wise|ed)?_?(\\d+)_p(?:atch)?_?(\\d+)_pad(?:ding)?_?(\\d+)");

  /**
   * Where a picture was found to lie.
   *
   * @param latent the latent's name
   * @param side of the image, 0 where only the axes are known
   * @param rectangle of the image; null where only the axes are known
   * @param alone whether it was rendered as a picture of its own
   */
  record Placed(
      String latent,
      boolean quantised,
      int side,
      @Nullable Rectangle rectangle,
      boolean alone,
      Axis rows,
      Axis columns) {}

  private final InfdSubject subject;
  private final GoldenArrays arrays;
  private final GoldenLedger ledger;
  private final Renders renders;
  private final Map<String, Placed> placed = new LinkedHashMap<>();
  private final Map<Reading, Placed> proposals = new LinkedHashMap<>();

  PictureChecks(InfdSubject subject) {
    this.subject = subject;
    this.arrays = subject.arrays();
    this.ledger = subject.ledger();
    this.renders = new Renders(subject.model());
  }

  /** Checks all pictures and says where they lie. */
  Map<String, Placed> run() {
    var crops = new ArrayList<String>();
    for (var array : arrays.names()) {
      if (ledger.knows(array)) {
        continue;
      }
      if (ArrayName.of(array).words().contains("gn" + ArrayName.of(array).number("gn"))) {
        statistics(array);
      } else if (isPicture(array) && !stated(array)) {
        crops.add(array);
      }
    }
    crops.forEach(this::crop);
    return placed;
  }

  /** Whether an array is a picture of a latent, not one to encode and not a weight of a loss. */
  private boolean isPicture(String array) {
    var name = ArrayName.of(array);
    var numbers = arrays.get(array);
    if (isCotangent(name)
        || GradientChecks.isGradient(name)
        || numbers.rank() < 3
        || numbers.rank() > 4
        || name.says("coord", "cell", "layout", "phi", "unet", "traj")) {
      return false;
    }
    boolean channels =
        numbers.extent(numbers.rank() - 3) == 3 || numbers.extent(numbers.rank() - 1) == 3;
    return channels
        && name.says(
            "rgb",
            "render",
            "rendered",
            "picture",
            "crop",
            "crops",
            "patch",
            "patchwise",
            "full",
            "pixels",
            "colours",
            "colors",
            "img",
            "image",
            "sub",
            "half",
            "whole",
            "png",
            "recon",
            "reconstruction");
  }

  /** Whether an array is what a picture is weighted with in a loss, or compared with. */
  static boolean isCotangent(ArrayName name) {
    return name.ends("w", "weight", "weights", "cotangent", "target", "targets")
        || name.text().toLowerCase(Locale.ROOT).matches("(.*[_.])?(d|grad|dl)_?(d_?)?rgb");
  }

  private Tensor phi(String latent, boolean quantised, Numbers expected) {
    subject.given(latent);
    var phi = subject.phi(latent, quantised);
    int items = expected.rank() % 2 == 0 ? expected.extent(0) : 1;
    return phi.slice(0, Math.min(items, phi.extent(0)));
  }

  /** Compares an array whose name or coordinates say where it lies; false if they do not. */
  private boolean stated(String array) {
    var name = ArrayName.of(array);
    var readings = new ArrayList<Reading>();
    var numbers = arrays.get(array);
    int height = numbers.extent(numbers.rank() - (channelsLast(numbers) ? 3 : 2));
    int width = numbers.extent(numbers.rank() - (channelsLast(numbers) ? 2 : 1));
    boolean sure = subject.knowsItsLatent();
    for (boolean quantised : subject.quantised(name)) {
      for (var latent : subject.sources(array)) {
        var words = InfdSubject.sourceWords(latent, quantised);
        var patchwise = PATCHWISE.matcher(array.toLowerCase(Locale.ROOT));
        var part = name.part();
        if (patchwise.find() && !renders.fixed()) {
          int side = Integer.parseInt(patchwise.group(1));
          int patch = Integer.parseInt(patchwise.group(2));
          int padding = Integer.parseInt(patchwise.group(3));
          readings.add(
              new Reading(
                  "patchwise of " + words,
                  () -> renders.patchwise(phi(latent, quantised, numbers), side, patch, padding)));
        } else if (axes(name, height, width) instanceof Axis[] axes) {
          propose(readings, words, latent, quantised, 0, null, true, axes[0], axes[1]);
        } else if (part != null) {
          for (int side : sides(name, part)) {
            propose(readings, words, latent, quantised, side, part, false);
            propose(readings, words, latent, quantised, side, part, true);
          }
        } else if (height == width
            && (name.numbers().contains(height) || renders.fixed())
            && !name.says("sub", "crop")) {
          propose(readings, words, latent, quantised, height, Rectangle.whole(height), true);
        } else if (name.says("every") && !name.numbers().isEmpty()) {
          int side = name.numbers().getFirst();
          propose(readings, words, latent, quantised, side, Rectangle.whole(side), true);
        } else {
          return false;
        }
      }
    }
    take(array, sure, readings);
    return true;
  }

  private static boolean channelsLast(Numbers numbers) {
    return numbers.extent(numbers.rank() - 3) != 3 && numbers.extent(numbers.rank() - 1) == 3;
  }

  private List<Integer> sides(ArrayName name, Rectangle part) {
    var sides = new ArrayList<Integer>();
    var text = name.text().replaceAll("(?i)r(ows?)?_?\\d+_(to_)?\\d+.*", "");
    for (int side : ArrayName.of(text).numbers()) {
      if (side >= part.rowEnd() && side >= part.columnEnd()) {
        sides.add(side);
      }
    }
    if (sides.isEmpty()) {
      for (int side : allSides(name)) {
        if (side >= part.rowEnd() && side >= part.columnEnd()) {
          sides.add(side);
        }
      }
    }
    return sides;
  }

  private void propose(
      List<Reading> readings,
      String words,
      String latent,
      boolean quantised,
      int side,
      Rectangle rectangle,
      boolean alone) {
    propose(
        readings,
        words,
        latent,
        quantised,
        side,
        rectangle,
        alone,
        Axis.of(side, rectangle.row(), rectangle.height()),
        Axis.of(side, rectangle.column(), rectangle.width()));
  }

  private void propose(
      List<Reading> readings,
      String words,
      String latent,
      boolean quantised,
      int side,
      @Nullable Rectangle rectangle,
      boolean alone,
      Axis rows,
      Axis columns) {
    var at =
        rectangle == null
            ? " in a range"
            : rectangle.equals(Rectangle.whole(side))
                ? " at " + side + " pixels"
                : String.format(
                    " at %d pixels, rows %d to %d, columns %d to %d%s",
                    side,
                    rectangle.row(),
                    rectangle.rowEnd(),
                    rectangle.column(),
                    rectangle.columnEnd(),
                    alone ? ", alone" : "");
    var reading =
        new Reading(
            words + at,
            () -> {
              subject.given(latent);
              var phi = subject.phi(latent, quantised);
              if (rectangle == null) {
                return renders.axes(phi, rows, columns);
              }
              if (rectangle.equals(Rectangle.whole(side))) {
                return whole(latent, quantised, side);
              }
              return alone
                  ? renders.alone(phi, side, rectangle)
                  : renders.cut(phi, side, rectangle);
            });
    readings.add(reading);
    proposals.put(reading, new Placed(latent, quantised, side, rectangle, alone, rows, columns));
  }

  private Tensor whole(String latent, boolean quantised, int side) {
    return subject.once(
        side + " pixels of " + InfdSubject.sourceWords(latent, quantised),
        () -> renders.whole(subject.phi(latent, quantised), side));
  }

  private void take(String array, boolean sure, List<Reading> readings) {
    if (arrays.get(array).integer()) {
      bytes(array, readings);
      return;
    }
    var reading = ledger.compare(array, InfdSubject.CALL, sure, readings);
    if (reading != null && proposals.get(reading) instanceof Placed where) {
      placed.put(array, where);
    }
  }

  /** Bytes are cut off after the comma by the official conversion; a level of rounding is free. */
  private void bytes(String array, List<Reading> readings) {
    var expected = arrays.get(array);
    double best = Double.POSITIVE_INFINITY;
    for (var reading : readings) {
      Tensor value;
      try {
        value = reading.value().get();
      } catch (RuntimeException e) {
        continue;
      }
      for (var fit : Fits.of(value, expected.shape(), ArrayName.of(array))) {
        double most = 0;
        for (int i = 0; i < fit.tensor().elements(); i++) {
          double byteValue = Math.floor(255 * Math.clamp(0.5 * fit.tensor().get(i) + 0.5, 0, 1));
          most = Math.max(most, Math.abs(byteValue - expected.values()[i]));
        }
        if (most <= 1) {
          ledger.note(array, most / 255, 1 / 255.0, reading.words() + ", bytes");
          return;
        }
        best = Math.min(best, most);
      }
    }
    ledger.notChecked(array, "nothing that it may be fits; " + best + " levels off");
  }

  /** The axes of a picture whose coordinates are in the set, or null. */
  private Axis @Nullable [] axes(ArrayName name, int height, int width) {
    if (renders.fixed()) {
      return null;
    }
    var coordinates = arrays.shaped(false, 1, height, width, 2);
    coordinates = coordinates.isEmpty() ? arrays.shaped(false, height, width, 2) : coordinates;
    var all = new ArrayList<String>(coordinates);
    var centres = all.stream().filter(c -> ArrayName.of(c).says("coord", "coords")).toList();
    var cells = all.stream().filter(c -> ArrayName.of(c).says("cell", "cells")).toList();
    var own =
        centres.stream()
            .filter(c -> ArrayName.of(c).words().stream().anyMatch(name.words()::contains))
            .toList();
    var chosen = own.isEmpty() ? (centres.size() == 1 ? centres : List.<String>of()) : own;
    if (chosen.isEmpty()) {
      return null;
    }
    var centre = arrays.floats(chosen.getFirst());
    var rows = new ArrayList<Float>();
    for (int y = 0; y < height; y++) {
      rows.add(centre.get(y * width * 2));
    }
    var columns = new ArrayList<Float>();
    for (int x = 0; x < width; x++) {
      columns.add(centre.get(x * 2 + 1));
    }
    ledger.input(chosen.getFirst(), "coordinates");
    float cellRow = spacing(rows);
    float cellColumn = spacing(columns);
    var nearCells = ArrayName.of(chosen.getFirst()).nearest(cells);
    if (!nearCells.isEmpty()) {
      var cell = arrays.floats(nearCells.getFirst());
      cellRow = cell.get(0);
      cellColumn = cell.get(1);
      ledger.input(nearCells.getFirst(), "cells");
    }
    return new Axis[] {new Axis(rows, cellRow), new Axis(columns, cellColumn)};
  }

  private static float spacing(List<Float> centres) {
    int last = centres.size() - 1;
    return last == 0 ? 2 : (centres.get(last) - centres.getFirst()) / last;
  }

  /** Every side of an image that the set speaks of, those in the name first. */
  private Set<Integer> allSides(ArrayName name) {
    var sides = new LinkedHashSet<Integer>();
    if (!name.says("zt", "xt", "ddim")) {
      sides.addAll(name.numbers());
    }
    for (var array : arrays.names()) {
      if (ArrayName.of(array).says("rgb", "gn", "full", "coord", "render")) {
        sides.addAll(ArrayName.of(array).numbers());
      }
    }
    int own = subject.model().manifest().featureMap().height();
    for (double scale : new double[] {1, 2, 1.5, 4, 0.5, 3, 8}) {
      sides.add((int) (own * scale));
    }
    return sides;
  }

  /** Looks for a crop in the whole image at every side that the set speaks of. */
  private void crop(String array) {
    var name = ArrayName.of(array);
    var numbers = arrays.get(array);
    var expected = numbers.floats();
    if (channelsLast(numbers) || numbers.integer()) {
      ledger.notChecked(
          array, "a crop whose place is not stated, in a form that is not looked for");
      return;
    }
    int height = numbers.extent(numbers.rank() - 2);
    int width = numbers.extent(numbers.rank() - 1);
    var first = expected.reshape(expected.elements() / (3L * height * width), 3, height, width);
    double likest = 0;
    var likestReadings = new ArrayList<Reading>();
    for (boolean quantised : subject.quantised(name)) {
      for (var latent : subject.sources(array)) {
        for (int side : allSides(name)) {
          if (side < Math.max(height, width) || side > LARGEST_SEARCH) {
            continue;
          }
          var readings = new ArrayList<Reading>();
          var words = InfdSubject.sourceWords(latent, quantised);
          var places = places(first.slice(0, 1), latent, quantised, side);
          for (var place : places) {
            if (place.likeness() > ALIKE) {
              propose(readings, words, latent, quantised, side, place.rectangle(), true);
              propose(readings, words, latent, quantised, side, place.rectangle(), false);
            }
          }
          take(array, false, readings);
          if (ledger.isSettled(array)) {
            return;
          }
          if (!places.isEmpty() && places.getFirst().likeness() > likest) {
            likest = places.getFirst().likeness();
            likestReadings = readings;
          }
        }
      }
    }
    if (likest > SAME_PLACE) {
      take(array, true, likestReadings);
    } else if (!ledger.isSettled(array)) {
      ledger.notChecked(array, "no place of any image of the set's latents is like it");
    }
  }

  private List<Place> places(Tensor crop, String latent, boolean quantised, int side) {
    try {
      return RectangleFinder.find(crop, whole(latent, quantised, side).slice(0, 1), MOST_PLACES);
    } catch (RuntimeException e) {
      return List.of();
    }
  }

  /** Mean and variance that a norm saw while a whole image was rendered. */
  private void statistics(String array) {
    var name = ArrayName.of(array);
    int side = name.number("gn");
    var match =
        Pattern.compile("(?i).*gn_?\\d+[._/](.+)[._/](mean|var|variance|std)").matcher(array);
    if (!match.matches() || renders.fixed()) {
      return;
    }
    var wanted = match.group(1).replaceAll("[._/]", ".");
    var norms = subject.model().manifest().renderer().norms();
    int k = -1;
    for (int i = 0; i < norms.size(); i++) {
      var norm = norms.get(i).name().replaceAll("[._]", ".");
      if (norm.endsWith(wanted) || wanted.equals(String.valueOf(i))) {
        k = i;
      }
    }
    if (k < 0) {
      ledger.notChecked(array, "the renderer has no norm " + match.group(1));
      return;
    }
    boolean mean = match.group(2).equals("mean");
    var output = (mean ? "mean_" : "variance_") + k;
    var axis = Axis.of(side, 0, side);
    var readings = new ArrayList<Reading>();
    for (var latent : subject.sources(array)) {
      readings.add(
          new Reading(
              "norm " + k + " of " + latent + " at " + side + " pixels",
              () -> {
                var phi = phi(latent, true, arrays.get(array));
                var items = new ArrayList<Tensor>();
                for (int i = 0; i < phi.extent(0); i++) {
                  var outputs = subject.model().renderLive(phi, i, axis, axis);
                  var values = (Tensor) GoldenModel.get(outputs, output);
                  items.add(values.reshape(1, values.elements()));
                }
                return GoldenModel.stack(items);
              }));
    }
    ledger.compare(array, InfdSubject.CALL, subject.knowsItsLatent(), readings);
  }
}
