package org.infd.app.export;

/** How far an export is. */
public sealed interface ExportState {
  /** Its turn has not come. */
  record Waiting() implements ExportState {}

  /**
   * It is being written.
   *
   * @param part how much is done, 0 to 1; negative while that is not known
   * @param words the same for people, with the time that is left
   */
  record Running(double part, String words) implements ExportState {}

  /**
   * The user stopped it for a while; what is done is kept.
   *
   * @param part how much is done, 0 to 1; negative where that is not known
   */
  record Paused(double part) implements ExportState {}

  /** The file is there. */
  record Done() implements ExportState {}

  /**
   * It could not be written.
   *
   * @param sentence what went wrong and what to do
   * @param blocked whether another export of its name was begun, which trying again would throw
   *     away
   */
  record Failed(String sentence, boolean blocked) implements ExportState {}
}
