package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.runtime.Device;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What recipes say of their prompts. */
class PromptReaderTest {
  private static final int CONTEXT = 8;

  @TempDir Path folder;

  private ModelBundle model() {
    return TinyBundle.plain().texts(CONTEXT, true).write(folder.resolve("texts"));
  }

  private static Recipe recipe(
      ModelBundle model, long seed, @Nullable String prompt, @Nullable String negative) {
    return Recipe.builder(TinyBundle.ID, model.hash())
        .seed(seed)
        .steps(5)
        .prompt(prompt)
        .negativePrompt(negative)
        .guidanceScale(2)
        .build();
  }

  @Test
  void whatIsDrawnBelongsToSeedPlaceAndNumber() {
    var model = model();
    var drawn = new HashSet<String>();
    for (int seed = 0; seed < 60; seed++) {
      var recipe = recipe(model, seed, "{a|b|c}", null);
      var notes = RecipeRules.check(model, recipe);
      assertEquals(notes, RecipeRules.check(model, recipe));
      drawn.addAll(notes);
    }
    assertEquals(
        Set.of("Drawn in the prompt: “a”", "Drawn in the prompt: “b”", "Drawn in the prompt: “c”"),
        drawn);
    var pairs = new HashSet<String>();
    for (int seed = 0; seed < 60; seed++) {
      pairs.add(
          String.join(" ", RecipeRules.check(model, recipe(model, seed, "{a|b}{c|d}", "{a|b}"))));
    }
    assertEquals(8, pairs.size(), "all together: neither number nor place follows another");
    // files name what was drawn by a seed: it must stay
    assertEquals(
        List.of("Drawn in the prompt: “e”"),
        RecipeRules.check(model, recipe(model, 7, "{a|b|c|d|e|f}", null)));
  }

  @Test
  void aWeightBeyondTheLargestIsSaid() {
    assertEquals(
        List.of("A weight in the negative prompt is beyond 10, and counts as that."),
        RecipeRules.check(model(), recipe(model(), 5, "a", "(b:11)")));
  }

  @Test
  void aNetworkOfOneContextReadsOneChunk() {
    var model = model();
    var notes = RecipeRules.check(model, recipe(model, 5, "a b BREAK c (d:1.2)", null));
    assertEquals(
        List.of(
            "The prompt is longer than the 8 tokens that the model reads. Left out: “c (d:1.2)”"),
        notes);
    var length = PromptMeter.of(model).orElseThrow().measure("a b BREAK c", 5);
    assertEquals(new PromptMeter.Length(2, CONTEXT - 2, List.of(), 10, Optional.empty()), length);
    assertEquals(1, length.chunks());
    assertEquals(
        Optional.of("e"),
        PromptMeter.of(model).orElseThrow().measure("{a|b|c|d|e|f}", 7).drawn(),
        "as the run draws it");
    assertTrue(PromptMeter.of(TinyBundle.plain().write(folder.resolve("none"))).isEmpty());
  }

  @Test
  void pictureFilesNameWhatWasDrawn() {
    var recipe = recipe(model(), 7, "a \"{b|c|d|e|f|g}\", snow", "fog");
    var device = new Device(Device.Kind.CPU, 0, "CPU", "test");
    var said = PictureMetadata.of(recipe, Frame.square(64), false, device, false).parameters();
    assertTrue(said.startsWith("a \"{b|c|d|e|f|g}\", snow\n"), said);
    assertTrue(said.contains(", Drawn prompt: \"a \\\"f\\\", snow\","), said);
    assertTrue(!said.contains("Drawn negative"), said);
  }

  @Test
  void clipReadsTheWordsOfBoxesWithoutTheirWeights() {
    var model = model();
    var tokenizer = PromptReader.tokenizer(model);
    assertEquals(List.of(), notes(tokenizer, "snow, ice", null));
    var marked = notes(tokenizer, "(a:1.2) {b|b}", "[c]");
    assertEquals(2, marked.size());
    assertEquals("Drawn in the prompt of a box: “(a:1.2) b”", marked.getFirst());
    assertTrue(marked.getLast().contains("without their weights"), marked.getLast());
    var boxes = new BoxPrompts(List.of(box("(a:1.2) {b|b}", "[c]")), 7);
    assertEquals("a b", boxes.wanted(0).words());
    assertEquals("c", boxes.unwanted(0).orElseThrow().words());
    var cut = notes(tokenizer, "a b c d e f g", null);
    assertEquals(
        List.of("The prompt of a box is longer than the 8 tokens that CLIP reads. Left out: “g”"),
        cut);
  }

  private static List<String> notes(
      ClipTokenizer tokenizer, String prompt, @Nullable String negative) {
    return new BoxPrompts(List.of(box(prompt, negative)), 7).notes(tokenizer);
  }

  private static LayoutBox box(String prompt, @Nullable String negative) {
    return new LayoutBox(0, 0, 1, 1, prompt, negative, 1, 0, 1);
  }
}
