import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Holds every Java file of the repository against google-java-format, before anything is compiled:
 * {@code java … Format.java ROOT check|fix}. Exits with 1 and the names of the files that differ,
 * or rewrites them. Maven runs it in its first phase on the JDK of the toolchain, since the
 * formatter has to know the language level of the sources and Maven itself may run on an older one.
 */
public final class Format {
  private static final List<String> SOURCES =
      List.of("inference/src", "exporter/src", "app/src", "src", "installers");

  private Format() {}

  /** Checks or rewrites the files. */
  public static void main(String[] arguments) throws IOException, FormatterException {
    var root = Path.of(arguments[0]);
    boolean fix = arguments[1].equals("fix");
    var files = new ArrayList<Path>();
    for (var folder : SOURCES) {
      try (Stream<Path> walk = Files.walk(root.resolve(folder))) {
        walk.filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !root.relativize(file).toString().contains("target"))
            .forEach(files::add);
      }
    }
    if (files.size() < 100) {
      throw new IOException("Only " + files.size() + " Java files were found below " + root + ".");
    }
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    var differ =
        files.parallelStream().sorted().filter(file -> differs(formatter, file, fix)).toList();
    if (!fix && !differ.isEmpty()) {
      differ.forEach(file -> System.err.println("not formatted: " + root.relativize(file)));
      System.err.println("Run 'mvn -N validate -Dformat=fix' and commit what it changes.");
      System.exit(1);
    }
    System.out.println(
        files.size() + " files, " + differ.size() + (fix ? " rewritten" : " differ"));
  }

  private static boolean differs(Formatter formatter, Path file, boolean fix) {
    try {
      var text = Files.readString(file);
      var ordered = ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE);
      var formatted = formatter.formatSource(RemoveUnusedImports.removeUnusedImports(ordered));
      if (formatted.equals(text)) {
        return false;
      }
      if (fix) {
        Files.writeString(file, formatted);
      }
      return true;
    } catch (IOException | FormatterException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }
}
