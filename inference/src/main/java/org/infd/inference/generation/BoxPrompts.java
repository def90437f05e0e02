package org.infd.inference.generation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.inference.ShownText;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.text.ClipTokenizer;
import org.infd.inference.text.WrittenPrompt;

/**
 * The prompts of a layout's boxes as CLIP reads them: one embedding of the words alone, cut at
 * CLIP's context. Choices are drawn; weights and BREAK mean nothing to it.
 *
 * @param boxes those that are scored
 * @param seed what choices are drawn from
 */
record BoxPrompts(List<LayoutBox> boxes, long seed) {
  private static final int SHOWN = 200;

  BoxPrompts {
    boxes = List.copyOf(boxes);
  }

  /** What should be seen in a box. */
  WrittenPrompt wanted(int box) {
    return PromptPlace.ofBox(box, false).read(boxes.get(box).prompt(), seed);
  }

  /** What should not be seen in a box, where that was said. */
  Optional<WrittenPrompt> unwanted(int box) {
    return Optional.ofNullable(boxes.get(box).negativePrompt())
        .map(text -> PromptPlace.ofBox(box, true).read(text, seed));
  }

  /** What the user should know of them, as sentences. */
  List<String> notes(ClipTokenizer tokenizer) {
    var notes = new ArrayList<String>();
    boolean isMarkedUp = false;
    for (int i = 0; i < boxes.size(); i++) {
      var prompts = new ArrayList<>(List.of(wanted(i)));
      unwanted(i).ifPresent(prompts::add);
      for (var prompt : prompts) {
        isMarkedUp |= prompt.isMarkedUp();
        prompt
            .drawn()
            .ifPresent(drawn -> notes.add("Drawn in the prompt of a box: " + quoted(drawn)));
        var cut = tokenizer.encode(prompt.words()).cut();
        if (!cut.isEmpty()) {
          notes.add(
              "The prompt of a box is longer than the "
                  + tokenizer.contextLength()
                  + " tokens that CLIP reads. Left out: "
                  + quoted(cut));
        }
      }
    }
    if (isMarkedUp) {
      notes.add(
          "CLIP reads the words of boxes without their weights: brackets and BREAK mean nothing"
              + " there.");
    }
    return notes;
  }

  private static String quoted(String text) {
    return "“" + ShownText.shortened(text, SHOWN) + "”";
  }
}
