package org.infd.bench;

/** Measures the studio: {@code view}, {@code gallery}, or {@code soak} with a number of rounds. */
public final class StudioFigures {
  private static final int ROUNDS = 500;
  private static final int PICTURES = 5000;

  private StudioFigures() {}

  /** See the class. */
  public static void main(String[] arguments) throws Exception {
    var what = arguments.length == 0 ? "view" : arguments[0];
    switch (what) {
      case "view" -> ViewerBenchmark.run();
      case "soak" -> SoakRun.run(arguments.length > 1 ? Integer.parseInt(arguments[1]) : ROUNDS);
      case "gallery" ->
          GalleryFigures.run(arguments.length > 1 ? Integer.parseInt(arguments[1]) : PICTURES);
      default -> throw new IllegalArgumentException("view, gallery or soak, not " + what);
    }
  }
}
