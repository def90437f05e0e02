package org.infd.app.runs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * A run that was under way or waited when the program ended, as the session file has it.
 *
 * @param run what is to be made; null where the file does not say it whole
 * @param tab the field file of the tab that it is shown in; {@link #OWN_TAB} for a tab of its own,
 *     null for the gallery alone
 */
public record UnfinishedRun(@Nullable Run run, @Nullable String tab) {
  /** A tab that had nothing in it yet. */
  public static final String OWN_TAB = "";

  /**
   * Reads one of any version of the file. Version 1 knew samplings only, and of their tabs nothing.
   *
   * @param recipe of version 1: the first picture
   * @param count of version 1: how many
   */
  @JsonCreator
  static UnfinishedRun read(
      @JsonProperty("run") @Nullable Run run,
      @JsonProperty("tab") @Nullable String tab,
      @JsonProperty("recipe") @Nullable Recipe recipe,
      @JsonProperty("count") int count) {
    return new UnfinishedRun(run == null && recipe != null ? sampling(recipe, count) : run, tab);
  }

  private static Run sampling(Recipe recipe, int count) {
    return count == 1 ? new Run.Sample(recipe) : new Run.Batch(recipe, count);
  }

  /** The run; empty where something of it is missing. */
  public Optional<Run> whole() {
    return Optional.ofNullable(run).filter(Run::isWhole);
  }
}
