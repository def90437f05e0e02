package org.infd.app.recipe;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.ModelChoice;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.generation.PromptMeter;
import org.infd.inference.generation.Seed;
import org.jspecify.annotations.Nullable;

/**
 * How long the prompt is that is being typed. It is measured in the background; what is typed
 * meanwhile is measured next. All methods belong to the user interface's thread.
 */
public final class PromptLength {
  private static final int LONGEST_WORD = 24;
  private static final int MOST_WORDS = 4;
  private static final int LONGEST_DRAWN = 200;

  /**
   * A prompt that was measured.
   *
   * @param prompt as it was typed
   */
  public record Measured(String prompt, PromptMeter.Length length) {
    /** The length in few words: "23 / 75", "90 tokens, 2 chunks of 75". */
    String count() {
      return length.chunks() == 1
          ? NumberText.format("%d / %d", length.tokens(), length.room())
          : NumberText.format(
              "%d tokens, %d chunks of %d", length.tokens(), length.chunks(), length.room());
    }

    /** Whether some of it is not read. */
    boolean isCut() {
      return length.end() < prompt.length();
    }

    /** What the numbers mean, and where the prompt is cut. */
    String explained() {
      var explained =
          new StringBuilder(
              NumberText.format(
                  "Tokens, which are words and parts of words. The model reads %d at a time.",
                  length.room()));
      if (length.chunks() > 1) {
        explained.append("\nA new chunk begins at ");
        explained.append(
            Stream.concat(
                    length.starts().stream().limit(MOST_WORDS).map(this::word),
                    length.starts().size() > MOST_WORDS ? Stream.of("and so on") : Stream.of())
                .collect(Collectors.joining(", ")));
        explained.append(".");
      }
      if (isCut()) {
        explained.append("\nLeft out is all from ").append(word(length.end())).append(" on.");
      }
      return explained.toString();
    }

    /** What the seed that is shown draws, in a sentence; empty where there is nothing to draw. */
    Optional<String> drawn() {
      return length
          .drawn()
          .map(text -> "This seed draws “" + ShownText.shortened(text, LONGEST_DRAWN) + "”.");
    }

    private String word(int at) {
      var rest = prompt.substring(at).strip();
      int end = 0;
      while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
        end++;
      }
      var word = rest.substring(0, end).replaceAll("[,;.]+$", "");
      return word.isEmpty() ? "the end" : "“" + ShownText.shortened(word, LONGEST_WORD) + "”";
    }
  }

  private record Task(ModelChoice model, String prompt, long seed) {}

  private final RecipeModel recipe;
  private final Function<ModelChoice, Optional<PromptMeter>> meters;
  private final Executor background;
  private final Executor ui;
  private final ReadOnlyObjectWrapper<Optional<Measured>> measured =
      new ReadOnlyObjectWrapper<>(this, "measured", Optional.empty());
  private Optional<Task> running = Optional.empty();
  private @Nullable ModelChoice meterOf;
  private Optional<PromptMeter> meter = Optional.empty();

  /**
   * @param recipe whose prompt is measured
   * @param meters gives the meter of a model, which may take long; empty where none is
   */
  public PromptLength(
      RecipeModel recipe,
      Function<ModelChoice, Optional<PromptMeter>> meters,
      Executor background,
      Executor ui) {
    this.recipe = recipe;
    this.meters = meters;
    this.background = background;
    this.ui = ui;
    recipe.promptProperty().subscribe(this::measure);
    recipe.seedProperty().subscribe(this::measure);
    recipe.modelProperty().subscribe(chosen -> measure());
  }

  /** The prompt and its length; empty for models that take none, and until it is known. */
  ReadOnlyObjectProperty<Optional<Measured>> measuredProperty() {
    return measured.getReadOnlyProperty();
  }

  private Optional<Task> wanted() {
    var prompt = Optional.ofNullable(recipe.promptProperty().get()).orElse("");
    long seed = Seed.parse(recipe.seedProperty().get()).orElse(0L);
    return recipe
        .modelProperty()
        .get()
        .filter(ModelChoice::takesPrompts)
        .map(model -> new Task(model, prompt, seed));
  }

  private void measure() {
    var wanted = wanted();
    if (wanted.isEmpty()) {
      measured.set(Optional.empty());
    }
    if (running.isEmpty() && wanted.isPresent()) {
      running = wanted;
      background.execute(() -> run(wanted.get()));
    }
  }

  /** On a thread of the background, one task at a time. */
  private void run(Task task) {
    Optional<Measured> found;
    try {
      if (!task.model().equals(meterOf)) {
        meter = meters.apply(task.model());
        meterOf = task.model();
      }
      found =
          meter.map(
              known -> new Measured(task.prompt(), known.measure(task.prompt(), task.seed())));
    } catch (Problem e) {
      // the run says it, where it matters
      found = Optional.empty();
    }
    var result = found;
    ui.execute(() -> show(task, result));
  }

  private void show(Task task, Optional<Measured> found) {
    running = Optional.empty();
    var now = wanted();
    if (now.isPresent() && Objects.equals(now.get().model(), task.model())) {
      measured.set(found);
    }
    if (!now.equals(Optional.of(task))) {
      measure();
    }
  }
}
