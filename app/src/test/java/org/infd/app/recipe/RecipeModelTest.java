package org.infd.app.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.infd.app.engine.Choices;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.ModelChoice.Prompts;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.junit.jupiter.api.Test;

class RecipeModelTest {
  private static final ModelChoice PLAIN = Choices.of("m", "M", "aa", 0, 1, Prompts.NONE);
  private static final ModelChoice CLASSES = Choices.of("c", "C", "bb", 10, 0, Prompts.NONE);
  private static final ModelChoice TEXT = Choices.of("t", "T", "cc", 0, 0, Prompts.GUIDED);
  private static final ModelChoice UNGUIDED = Choices.of("u", "U", "dd", 0, 0, Prompts.FOLLOWED);

  private static RecipeModel model(ModelChoice choice) {
    var model = new RecipeModel(new Random(5));
    model.modelProperty().set(Optional.of(choice));
    return model;
  }

  @Test
  void startsWithAFastSampler() {
    var recipe = model(PLAIN).begin().orElseThrow();
    assertEquals(
        Recipe.builder("m", "aa").seed(18).steps(25).sampler(SamplerKind.DPMPP).eta(1).build(),
        recipe);
  }

  @Test
  void aSamplerThatNobodyChoseIsThatOfTheModel() {
    var own =
        new ModelChoice(
            "e",
            "E",
            "",
            "ee",
            0,
            1,
            Prompts.NONE,
            PLAIN.layouts(),
            List.of(),
            RecipeDefaults.GUIDANCE,
            SamplerKind.EULER_A);
    var model = model(own);
    var recipe = model.begin().orElseThrow();
    assertEquals(SamplerKind.EULER_A, recipe.sampler());
    assertEquals(RecipeDefaults.EULER_STEPS, recipe.steps());
    model.modelProperty().set(Optional.of(PLAIN));
    assertEquals(SamplerKind.DPMPP, model.begin().orElseThrow().sampler());
    model.stepsProperty().set(12);
    model.modelProperty().set(Optional.of(own));
    assertEquals(SamplerKind.DPMPP, model.begin().orElseThrow().sampler(), "it was chosen");
  }

  @Test
  void eachRunGetsANewSeedUnlessLocked() {
    var model = model(PLAIN);
    long first = model.begin().orElseThrow().seed();
    long second = model.begin().orElseThrow().seed();
    assertNotEquals(first, second);
    assertEquals(Long.toString(second), model.seedProperty().get());
    model.seedLockedProperty().set(true);
    assertEquals(second, model.begin().orElseThrow().seed());
    assertEquals(second, model.begin().orElseThrow().seed());
  }

  @Test
  void aTypedOrRolledSeedIsUsedOnce() {
    var model = model(PLAIN);
    model.begin();
    model.seedProperty().set(" 123 ");
    assertEquals(123, model.begin().orElseThrow().seed());
    model.roll();
    var rolled = Long.parseLong(model.seedProperty().get());
    assertEquals(rolled, model.begin().orElseThrow().seed());
    assertNotEquals(rolled, model.begin().orElseThrow().seed());
  }

  @Test
  void diceRollEvenWhenLocked() {
    var model = model(PLAIN);
    model.seedLockedProperty().set(true);
    model.roll();
    assertNotEquals("18", model.seedProperty().get());
  }

  @Test
  void aSeedThatIsNoneIsSaid() {
    var model = model(PLAIN);
    for (var wrong : new String[] {"", "seven", "1.5", "99999999999999999999"}) {
      model.seedProperty().set(wrong);
      assertFalse(model.seedErrorProperty().get().isEmpty(), wrong);
      assertFalse(model.isComplete());
      assertTrue(model.begin().isEmpty());
    }
    model.seedProperty().set("-4");
    assertTrue(model.seedErrorProperty().get().isEmpty());
    assertEquals(-4, model.begin().orElseThrow().seed());
  }

  @Test
  void classesOnlyWhereTheModelHasThem() {
    var model = model(CLASSES);
    model.classLabelProperty().set(99);
    assertEquals(9, model.begin().orElseThrow().classLabel());
    model.modelProperty().set(Optional.of(PLAIN));
    assertNull(model.begin().orElseThrow().classLabel());
  }

  @Test
  void promptsOnlyWhereTheModelTakesThem() {
    var model = model(TEXT);
    model.promptProperty().set("  a lake\n");
    model.negativePromptProperty().set("people");
    model.guidanceProperty().set(4.5);
    var asked = model.begin().orElseThrow();
    assertEquals("a lake", asked.prompt());
    assertEquals("people", asked.negativePrompt());
    assertEquals(4.5, asked.guidanceScale());

    model.modelProperty().set(Optional.of(UNGUIDED));
    var followed = model.begin().orElseThrow();
    assertEquals("a lake", followed.prompt());
    assertNull(followed.negativePrompt());
    assertEquals(1, followed.guidanceScale());

    model.modelProperty().set(Optional.of(PLAIN));
    assertNull(model.begin().orElseThrow().prompt());
    assertEquals(1, model.begin().orElseThrow().guidanceScale());
  }

  @Test
  void withoutAPromptNothingIsGuided() {
    var model = model(TEXT);
    var free = model.begin().orElseThrow();
    assertNull(free.prompt());
    assertEquals(1, free.guidanceScale());
    model.promptProperty().set("a lake");
    assertEquals(RecipeDefaults.GUIDANCE, model.begin().orElseThrow().guidanceScale());
    model.guidanceProperty().set(99);
    assertEquals(RecipeModel.MOST_GUIDANCE, model.begin().orElseThrow().guidanceScale());
  }

  @Test
  void anOpenedPictureShowsItsPrompts() {
    var model = model(TEXT);
    var recipe =
        Recipe.builder("t", "cc")
            .seed(4)
            .steps(25)
            .sampler(SamplerKind.DPMPP)
            .prompt("a lake")
            .negativePrompt("fog")
            .guidanceScale(2.5)
            .build();
    model.adopt(recipe);
    model.keepSeed();
    assertEquals(recipe, model.begin().orElseThrow());
    model.adopt(Recipe.builder("t", "cc").seed(5).steps(25).sampler(SamplerKind.DPMPP).build());
    assertEquals("", model.promptProperty().get());
    assertEquals(2.5, model.guidanceProperty().get(), "kept for the next prompt");
  }

  @Test
  void withoutAModelThereIsNoRecipe() {
    assertTrue(new RecipeModel(new Random(1)).begin().isEmpty());
  }

  @Test
  void anOpenedPictureShowsItsRecipe() {
    var model = model(CLASSES);
    var recipe =
        Recipe.builder("c", "bb")
            .seed(41)
            .steps(50)
            .sampler(SamplerKind.DDIM)
            .eta(0.25)
            .classLabel(3)
            .build();
    model.adopt(recipe);
    model.seedLockedProperty().set(true);
    assertEquals(recipe, model.begin().orElseThrow());
  }

  @Test
  void wordsOfAnotherProgramAreTakenAsFarAsTheyCanBeChosen() {
    var recipe = model(TEXT);
    recipe.begin();
    var taken =
        ForeignChoices.take(
            new ForeignRecipe(
                "a lake",
                "people",
                Optional.of(18L),
                Optional.of(40),
                Optional.of(6.5),
                Optional.of(SamplerKind.DDIM),
                List.of()),
            recipe);
    assertEquals(
        List.of(
            "the prompt",
            "what is not wanted",
            "guidance 6.5",
            "40 steps",
            "the sampler",
            "seed 18"),
        taken);
    assertTrue(recipe.isEdited());
    var begun = recipe.begin().orElseThrow();
    assertEquals("a lake", begun.prompt());
    assertEquals("people", begun.negativePrompt());
    assertEquals(18, begun.seed(), "also where it was used before");
    assertEquals(40, begun.steps());
    assertEquals(6.5, begun.guidanceScale());
    assertEquals(SamplerKind.DDIM, begun.sampler());
  }

  @Test
  void whatCannotBeChosenStays() {
    var recipe = model(TEXT);
    recipe.negativePromptProperty().set("fog");
    var taken =
        ForeignChoices.take(
            new ForeignRecipe(
                "a lake",
                "",
                Optional.empty(),
                Optional.of(1),
                Optional.of(30.0),
                Optional.empty(),
                List.of()),
            recipe);
    assertEquals(List.of("the prompt"), taken);
    assertEquals("", recipe.negativePromptProperty().get(), "it belongs to the other prompt");
    assertEquals(RecipeDefaults.STEPS, recipe.stepsProperty().get());
    assertEquals(RecipeDefaults.GUIDANCE, recipe.guidanceProperty().get());
    assertEquals("18", recipe.seedProperty().get());
  }
}
