package org.infd.app.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.infd.inference.ShownText;

/**
 * The names of a model's classes: a text file beside its manifest, a name in each line, the first
 * for class 0. Checkpoints know none; whoever has them puts the file there.
 */
final class ClassNames {
  static final String FILE = "classes.txt";

  private static final System.Logger LOG = System.getLogger(ClassNames.class.getName());
  private static final long LARGEST_FILE = 4 << 20;

  private ClassNames() {}

  /**
   * Reads the names. Never throws.
   *
   * @param bundle the folder of the model
   * @param classes how many classes it knows
   * @return a name for each class, or nothing when the file is not there or does not fit
   */
  static List<String> read(Path bundle, int classes) {
    var file = bundle.resolve(FILE);
    try {
      if (classes == 0 || !Files.isRegularFile(file) || Files.size(file) > LARGEST_FILE) {
        return List.of();
      }
      var names =
          Files.readAllLines(file).stream().map(name -> ShownText.line(name).strip()).toList();
      if (names.size() == classes) {
        return names;
      }
      LOG.log(System.Logger.Level.WARNING, "{0} has not {1} lines", file, classes);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "class names not read from " + file, e);
    }
    return List.of();
  }
}
