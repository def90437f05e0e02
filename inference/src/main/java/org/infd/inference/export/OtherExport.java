package org.infd.inference.export;

import java.nio.file.Path;
import java.util.List;
import org.infd.inference.Problem;

/** An export finds that another one of its name was begun and not finished. Nothing is touched. */
public final class OtherExport extends Problem {
  private final List<String> different;

  /**
   * @param journal of the other export
   * @param different what of it is not the same, in words
   */
  OtherExport(Path journal, List<String> different) {
    super(
        journal
            + " is of another export that was interrupted: "
            + inWords(different)
            + ". Give that command again to finish it, choose another name, or begin anew with"
            + " --restart.");
    this.different = List.copyOf(different);
  }

  /**
   * @param problem what is there, and what to do
   * @param different what of it is not the same, in words
   */
  OtherExport(String problem, List<String> different) {
    super(problem);
    this.different = List.copyOf(different);
  }

  private static String inWords(List<String> different) {
    return "another " + String.join(", another ", different);
  }

  /** What of it is not the same, for a sentence: "another size, another format". */
  public String different() {
    return inWords(different);
  }
}
