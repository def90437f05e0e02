package org.infd.app.models;

import java.nio.file.Path;

/** How far an import is. */
public sealed interface ImportState {
  /** Nothing is being imported. */
  record Idle() implements ImportState {}

  /** A checkpoint was chosen; the user says how to import it. */
  record Chosen(Path checkpoint) implements ImportState {}

  /**
   * The importer works.
   *
   * @param stage what it does, for people
   * @param done the part of this stage that is done, 0 to 1
   */
  record Running(Path checkpoint, String stage, double done) implements ImportState {}

  /** The model is there. */
  record Done(ModelStore.Imported model) implements ImportState {}

  /**
   * It could not be imported.
   *
   * @param sentence why
   */
  record Failed(Path checkpoint, String sentence) implements ImportState {}
}
