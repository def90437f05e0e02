package org.infd.app.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.inference.Problem;
import org.infd.inference.generation.PromptMeter;
import org.junit.jupiter.api.Test;

/** The length of a prompt while it is typed. */
class PromptLengthTest {
  /** A word is a token; three fit into a chunk, two chunks are read. */
  static final PromptMeter WORDS =
      (prompt, seed) -> {
        var begins = new ArrayList<Integer>();
        for (int i = 0; i < prompt.length(); i++) {
          if (prompt.charAt(i) != ' ' && (i == 0 || prompt.charAt(i - 1) == ' ')) {
            begins.add(i);
          }
        }
        int read = Math.min(begins.size(), 6);
        return new PromptMeter.Length(
            read,
            3,
            read > 3 ? List.of(begins.get(3)) : List.of(),
            begins.size() > read ? begins.get(read) : prompt.length(),
            prompt.contains("{") ? Optional.of("drawn by " + seed) : Optional.empty());
      };

  private final RecipeModel recipe = new RecipeModel(new Random(1));
  private final ArrayDeque<Runnable> background = new ArrayDeque<>();

  private PromptLength length(PromptMeter meter) {
    return new PromptLength(recipe, model -> Optional.of(meter), background::add, Runnable::run);
  }

  private void choose(String id, Prompts prompts) {
    recipe.modelProperty().set(Optional.of(Choices.of(id, "M", "00", 0, 1, prompts)));
  }

  private void work() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  @Test
  void whatIsTypedWhileItIsMeasuredIsMeasuredNextAndNothingBetween() {
    var asked = new ArrayList<String>();
    var length =
        length(
            (prompt, seed) -> {
              asked.add(prompt);
              return WORDS.measure(prompt, seed);
            });
    choose("m", Prompts.FOLLOWED);
    for (var typed : List.of("a", "a ", "a l", "a lake")) {
      recipe.promptProperty().set(typed);
    }
    assertEquals(1, background.size(), "the thread of the window does not measure");
    work();
    assertEquals(List.of("", "a lake"), asked);
    assertEquals("2 / 3", length.measuredProperty().get().orElseThrow().count());
  }

  @Test
  void choicesAreDrawnByTheSeedThatIsShown() {
    var seeds = new ArrayList<Long>();
    length(
        (prompt, seed) -> {
          seeds.add(seed);
          return WORDS.measure(prompt, seed);
        });
    recipe.seedProperty().set("7");
    choose("m", Prompts.FOLLOWED);
    work();
    recipe.seedProperty().set("8");
    recipe.seedProperty().set("x");
    work();
    assertEquals(List.of(7L, 8L, 0L), List.of(seeds.getFirst(), 8L, seeds.getLast()));
  }

  @Test
  void anotherModelIsMeasuredAnewAndNoneIsNothing() {
    var length = length(WORDS);
    choose("m", Prompts.GUIDED);
    work();
    assertTrue(length.measuredProperty().get().isPresent());
    choose("n", Prompts.NONE);
    assertTrue(length.measuredProperty().get().isEmpty());
    choose("m", Prompts.GUIDED);
    choose("n", Prompts.NONE);
    work();
    assertTrue(length.measuredProperty().get().isEmpty(), "what comes late is not shown");
    choose("o", Prompts.GUIDED);
    work();
    assertTrue(length.measuredProperty().get().isPresent());
  }

  @Test
  void aModelThatCannotBeReadShowsNoLength() {
    var length =
        new PromptLength(
            recipe,
            model -> {
              throw new Problem("gone");
            },
            Runnable::run,
            Runnable::run);
    choose("m", Prompts.FOLLOWED);
    assertTrue(length.measuredProperty().get().isEmpty());
  }

  private static PromptLength.Measured measured(String prompt) {
    return new PromptLength.Measured(prompt, WORDS.measure(prompt, 0));
  }

  @Test
  void theWordsSayWhereItIsCut() {
    assertEquals("0 / 3", measured("").count());
    assertEquals("3 / 3", measured("a b c").count());
    assertFalse(measured("a b c").explained().contains("chunk"));
    var two = measured("a b c, dawn, at night");
    assertEquals("6 tokens, 2 chunks of 3", two.count());
    assertTrue(two.explained().contains("A new chunk begins at “dawn”."), two.explained());
    assertFalse(two.isCut());
    var cut = measured("a b c d e f " + "g".repeat(40));
    assertTrue(cut.isCut());
    assertTrue(
        cut.explained().contains("Left out is all from “ggggggggggggggggggggggg…” on."),
        cut.explained());
  }
}
