package org.infd.acceptance.golden;

import java.util.List;
import java.util.Map;
import org.infd.acceptance.golden.PictureChecks.Placed;
import org.infd.acceptance.golden.SamplingChecks.Sampled;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Generator;
import org.infd.inference.generation.RecipeRules;
import org.infd.inference.generation.RunListener;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What the product makes of the latents that it sampled itself: φ and pictures. */
final class ProductChecks {
  private static final double RUN = 1e-4;
  private static final Cancellation NEVER = Cancellation.never();

  private final InfdSubject subject;
  private final GoldenLedger ledger;

  ProductChecks(InfdSubject subject) {
    this.subject = subject;
    this.ledger = subject.ledger();
  }

  void run(List<Sampled> runs, Map<String, Placed> placed) {
    for (var run : runs) {
      var words = ArrayName.of(run.arrays().getFirst()).run();
      var pictures =
          subject.arrays().names().stream()
              .filter(
                  array ->
                      run.arrays().contains(source(placed.get(array)))
                          || !words.isEmpty()
                              && ArrayName.of(array).run().equals(words)
                              && ArrayName.of(array).says("phi"))
              .toList();
      if (!pictures.isEmpty()) {
        compare(run, pictures, placed);
      }
    }
  }

  private static String source(@Nullable Placed place) {
    return place == null ? "" : place.latent();
  }

  private void compare(Sampled run, List<String> pictures, Map<String, Placed> placed) {
    var bundle = subject.model().bundle();
    var device = Device.cpu();
    Tensor first = run.z().slice(0, 1);
    var image = FieldImage.of(first, RecipeRules.defaultRecipe(bundle, 0));
    try (var queue = new DeviceQueue(device);
        var generator = new Generator(bundle, device, queue)) {
      for (var array : pictures) {
        var place = placed.get(array);
        if (place == null) {
          var phi = generator.decode(image, RunListener.none(), NEVER);
          check(array, "φ of the latent sampled here", phi);
        } else if (place.rectangle() != null
            && place.quantised()
            && !bundle.manifest().renderer().hasNorms()) {
          // with norms the original's pixels depend on its rectangles, ours do not
          try (var field = generator.open(image, StatisticsMode.EXACT, NEVER)) {
            check(
                array,
                "the field of the latent sampled here",
                field.render(place.side(), place.rectangle(), NEVER));
          }
        }
      }
    }
  }

  private void check(String array, String words, Tensor actual) {
    ledger.compare(array, RUN, true, List.of(new Reading(words, () -> actual)));
  }
}
