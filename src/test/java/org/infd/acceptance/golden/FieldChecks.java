package org.infd.acceptance.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.infd.acceptance.golden.GoldenModel.Axis;
import org.infd.acceptance.golden.PictureChecks.Placed;
import org.infd.inference.field.GoldenAxes;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.OfficialRendering;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The same pictures by what the product renders with: tiles with frozen norms, the official
 * rendering, and the statistics that the norms are frozen to.
 */
final class FieldChecks {
  private static final Cancellation NEVER = Cancellation.never();

  /** φ comes from our own decoder: two stages. */
  private static final double TWO_STAGES = 2e-5;

  private static final Pattern STATISTICS = Pattern.compile("(.*gn_?(\\d+)[._/].+[._/])(mean|var)");

  private final InfdSubject subject;
  private final GoldenModel model;
  private final GoldenLedger ledger;
  private final Map<String, Placed> placed;

  FieldChecks(InfdSubject subject, Map<String, Placed> placed) {
    this.subject = subject;
    this.model = subject.model();
    this.ledger = subject.ledger();
    this.placed = placed;
  }

  void run() {
    if (new Renders(model).fixed()) {
      return;
    }
    placed.forEach(this::picture);
    for (var array : subject.arrays().names()) {
      statistics(array);
    }
  }

  private void picture(String array, Placed place) {
    var phi = subject.phi(place.latent(), place.quantised()).slice(0, 1);
    try (var official = OfficialRendering.open(model.bundle(), Device.cpu(), phi);
        var field =
            NeuralField.open(model.bundle(), Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
      var rectangle = place.rectangle();
      if (rectangle == null) {
        range(array, place, official);
      } else if (rectangle.equals(Rectangle.whole(place.side()))) {
        whole(array, place.side(), official, field);
      } else if (place.alone()) {
        compare(
            array,
            "the official rendering of the rectangle",
            official.rectangle(place.side(), rectangle, NEVER));
      } else if (isDirect(place.side())) {
        compare(array, "tiles of the field", field.render(place.side(), rectangle, NEVER));
      }
    }
  }

  /** Smaller pictures are averaged from larger ones. */
  private boolean isDirect(int side) {
    return side >= model.manifest().smallestSide();
  }

  private void compare(String array, String words, Tensor actual) {
    ledger.compare(array, TWO_STAGES, true, List.of(new Reading(words, () -> actual)));
  }

  private void whole(String array, int side, OfficialRendering official, NeuralField field) {
    if (model.manifest().renderer().hasNorms() && side <= 512) {
      compare(array, "the official rendering", official.whole(side, NEVER));
    }
    if (isDirect(side)) {
      var whole = field.render(side, Rectangle.whole(side), NEVER);
      compare(array, "tiles of the field", whole);
      var area = new Rectangle(side / 3, side / 2, Math.max(1, side / 2), Math.max(1, side / 4));
      assertArrayEquals(
          Renders.part(whole, area).toArray(), field.render(side, area, NEVER).toArray(), array);
    }
  }

  /** Low and high of rows and columns from centres and cells; they have few decimals. */
  private void range(String array, Placed place, OfficialRendering official) {
    var rows = ends(place.rows());
    var columns = ends(place.columns());
    if (rows == null || columns == null) {
      // coordinates that no range gives are rendered by the graph alone
      return;
    }
    compare(
        array,
        "the official rendering of the range",
        official.range(
            rows[0],
            rows[1],
            columns[0],
            columns[1],
            place.rows().centres().size(),
            place.columns().centres().size(),
            NEVER));
  }

  private static double @Nullable [] ends(Axis axis) {
    double half = axis.cell() / 2;
    double low = Math.rint((axis.centres().getFirst() - half) * 1e4) / 1e4;
    double high = Math.rint((axis.centres().getLast() + half) * 1e4) / 1e4;
    int count = axis.centres().size();
    var centres = GoldenAxes.centres(low, high, count);
    for (int i = 0; i < count; i++) {
      if (centres[i] != axis.centres().get(i)) {
        return null;
      }
    }
    return GoldenAxes.cell(low, high, count) == axis.cell() ? new double[] {low, high} : null;
  }

  private void statistics(String array) {
    var match = STATISTICS.matcher(array);
    var entry = ledger.of(array);
    if (!match.matches()
        || entry == null
        || entry.state() != GoldenLedger.State.CHECKED
        || !entry.words().startsWith("norm ")) {
      return;
    }
    int k = Integer.parseInt(entry.words().split(" ")[1]);
    var latent = entry.words().split(" ")[3];
    var phi = subject.phi(latent, true).slice(0, 1);
    try (var field =
        NeuralField.open(model.bundle(), Device.cpu(), phi, StatisticsMode.INTERPOLATED)) {
      boolean mean = match.group(3).equals("mean");
      int side = Integer.parseInt(match.group(2));
      compare(array, "statistics of the field", GoldenAxes.statistics(field, side, k, mean));
    }
  }
}
