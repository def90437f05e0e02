import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes an installer of INFD Studio for the system that it runs on: Maven builds, jlink makes a
 * small Java of its own, jpackage makes the application, a trial run makes its AOT cache, jpackage
 * again makes the package. Started by {@code installers/build}.
 */
final class Package {
  static final String NAME = "INFD Studio";

  /** When every file in a package was made. */
  static final FileTime TIME = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private static final String MAIN = "org.infd.app.Main";
  private static final List<String> TYPES = List.of("app-image", "deb", "rpm", "msi", "dmg");

  private static final String SBOM = "org.cyclonedx:cyclonedx-maven-plugin:2.9.1:makeAggregateBom";

  /** What the program needs beside what its jars name: locales, TLS is not among them. */
  private static final List<String> MODULES =
      List.of("javafx.controls", "javafx.swing", "jdk.unsupported", "jdk.localedata");

  private static final String USAGE =
      """
      Usage: installers/build --type app-image|deb|rpm|msi|dmg [--cuda] [--no-aot] [--out DIR]
        --type     the kind of package; each can be built only on a system that has it
        --cuda     with the CUDA runtime (some 600 MB more)
        --no-aot   without the cache that makes the start faster
        --out      where the package goes (default: installers/target)
      """;

  private final Path root;
  private final Commands commands;
  private final String folder;
  private final String type;
  private final boolean cuda;
  private final boolean aot;
  private final Path out;
  private final Path work;
  private final String os;

  private Package(Path root, String type, boolean cuda, boolean aot, Path out) throws IOException {
    this.root = root;
    this.type = type;
    this.cuda = cuda;
    this.aot = aot;
    this.out = Files.createDirectories(out);
    work = root.resolve("installers/target/work");
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    os = name.startsWith("win") ? "win" : name.startsWith("mac") ? "mac" : "linux";
    commands = new Commands(root, Path.of(System.getProperty("java.home")), os);
    folder = "infd-studio" + (cuda ? "-cuda" : "");
  }

  public static void main(String[] arguments) throws Exception {
    String type = null;
    boolean cuda = false;
    boolean aot = true;
    var root = Path.of(System.getProperty("infd.root", ".")).toAbsolutePath().normalize();
    var out = root.resolve("installers/target");
    var rest = new ArrayList<>(Arrays.asList(arguments));
    while (!rest.isEmpty()) {
      var option = rest.removeFirst();
      switch (option) {
        case "--cuda" -> cuda = true;
        case "--no-aot" -> aot = false;
        case "--type", "--out" -> {
          if (rest.isEmpty()) {
            Commands.fail(2, option + " needs a value.\n" + USAGE);
          }
          if (option.equals("--type")) {
            type = rest.removeFirst();
          } else {
            out = Path.of(rest.removeFirst()).toAbsolutePath();
          }
        }
        case "--help", "-h" -> {
          System.out.print(USAGE);
          return;
        }
        default -> Commands.fail(2, option + " is not an option.\n" + USAGE);
      }
    }
    if (type == null || !TYPES.contains(type)) {
      Commands.fail(2, "--type is one of " + TYPES + ".\n" + USAGE);
    }
    new Package(root, type, cuda, aot, out).make();
  }

  private void make() throws Exception {
    requireTools();
    Folders.delete(work);
    Files.createDirectories(work);
    System.out.println("Building " + NAME + (cuda ? " with CUDA" : ""));
    build();
    var input = input();
    var runtime = runtime(input);
    var image = image(input, runtime);
    if (os.equals("linux")) {
      launchers(image);
    }
    if (aot) {
      var home = work.resolve("home");
      new Rehearsal(appFolder(image), launcher(image, NAME), home)
          .run(os.equals("linux") && System.getenv("DISPLAY") == null);
    }
    if (type.equals("app-image")) {
      var target = out.resolve(image.getFileName());
      Folders.delete(target);
      Folders.copy(image, target);
      System.out.println(target + "  " + Folders.megabytes(target));
      return;
    }
    var made = pack(image);
    sbom();
    checksums();
    System.out.println(made + "  " + Folders.megabytes(made));
  }

  private void requireTools() {
    var needs =
        Map.of(
            "deb", List.of("fakeroot", "dpkg-deb"),
            "rpm", List.of("rpmbuild"),
            "msi", List.of("wix|candle"),
            "dmg", List.of("hdiutil"));
    var systems = Map.of("deb", "linux", "rpm", "linux", "msi", "win", "dmg", "mac");
    if (systems.containsKey(type) && !systems.get(type).equals(os)) {
      Commands.fail(1, "A " + type + " is built on " + systems.get(type) + ", not on " + os + ".");
    }
    for (var tool : needs.getOrDefault(type, List.of())) {
      // WiX 4 and later are one program, WiX 3 was several
      if (Arrays.stream(tool.split("\\|")).noneMatch(Commands::onPath)) {
        Commands.fail(
            1,
            tool.replace("|", " or ")
                + " is needed to build a "
                + type
                + " and was not found. Install it.");
      }
    }
    if (!Files.isExecutable(commands.tool("jpackage"))
        || !Files.isExecutable(commands.tool("jlink"))) {
      Commands.fail(1, commands.jdk() + " has no jpackage or jlink: a whole JDK is needed.");
    }
  }

  private void build() throws Exception {
    var target = root.resolve("app/target");
    Folders.delete(target.resolve("lib"));
    Folders.delete(target.resolve("javafx"));
    var command = commands.maven("-pl", "app", "-am", "-DskipTests", "package");
    if (cuda) {
      command.add("-Pcuda");
    }
    commands.run(command);
    // the launcher of the source tree cannot know for which flavour this was
    Files.deleteIfExists(target.resolve("infd.stamp"));
  }

  /** The class path, the natives of this system, and the models, as they lie in the application. */
  private Path input() throws Exception {
    var input = Files.createDirectories(work.resolve("input"));
    var target = root.resolve("app/target");
    for (var folder : List.of(target.resolve("lib"), target)) {
      try (var jars = Files.list(folder)) {
        for (var jar : jars.filter(f -> f.toString().endsWith(".jar")).toList()) {
          var name = jar.getFileName().toString();
          if (name.startsWith("onnxruntime")) {
            split(jar, input.resolve(name), Files.createDirectories(input.resolve("natives")));
          } else if (!name.matches(".*-(tests|sources|javadoc)\\.jar")) {
            Files.copy(jar, input.resolve(name));
          }
        }
      }
    }
    var models = input.resolve("assets");
    try (var folders = Files.list(root.resolve("assets"))) {
      for (var model : folders.filter(f -> Files.isDirectory(f.resolve("bundle"))).toList()) {
        var there = models.resolve(model.getFileName().toString());
        for (var part : List.of("bundle", "samples", "layouts")) {
          if (Files.isDirectory(model.resolve(part))) {
            Folders.copy(model.resolve(part), there.resolve(part));
          }
        }
      }
    }
    for (var text : List.of("LICENSE", "NOTICE")) {
      Files.copy(root.resolve(text), input.resolve(text));
    }
    return input;
  }

  /** Leaves the classes in the jar and puts the libraries of this system beside it. */
  private void split(Path jar, Path classes, Path natives) throws IOException {
    var arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
    var mine = (os.equals("mac") ? "osx" : os) + "-" + arch + "/";
    var library = Pattern.compile(".*/native/[^/]+/(.*)");
    int found = 0;
    try (var from = new JarFile(jar.toFile());
        var to = new ZipOutputStream(Files.newOutputStream(classes))) {
      for (var entry : (Iterable<JarEntry>) from.stream()::iterator) {
        var match = library.matcher(entry.getName());
        if (entry.isDirectory() || entry.getName().startsWith("META-INF/maven")) {
          continue;
        }
        try (InputStream content = from.getInputStream(entry)) {
          if (!match.matches()) {
            var kept = new ZipEntry(entry.getName());
            kept.setTime(0);
            to.putNextEntry(kept);
            content.transferTo(to);
          } else if (entry.getName().contains("/native/" + mine)
              && !match.group(1).contains("/")
              && !match.group(1).matches(".*\\.(pdb|dSYM)")) {
            Files.copy(content, natives.resolve(match.group(1)));
            found++;
          }
        }
      }
    }
    if (found == 0) {
      Commands.fail(
          1, jar.getFileName() + " holds no libraries for " + mine + ": not a supported system.");
    }
  }

  private Path runtime(Path input) throws Exception {
    var javafx = root.resolve("app/target/javafx").toString();
    var jars = new ArrayList<String>();
    try (var files = Files.list(input)) {
      files.filter(f -> f.toString().endsWith(".jar")).forEach(f -> jars.add(f.toString()));
    }
    var jdeps =
        new ArrayList<>(
            List.of(
                commands.tool("jdeps").toString(),
                "--multi-release",
                "25",
                "--ignore-missing-deps",
                "--print-module-deps",
                "--module-path",
                javafx));
    jdeps.addAll(jars);
    var modules = new TreeSet<>(MODULES);
    for (var module : commands.output(jdeps).strip().split(",")) {
      modules.add(module.strip());
    }
    var runtime = work.resolve("runtime");
    commands.run(
        List.of(
            commands.tool("jlink").toString(),
            "--module-path",
            javafx,
            "--add-modules",
            String.join(",", modules),
            "--include-locales=en,de,fr,es,it,ja,zh",
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--output",
            runtime.toString()));
    return runtime;
  }

  private Path image(Path input, Path runtime) throws Exception {
    var options = new ArrayList<String>();
    for (var option :
        List.of(
            "--add-modules=javafx.controls,javafx.swing",
            "--enable-native-access=javafx.graphics,ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-XX:MaxRAMPercentage=50",
            // a copy whose files have other times starts without the cache, and need not say so
            "-Xlog:disable",
            "-Dinfd.home=$APPDIR",
            "-Donnxruntime.native.path=$APPDIR/natives")) {
      options.add("--java-options");
      options.add(option);
    }
    var terminal = work.resolve("infd.properties");
    Files.writeString(
        terminal,
        "description=Images that are functions: the command line\n"
            + "win-console=true\nwin-shortcut=false\nwin-menu=false\nlinux-shortcut=false\n");
    var command = new ArrayList<>(jpackage("app-image"));
    command.addAll(
        List.of(
            "--input",
            input.toString(),
            "--runtime-image",
            runtime.toString(),
            "--main-jar",
            mainJar(input),
            "--main-class",
            MAIN,
            "--add-launcher",
            "infd=" + terminal,
            "--dest",
            work.toString()));
    command.addAll(options);
    commands.run(command);
    try (var made = Files.list(work)) {
      return made.filter(f -> f.getFileName().toString().startsWith(NAME))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Launchers of our own instead of jpackage's, which do not start in every folder. */
  private void launchers(Path image) throws IOException {
    for (var name : List.of(NAME, "infd")) {
      Files.copy(
          root.resolve("installers/launcher"),
          launcher(image, name),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.copy(root.resolve("installers/start.sh"), appFolder(image).resolve("start.sh"));
  }

  private static String mainJar(Path input) throws IOException {
    try (var files = Files.list(input)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(name -> name.matches("app-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  /** What every call of jpackage says. */
  private List<String> jpackage(String kind) throws IOException {
    var ending = Map.of("linux", "png", "win", "ico", "mac", "icns").get(os);
    var icon = root.resolve("installers/icons/infd." + ending);
    return List.of(
        commands.tool("jpackage").toString(),
        "--type",
        kind,
        "--name",
        NAME,
        "--app-version",
        version(),
        "--vendor",
        "INFD Studio",
        "--description",
        "Samples, explores and exports images that are functions",
        "--copyright",
        "Apache License 2.0",
        "--icon",
        icon.toString());
  }

  private String version() throws IOException {
    var pom = Files.readString(root.resolve("pom.xml"));
    var match = Pattern.compile("<version>([0-9.]+)(-SNAPSHOT)?</version>").matcher(pom);
    return match.find() ? match.group(1) : "0.0.0";
  }

  private Path appFolder(Path image) {
    return switch (os) {
      case "linux" -> image.resolve("lib/app");
      case "mac" -> image.resolve("Contents/app");
      default -> image.resolve("app");
    };
  }

  private Path launcher(Path image, String name) {
    return switch (os) {
      case "linux" -> image.resolve("bin").resolve(name);
      case "mac" -> image.resolve("Contents/MacOS").resolve(name);
      default -> image.resolve(name + ".exe");
    };
  }

  private Path pack(Path image) throws Exception {
    var association = work.resolve("field.properties");
    Files.writeString(
        association,
        "extension=infd\n"
            + "mime-type=application/x-infd-field\n"
            + "description=Image without a resolution\n"
            + (os.equals("mac")
                ? ""
                : "icon="
                    + slashes(work.resolve(os.equals("win") ? "infd.ico" : "infd.png"))
                    + "\n"));
    var resources = Files.createDirectories(work.resolve("resources"));
    var command = new ArrayList<>(jpackage(type));
    command.addAll(List.of("--app-image", image.toString()));
    command.addAll(List.of("--file-associations", association.toString()));
    command.addAll(List.of("--license-file", root.resolve("LICENSE").toString()));
    command.addAll(List.of("--dest", out.toString(), "--resource-dir", resources.toString()));
    switch (os) {
      case "linux" -> {
        new LinuxFiles(commands, root, work, resources, folder).write(type);
        command.addAll(List.of("--linux-package-name", folder, "--linux-shortcut"));
        command.addAll(
            List.of("--linux-menu-group", "Graphics", "--linux-app-category", "graphics"));
        // JavaFX loads it by name, so that jpackage does not see it
        command.addAll(
            List.of(
                "--linux-package-deps",
                type.equals("rpm") ? "gtk3" : "libgtk-3-0 | libgtk-3-0t64"));
        if (type.equals("rpm")) {
          command.addAll(List.of("--linux-rpm-license-type", "Apache-2.0"));
        } else {
          command.addAll(List.of("--linux-deb-maintainer", "infd@localhost"));
        }
      }
      case "win" ->
          command.addAll(
              List.of(
                  "--win-per-user-install",
                  "--win-menu",
                  "--win-shortcut-prompt",
                  "--win-dir-chooser"));
      default -> command.addAll(List.of("--mac-package-identifier", "org.infd.studio"));
    }
    commands.run(command);
    return newest();
  }

  private Path newest() throws IOException {
    try (var files = Files.list(out)) {
      return files
          .filter(f -> f.toString().endsWith("." + type))
          .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
          .orElseThrow();
    }
  }

  private void sbom() throws Exception {
    var command =
        commands.maven(
            SBOM,
            "-DoutputName=infd-studio-sbom" + (cuda ? "-cuda" : ""),
            "-DoutputFormat=json",
            "-DoutputDirectory=" + out);
    if (cuda) {
      command.add("-Pcuda");
    }
    commands.run(command);
  }

  private void checksums() throws Exception {
    var lines = new StringBuilder();
    for (var name : Folders.list(out)) {
      if (name.matches(".*\\.(deb|rpm|msi|dmg|json)")) {
        lines.append(Folders.sha256(out.resolve(name))).append("  ").append(name).append('\n');
      }
    }
    Files.writeString(out.resolve("SHA256SUMS"), lines);
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }
}
