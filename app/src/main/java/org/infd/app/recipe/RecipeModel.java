package org.infd.app.recipe;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.DoubleProperty;
import javafx.beans.property.IntegerProperty;
import javafx.beans.property.ObjectProperty;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import javafx.beans.property.SimpleDoubleProperty;
import javafx.beans.property.SimpleIntegerProperty;
import javafx.beans.property.SimpleObjectProperty;
import javafx.beans.property.SimpleStringProperty;
import javafx.beans.property.StringProperty;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.generation.RecipeDefaults;
import org.infd.inference.generation.Seed;
import org.infd.inference.guidance.Guidance;
import org.jspecify.annotations.Nullable;

/**
 * What the user has chosen for the next picture. A seed that was typed or rolled is used for the
 * next run; after that each run gets a new one, unless the seed is locked.
 */
public final class RecipeModel {
  /** Fewer steps than this give no picture. */
  public static final int FEWEST_STEPS = 2;

  /** More steps than the training has there are not. */
  public static final int MOST_STEPS = 1000;

  /** Sides that are offered for export. */
  public static final List<Integer> EXPORT_SIDES = List.of(1024, 2048, 4096, 8192, 16384);

  /** The side that is exported when nothing else is chosen: "2K". */
  public static final int DEFAULT_EXPORT_SIDE = 2048;

  /** A clear day over a meadow, with the embedded model. */
  public static final long FIRST_SEED = 18;

  /** No guidance: the prompt alone. */
  public static final double LEAST_GUIDANCE = 1;

  /** More than this only burns the colours. */
  public static final double MOST_GUIDANCE = 10;

  /** Less than this is no change. */
  public static final double LEAST_STRENGTH = 0.05;

  private static final int SEEDS_KEPT = 20;

  /** Dice roll below this: seeds that a person can read out. */
  private static final int LARGEST_ROLL = 1_000_000;

  private final RandomGenerator dice;
  private final ObjectProperty<Optional<ModelChoice>> model =
      new SimpleObjectProperty<>(this, "model", Optional.empty());
  private final StringProperty seed = new SimpleStringProperty(this, "seed", Seed.text(FIRST_SEED));
  private final ReadOnlyStringWrapper seedError = new ReadOnlyStringWrapper(this, "seedError", "");
  private final BooleanProperty seedLocked = new SimpleBooleanProperty(this, "seedLocked");
  private final IntegerProperty steps =
      new SimpleIntegerProperty(this, "steps", RecipeDefaults.STEPS);
  private final ObjectProperty<SamplerKind> sampler =
      new SimpleObjectProperty<>(this, "sampler", RecipeDefaults.SAMPLER);
  private final DoubleProperty eta = new SimpleDoubleProperty(this, "eta", 1);
  private final IntegerProperty classLabel = new SimpleIntegerProperty(this, "classLabel", 0);
  private final StringProperty prompt = new SimpleStringProperty(this, "prompt", "");
  private final StringProperty negativePrompt =
      new SimpleStringProperty(this, "negativePrompt", "");
  private final DoubleProperty guidance =
      new SimpleDoubleProperty(this, "guidance", RecipeDefaults.GUIDANCE);
  private final IntegerProperty exportSide =
      new SimpleIntegerProperty(this, "exportSide", DEFAULT_EXPORT_SIDE);
  private final DoubleProperty strength = new SimpleDoubleProperty(this, "strength", 0.5);
  private final ObjectProperty<Optional<Guidance>> layout =
      new SimpleObjectProperty<>(this, "layout", Optional.empty());
  private Consumer<Recipe> adopted = recipe -> {};
  private final ObservableList<Long> seeds = FXCollections.observableArrayList();
  private final ObservableList<Long> shownSeeds = FXCollections.unmodifiableObservableList(seeds);
  private boolean seedUsed;
  private final StringProperty note = new SimpleStringProperty(this, "note", "");

  /** What was chosen when a picture was shown or begun; empty where it is not that any more. */
  private Optional<RecipeDraft.Choices> settled = Optional.empty();

  /**
   * @param dice where new seeds come from
   */
  public RecipeModel(RandomGenerator dice) {
    this.dice = dice;
    prompt.subscribe(() -> note.set(""));
    negativePrompt.subscribe(() -> note.set(""));
    // what nobody chose is that of the model
    model.subscribe(
        (before, now) -> {
          if (guidance.get() == usualGuidance(before)) {
            guidance.set(usualGuidance(now));
          }
          if (sampler.get() == usualSampler(before) && steps.get() == usualSteps(before)) {
            sampler.set(usualSampler(now));
            steps.set(usualSteps(now));
          }
        });
    seed.subscribe(
        text -> {
          seedUsed = false;
          seedError.set(
              parse(text).isPresent() ? "" : "A seed is a whole number below 2^64, such as 7.");
        });
  }

  private static double usualGuidance(Optional<ModelChoice> chosen) {
    return chosen.map(ModelChoice::guidance).orElse(RecipeDefaults.GUIDANCE);
  }

  private static SamplerKind usualSampler(Optional<ModelChoice> chosen) {
    return chosen.map(ModelChoice::sampler).orElse(RecipeDefaults.SAMPLER);
  }

  private static int usualSteps(Optional<ModelChoice> chosen) {
    return RecipeDefaults.steps(usualSampler(chosen), RecipeDefaults.LAYOUT_STEPS);
  }

  private static Optional<Long> parse(String text) {
    return Seed.parse(text);
  }

  /** The chosen model; empty while none is known. */
  public ObjectProperty<Optional<ModelChoice>> modelProperty() {
    return model;
  }

  /** The seed as typed. */
  public StringProperty seedProperty() {
    return seed;
  }

  /** What is wrong with the seed as typed; empty when nothing is. */
  public ReadOnlyStringProperty seedErrorProperty() {
    return seedError.getReadOnlyProperty();
  }

  /** Whether the seed stays for the following runs. */
  public BooleanProperty seedLockedProperty() {
    return seedLocked;
  }

  /** The number of sampling steps. */
  public IntegerProperty stepsProperty() {
    return steps;
  }

  /** The sampler. */
  public ObjectProperty<SamplerKind> samplerProperty() {
    return sampler;
  }

  /** η of DDIM, 0 to 1. */
  public DoubleProperty etaProperty() {
    return eta;
  }

  /** The class, for models that have classes. */
  public IntegerProperty classLabelProperty() {
    return classLabel;
  }

  /** What the picture should show, for models that take prompts; blank for anything. */
  public StringProperty promptProperty() {
    return prompt;
  }

  /** What the picture should not show, for models with guidance; blank for nothing. */
  public StringProperty negativePromptProperty() {
    return negativePrompt;
  }

  /**
   * How strictly the prompts are followed, {@link #LEAST_GUIDANCE} to {@link #MOST_GUIDANCE}; kept
   * when there is no prompt to follow.
   */
  public DoubleProperty guidanceProperty() {
    return guidance;
  }

  /** How much a variation changes, {@link #LEAST_STRENGTH} to 1. */
  public DoubleProperty strengthProperty() {
    return strength;
  }

  /** The layout that the next picture follows, and how; empty for none. */
  public ObjectProperty<Optional<Guidance>> layoutProperty() {
    return layout;
  }

  /** Says who else shows the settings of an adopted recipe. */
  public void onAdopt(Consumer<Recipe> listener) {
    adopted = listener;
  }

  /** The side of an exported picture in pixels. */
  public IntegerProperty exportSideProperty() {
    return exportSide;
  }

  /** Takes a new seed, even when the old one is locked: the user asked for it. */
  public void roll() {
    seed.set(Integer.toString(dice.nextInt(LARGEST_ROLL)));
  }

  /** What the last run said of these choices; empty when it said nothing, or they have changed. */
  public StringProperty noteProperty() {
    return note;
  }

  /** Whether a run can begin with what is chosen. */
  public boolean isComplete() {
    return model.get().isPresent() && seedError.get().isEmpty();
  }

  /**
   * The recipe of the run that begins now; takes a new seed before if the present one was used and
   * is not locked.
   *
   * @return empty when the choices are not complete
   */
  public Optional<Recipe> begin() {
    note.set("");
    if (seedUsed && !seedLocked.get()) {
      roll();
    }
    var begun = draft();
    seedUsed |= begun.isPresent();
    begun.ifPresent(recipe -> remember(recipe.seed()));
    settle();
    return begun;
  }

  /**
   * The recipe of a run that is not shown where the user looks; the seed that is shown stays.
   *
   * @return empty when the choices are not complete
   */
  public Optional<Recipe> beginAside() {
    var shown = seed.get();
    var begun = begin();
    if (!seedLocked.get()) {
      seed.set(shown);
      seedUsed = true;
    }
    return begun;
  }

  /** Shows the seed of the picture in sight, unless another one was typed or is locked. */
  public void showUsedSeed(long used) {
    if (seedUsed && !seedLocked.get()) {
      seed.set(Seed.text(used));
      seedUsed = true;
    }
  }

  private RecipeDraft.Choices choices() {
    return new RecipeDraft.Choices(
        typed(prompt),
        typed(negativePrompt),
        guidance.get(),
        steps.get(),
        sampler.get(),
        eta.get(),
        classLabel.get());
  }

  private static String typed(StringProperty text) {
    return text.get() == null ? "" : text.get();
  }

  /** What is chosen by now is what the picture in sight is made by. */
  public void settle() {
    settled = Optional.of(choices());
  }

  /** What was typed belongs to another picture. */
  public void forgetTyped() {
    settle();
    seedUsed = true;
  }

  /** What is chosen by now was typed by the user. */
  public void edit() {
    settled = Optional.empty();
  }

  /** Whether the user has chosen something since the picture in sight was shown or begun. */
  public boolean isEdited() {
    return !seedUsed || !settled.equals(Optional.of(choices()));
  }

  /** What is chosen and typed, to be shown again. */
  public RecipeDraft keep() {
    return new RecipeDraft(model.get(), seed.get(), seedUsed, choices(), settled);
  }

  /** Shows what was chosen and typed. */
  public void show(RecipeDraft draft) {
    note.set("");
    model.set(draft.model());
    seed.set(draft.seed());
    seedUsed = draft.seedUsed();
    var chosen = draft.choices();
    prompt.set(chosen.prompt());
    negativePrompt.set(chosen.negativePrompt());
    guidance.set(chosen.guidance());
    steps.set(chosen.steps());
    sampler.set(chosen.sampler());
    eta.set(chosen.eta());
    classLabel.set(chosen.classLabel());
    settled = draft.settled();
  }

  private void remember(long used) {
    seeds.remove(Long.valueOf(used));
    seeds.addFirst(used);
    if (seeds.size() > SEEDS_KEPT) {
      seeds.removeLast();
    }
  }

  /** The seeds of the last runs, the newest first. */
  public ObservableList<Long> seeds() {
    return shownSeeds;
  }

  /**
   * What is chosen at the moment, as a recipe.
   *
   * @return empty when the choices are not complete
   */
  public Optional<Recipe> draft() {
    if (!isComplete()) {
      return Optional.empty();
    }
    var chosen = model.get().orElseThrow();
    boolean guided = chosen.prompts() == ModelChoice.Prompts.GUIDED;
    var wanted = chosen.takesPrompts() ? words(prompt) : null;
    var unwanted = guided ? words(negativePrompt) : null;
    boolean asked = wanted != null || unwanted != null;
    return Optional.of(
        Recipe.builder(chosen.id(), chosen.hash())
            .seed(parse(seed.get()).orElseThrow())
            .steps(Math.clamp(steps.get(), FEWEST_STEPS, MOST_STEPS))
            .sampler(sampler.get())
            .eta(Math.clamp(eta.get(), 0, 1))
            .classLabel(
                chosen.hasClasses() ? Math.clamp(classLabel.get(), 0, chosen.classes() - 1) : null)
            .prompt(wanted)
            .negativePrompt(unwanted)
            .guidanceScale(
                guided && asked ? Math.clamp(guidance.get(), LEAST_GUIDANCE, MOST_GUIDANCE) : 1)
            .guidance(layout.get().orElse(null))
            .build());
  }

  private static @Nullable String words(StringProperty text) {
    var words = text.get() == null ? "" : text.get().strip();
    return words.isEmpty() ? null : words;
  }

  /** Lets the next run have the present seed, although it was used. */
  public void keepSeed() {
    seedUsed = false;
  }

  /** Shows all settings of a recipe, so that the same picture can be made again. */
  public void adopt(Recipe recipe) {
    recall(recipe);
    adopted.accept(recipe);
  }

  /** Shows the settings of a recipe but for its layout. */
  public void recall(Recipe recipe) {
    note.set("");
    if (recipe.photo() != null) {
      // a photo was made without any words, and without a seed
      prompt.set("");
      negativePrompt.set("");
      seedUsed = true;
      settle();
      return;
    }
    seed.set(recipe.seedText());
    steps.set(Math.clamp(recipe.steps(), FEWEST_STEPS, MOST_STEPS));
    sampler.set(recipe.sampler());
    eta.set(Math.clamp(recipe.eta(), 0, 1));
    var label = recipe.classLabel();
    if (label != null) {
      classLabel.set(label);
    }
    var wanted = recipe.prompt();
    var unwanted = recipe.negativePrompt();
    prompt.set(wanted == null ? "" : wanted);
    negativePrompt.set(unwanted == null ? "" : unwanted);
    if (wanted != null || unwanted != null) {
      guidance.set(Math.clamp(recipe.guidanceScale(), LEAST_GUIDANCE, MOST_GUIDANCE));
    }
    seedUsed = true;
    settle();
  }
}
