import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Other programs: those of the JDK, of the system, and Maven.
 *
 * @param folder where they run
 * @param jdk whose tools are used
 * @param os win, mac or linux
 */
record Commands(Path folder, Path jdk, String os) {
  /** A tool of the JDK. */
  Path tool(String name) {
    return jdk.resolve("bin").resolve(os.equals("win") ? name + ".exe" : name);
  }

  /** A call of Maven. */
  List<String> maven(String... arguments) {
    var command = new ArrayList<>(List.of(os.equals("win") ? "mvn.cmd" : "mvn", "-q", "-B"));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Whether the system has a program. */
  static boolean onPath(String tool) {
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      for (var name : List.of(tool, tool + ".exe")) {
        if (Files.isExecutable(Path.of(folder, name))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Runs a program; ends this one where it fails. */
  void run(List<String> command) throws Exception {
    int code = process(command).inheritIO().start().waitFor();
    if (code != 0) {
      fail(1, command.getFirst() + " ended with " + code + ": " + String.join(" ", command));
    }
  }

  /** What a program says; ends this one where it fails. */
  String output(List<String> command) throws Exception {
    var process = process(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var text = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      fail(1, command.getFirst() + " failed: " + text);
    }
    return text;
  }

  private ProcessBuilder process(List<String> command) {
    var process = new ProcessBuilder(command).directory(folder.toFile());
    // the default takes minutes for a few percent
    process.environment().putIfAbsent("DPKG_DEB_COMPRESSOR_TYPE", "zstd");
    // archives of the same files are the same, whenever they are packed
    process
        .environment()
        .put("SOURCE_DATE_EPOCH", Long.toString(Package.TIME.toInstant().getEpochSecond()));
    return process;
  }

  /** Ends the program with a sentence. */
  static void fail(int code, String sentence) {
    System.err.println(sentence.strip());
    System.exit(code);
  }
}
