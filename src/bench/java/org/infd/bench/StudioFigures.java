package org.infd.bench;

/** Measures the studio: {@code view}, or {@code soak} with a number of rounds. */
public final class StudioFigures {
  private static final int ROUNDS = 500;

  private StudioFigures() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    var what = arguments.length == 0 ? "view" : arguments[0];
    switch (what) {
      case "view" -> ViewerBenchmark.run();
      case "soak" -> SoakRun.run(arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS);
      default -> throw new IllegalArgumentException("view or soak, not " + what);
    }
  }
}
