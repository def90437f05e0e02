package org.infd.app.models;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * What the page of models needs of the disk and the importer. Every method may take long and is
 * called off the user interface's thread; each throws a {@link Problem} whose message is shown as
 * it is.
 */
public interface ModelStore {
  /** Where installed models lie. It need not exist yet. */
  Path folder();

  /** All models, the embedded ones first, then by id. */
  List<ModelCard> list();

  /**
   * Recipes to begin with, for models that come with the program.
   *
   * @throws Problem if a list of them is not as it should be
   */
  default List<Sample> samples() {
    return List.of();
  }

  /** Layout files to begin with, which come with the program. */
  default List<Path> layouts() {
    return List.of();
  }

  /**
   * Reads every file of a model and compares it with its hash.
   *
   * @return how many files there are
   * @throws Problem naming the first file that is missing or changed
   */
  int verify(ModelCard card);

  /**
   * Deletes an installed model.
   *
   * @throws Problem if it is an embedded one, or cannot be deleted
   */
  void remove(ModelCard card);

  /**
   * Makes a model from a checkpoint, under an id that no other model has.
   *
   * @throws Problem if the checkpoint cannot be read or run, or the model cannot be written;
   *     nothing is left then
   * @throws CancellationException if it was asked for; nothing is left then
   */
  Imported importCheckpoint(
      Path checkpoint, Wishes wishes, Progress progress, Cancellation cancellation);

  /**
   * Looks what a file is, without importing it.
   *
   * @throws Problem if it cannot be imported
   */
  default Found look(Path checkpoint, Wishes wishes) {
    return Found.nothing();
  }

  /**
   * What a file is.
   *
   * @param lines what is in it, for people
   * @param wantsMerges whether the list by which texts become tokens has to be named
   */
  record Found(List<String> lines, boolean wantsMerges) {
    /** Copies the lines. */
    public Found {
      lines = List.copyOf(lines);
    }

    /** Nothing is known. */
    public static Found nothing() {
      return new Found(List.of(), false);
    }
  }

  /**
   * What the user decides about an import.
   *
   * @param name what people are shown; blank for one made from the file's name
   * @param licence the terms of the weights; blank when unknown
   * @param half whether weights are stored as 16-bit floats
   * @param trainedScale the image sides that the renderer was trained on, "MIN..MAX"; blank for
   *     what the checkpoint says
   * @param merges by what texts become tokens; null where it lies with the model or is of no use
   */
  record Wishes(
      String name, String licence, boolean half, String trainedScale, @Nullable Path merges) {
    /** Wishes without merges. */
    public Wishes(String name, String licence, boolean half, String trainedScale) {
      this(name, licence, half, trainedScale, null);
    }
  }

  /**
   * A new model.
   *
   * @param report what was taken, ignored and tried: lines for people
   */
  record Imported(String id, String name, String report) {}

  /** Follows an import. */
  @FunctionalInterface
  interface Progress {
    /**
     * Told when something begins, and while it goes on.
     *
     * @param stage what is being done, for people
     * @param done the part of this stage that is done, 0 to 1
     */
    void at(String stage, double done);
  }

  /** A store of no models, which cannot import any. */
  static ModelStore none() {
    return new ModelStore() {
      @Override
      public Path folder() {
        return Path.of("models");
      }

      @Override
      public List<ModelCard> list() {
        return List.of();
      }

      @Override
      public int verify(ModelCard card) {
        throw new Problem("There are no models here.");
      }

      @Override
      public void remove(ModelCard card) {
        throw new Problem("There are no models here.");
      }

      @Override
      public Imported importCheckpoint(
          Path checkpoint, Wishes wishes, Progress progress, Cancellation cancellation) {
        throw new Problem("Models cannot be imported here.");
      }
    };
  }
}
