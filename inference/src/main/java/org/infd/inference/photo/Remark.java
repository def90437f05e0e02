package org.infd.inference.photo;

import java.util.ArrayList;
import java.util.Optional;
import org.infd.inference.NumberText;

/** What people are told of a picture that is not whole, not sure, or was thinned out. */
final class Remark {
  /** What is seen where a picture has no pixels. */
  enum Gap {
    WHITE(", the rest is left white"),
    WHITE_PIECES(", the rest is left white"),
    COARSE(", so it is coarse");

    private final String words;

    Gap(String words) {
      this.words = words;
    }
  }

  private Remark() {}

  /**
   * The sentences.
   *
   * @param name how people call the file
   * @param soundness what the checks of its format say
   * @param part how much of the picture is there, 0 to 1
   * @param gap what is seen of the rest
   * @param step how many rows and columns one pixel stands for
   * @return empty where all is well
   */
  static Optional<String> of(String name, Soundness soundness, double part, Gap gap, int step) {
    var sentences = new ArrayList<String>();
    if (part < 1) {
      sentences.add(
          NumberText.format(
              "'%s' is %s: %s of its picture is there%s.",
              name, soundness.isCut() ? "cut short" : "damaged", share(part, gap), gap.words));
      if (soundness.doubt() == Soundness.Doubt.PICTURE) {
        sentences.add(doubt(soundness, "What is there"));
      }
    } else if (soundness.doubt() != Soundness.Doubt.NONE) {
      sentences.add(
          NumberText.format(
                  "'%s' is %s", name, soundness.isCut() ? "cut short and damaged" : "damaged")
              + damage(soundness));
    } else if (soundness.isCut()) {
      sentences.add(
          NumberText.format("'%s' is cut short, but all of its picture seems to be there.", name));
    }
    if (step > 1) {
      sentences.add(
          NumberText.format(
              "'%s' is very large: one pixel of %d × %d was read of it.", name, step, step));
    }
    return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", sentences));
  }

  private static String damage(Soundness soundness) {
    return switch (soundness.doubt()) {
      case PICTURE -> ". " + doubt(soundness, "Its picture");
      case COLOURS -> " where it says what its colours mean, so they may be wrong.";
      case BESIDE -> " beside its picture, which is whole.";
      case NONE -> ".";
    };
  }

  private static String doubt(Soundness soundness, String what) {
    int sure = (int) Math.floor(100 * soundness.surePart().orElse(0));
    return sure < 1
        ? what + " may be wrong in places."
        : NumberText.format("%s may be wrong below its upper %d %%.", what, sure);
  }

  private static String share(double part, Gap gap) {
    if (gap == Gap.COARSE) {
      return "only a part";
    }
    return part < 0.01 ? "hardly anything" : "only " + (int) Math.floor(100 * part) + " %";
  }
}
