package org.infd.app.runs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.infd.app.engine.Picture;
import org.infd.app.work.Place;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;
import org.jspecify.annotations.Nullable;

/**
 * What a run makes, with all that is needed to begin it: now, after others, again after the device
 * stopped, or at the next start of the program. A run is written to the session file as JSON; its
 * {@code kind} says which of the records it is.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Run.Sample.class, name = "sample"),
  @JsonSubTypes.Type(value = Run.Batch.class, name = "batch"),
  @JsonSubTypes.Type(value = Run.Vary.class, name = "vary"),
  @JsonSubTypes.Type(value = Run.Redo.class, name = "redo"),
  @JsonSubTypes.Type(value = Run.Encode.class, name = "encode")
})
public sealed interface Run {
  /** One picture by a recipe. */
  record Sample(Recipe recipe) implements Run {
    @Override
    public String title() {
      return Picture.subject(recipe);
    }

    @Override
    public boolean isWhole() {
      return isUsable(recipe);
    }
  }

  /**
   * Several pictures by one recipe, with one seed after the other.
   *
   * @param recipe of the first of them
   * @param count how many they are, at least 1
   * @param files where those lie that are made, in the order of their seeds; "" for one that is
   *     not, and nothing from the last one that is made
   */
  record Batch(Recipe recipe, int count, List<String> files) implements Run {
    /** Reads a file that says nothing of what is made. */
    public Batch {
      files = files(files);
    }

    /** Of which nothing is made. */
    public Batch(Recipe recipe, int count) {
      this(recipe, count, List.of());
    }

    /** The reader fills records without asking whether a component may be null. */
    private static List<String> files(@Nullable List<String> read) {
      return read == null ? List.of() : Collections.unmodifiableList(read);
    }

    @Override
    public String title() {
      return count + " × " + Picture.subject(recipe);
    }

    @Override
    public boolean isWhole() {
      return isUsable(recipe)
          && count >= 1
          && files.stream().allMatch(file -> Place.of(file).isPresent());
    }
  }

  /**
   * A picture that goes out from another one (img2img).
   *
   * @param strength the part of the sampling that is done again, 0 to 1
   */
  record Vary(ParentPicture parent, Recipe recipe, double strength) implements Run {
    @Override
    public String title() {
      return "Variation: " + Picture.subject(recipe);
    }

    @Override
    public Optional<ParentPicture> parentPicture() {
      return Optional.of(parent);
    }

    @Override
    public boolean isWhole() {
      return isUsable(recipe) && isPresent(parent) && strength >= 0 && strength <= 1;
    }
  }

  /**
   * A picture of which one box is made anew (inpainting).
   *
   * @param recipe how the box is made; its prompt is the box's
   */
  record Redo(ParentPicture parent, Frame.Region box, Recipe recipe) implements Run {
    @Override
    public String title() {
      return "Box: " + Picture.subject(recipe);
    }

    @Override
    public Optional<ParentPicture> parentPicture() {
      return Optional.of(parent);
    }

    @Override
    public boolean isWhole() {
      return isUsable(recipe) && isPresent(parent) && isPresent(box);
    }
  }

  /**
   * The square of a photo as a field.
   *
   * @param square which one, with the hash that the photo is found by
   * @param model the id of the model that encodes it
   */
  record Encode(Recipe.Photo square, String model) implements Run {
    @Override
    public String title() {
      return square.file();
    }

    @Override
    public boolean isWhole() {
      return isPresent(square) && isText(square.file()) && isText(square.sha256()) && isText(model);
    }
  }

  /** What it asks for, in a line. */
  String title();

  /** The picture that it goes out from; empty where there is none. */
  default Optional<ParentPicture> parentPicture() {
    return Optional.empty();
  }

  /** Whether a run that was read from a file lacks nothing. */
  @JsonIgnore
  boolean isWhole();

  private static boolean isUsable(@Nullable Recipe recipe) {
    return recipe != null && recipe.isUsable();
  }

  private static boolean isText(@Nullable String text) {
    return text != null;
  }

  private static boolean isPresent(@Nullable Object component) {
    return component != null;
  }
}
