package org.infd.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.UserData;

/**
 * What a run does that is only made so that the JVM keeps what it learns of the program, as an AOT
 * cache: the usual commands, then the window with what they made.
 */
public final class Rehearsal {
  private Rehearsal() {}

  /**
   * Runs the commands; one that fails only has less to teach.
   *
   * @return the arguments with which the studio opens: the file of a small picture, or none
   */
  public static String[] commands(CommandLineInterface program) {
    try {
      var folder = Files.createDirectories(UserData.folder()).resolve("rehearsal");
      var field = Files.createDirectories(folder).resolve("picture.infd");
      program.run("models");
      program.run(
          "generate",
          "--steps",
          "2",
          "--size",
          "64",
          "--field",
          field.toString(),
          "--out",
          out(folder));
      return Files.exists(field) ? new String[] {field.toString()} : new String[0];
    } catch (IOException _) {
      return new String[0];
    }
  }

  private static String out(Path folder) {
    return folder.resolve("picture.png").toString();
  }
}
