import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
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
  private static final String NAME = "INFD Studio";
  private static final String FOLDER = "infd-studio";
  private static final String MAIN = "org.infd.app.Main";
  private static final List<String> TYPES = List.of("app-image", "deb", "rpm", "msi", "dmg");

  /** When every jar in a package was made. */
  private static final String TIME = "2020-01-01T00:00:00Z";

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
  private final Path jdk;
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
    jdk = Path.of(System.getProperty("java.home"));
    work = root.resolve("installers/target/work");
    var name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    os = name.startsWith("win") ? "win" : name.startsWith("mac") ? "mac" : "linux";
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
            fail(2, option + " needs a value.\n" + USAGE);
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
        default -> fail(2, option + " is not an option.\n" + USAGE);
      }
    }
    if (type == null || !TYPES.contains(type)) {
      fail(2, "--type is one of " + TYPES + ".\n" + USAGE);
    }
    new Package(root, type, cuda, aot, out).make();
  }

  private void make() throws Exception {
    requireTools();
    delete(work);
    Files.createDirectories(work);
    System.out.println("Building " + NAME + (cuda ? " with CUDA" : ""));
    build();
    var input = input();
    var runtime = runtime(input);
    var image = image(input, runtime);
    if (aot) {
      rehearse(image);
    }
    if (type.equals("app-image")) {
      var target = out.resolve(image.getFileName());
      delete(target);
      copy(image, target);
      System.out.println(target + "  " + megabytes(target));
      return;
    }
    var made = pack(image);
    sbom();
    checksums();
    System.out.println(made + "  " + megabytes(made));
  }

  private void requireTools() {
    var needs =
        Map.of(
            "deb", List.of("fakeroot", "dpkg-deb"),
            "rpm", List.of("rpmbuild"),
            "msi", List.of("wix"),
            "dmg", List.of("hdiutil"));
    var systems = Map.of("deb", "linux", "rpm", "linux", "msi", "win", "dmg", "mac");
    if (systems.containsKey(type) && !systems.get(type).equals(os)) {
      fail(1, "A " + type + " is built on " + systems.get(type) + ", not on " + os + ".");
    }
    for (var tool : needs.getOrDefault(type, List.of())) {
      if (!onPath(tool)) {
        fail(1, tool + " is needed to build a " + type + " and was not found. Install it.");
      }
    }
    if (!Files.isExecutable(tool("jpackage")) || !Files.isExecutable(tool("jlink"))) {
      fail(1, jdk + " has no jpackage or jlink: a whole JDK is needed.");
    }
  }

  private static boolean onPath(String tool) {
    for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
      for (var name : List.of(tool, tool + ".exe")) {
        if (Files.isExecutable(Path.of(folder, name))) {
          return true;
        }
      }
    }
    return false;
  }

  private void build() throws Exception {
    var target = root.resolve("app/target");
    delete(target.resolve("lib"));
    delete(target.resolve("javafx"));
    var command = maven("-pl", "app", "-am", "-DskipTests", "package");
    if (cuda) {
      command.add("-Pcuda");
    }
    run(command);
    // the launcher of the source tree cannot know for which flavour this was
    Files.deleteIfExists(target.resolve("infd.stamp"));
  }

  private List<String> maven(String... arguments) {
    var command = new ArrayList<>(List.of(os.equals("win") ? "mvn.cmd" : "mvn", "-q", "-B"));
    command.addAll(List.of(arguments));
    return command;
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
            copy(model.resolve(part), there.resolve(part));
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
      fail(1, jar.getFileName() + " holds no libraries for " + mine + ": not a supported system.");
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
                tool("jdeps").toString(),
                "--multi-release",
                "25",
                "--ignore-missing-deps",
                "--print-module-deps",
                "--module-path",
                javafx));
    jdeps.addAll(jars);
    var modules = new TreeSet<>(MODULES);
    for (var module : output(jdeps).strip().split(",")) {
      modules.add(module.strip());
    }
    var runtime = work.resolve("runtime");
    run(
        List.of(
            tool("jlink").toString(),
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
    run(command);
    try (var made = Files.list(work)) {
      return made.filter(f -> f.getFileName().toString().startsWith(NAME))
          .findFirst()
          .orElseThrow();
    }
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
    var icon = Icon.write(work, Map.of("linux", "png", "win", "ico", "mac", "icns").get(os));
    return List.of(
        tool("jpackage").toString(),
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

  /**
   * Runs the application once, with a window that shows itself and closes, and keeps what the JVM
   * learnt. Where that fails the package is made without: it only starts more slowly.
   */
  private void rehearse(Path image) throws Exception {
    var app = appFolder(image);
    var cache = app.resolve("infd.aot");
    // the cache is refused where a jar has another time than here, and packing changes times
    var jars = new ArrayList<Path>();
    try (var files = Files.walk(image)) {
      files.filter(f -> f.toString().endsWith(".jar") || f.endsWith("modules")).forEach(jars::add);
    }
    for (var jar : jars) {
      if (Files.isRegularFile(jar)) {
        Files.setLastModifiedTime(jar, FileTime.from(Instant.parse(TIME)));
      }
    }
    var home = Files.createDirectories(work.resolve("home"));
    var configuration = app.resolve(NAME + ".cfg");
    var plain = Files.readString(configuration);
    Files.writeString(
        configuration,
        plain
            + "java-options=-XX:AOTCacheOutput=$APPDIR/infd.aot\n"
            + "java-options=-Dinfd.rehearsal=true\n"
            // which classes cannot be kept is of no interest here
            + "java-options=-Xlog:disable\n"
            + (System.getenv("DISPLAY") == null && os.equals("linux")
                ? "java-options=-Dglass.platform=Headless\njava-options=-Dprism.order=sw\n"
                : ""));
    var process = new ProcessBuilder(launcher(image, NAME).toString()).inheritIO();
    process.environment().put("HOME", home.toString());
    process.environment().put("XDG_DATA_HOME", home.resolve("data").toString());
    int code = process.start().waitFor();
    Files.writeString(configuration, plain);
    if (code != 0 || !Files.exists(cache)) {
      System.out.println("The rehearsal ended with " + code + ": no AOT cache in this package.");
      Files.deleteIfExists(cache);
      return;
    }
    for (var name : List.of(NAME, "infd")) {
      var launched = app.resolve(name + ".cfg");
      Files.writeString(
          launched, Files.readString(launched) + "java-options=-XX:AOTCache=$APPDIR/infd.aot\n");
    }
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
        "extension=infd\nmime-type=application/x-infd-field\ndescription=Image without a resolution\n"
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
        scripts(resources);
        command.addAll(List.of("--linux-package-name", FOLDER, "--linux-shortcut"));
        command.addAll(
            List.of("--linux-menu-group", "Graphics", "--linux-app-category", "graphics"));
        if (type.equals("rpm")) {
          command.addAll(List.of("--linux-rpm-license-type", "ASL 2.0"));
        } else {
          command.addAll(List.of("--linux-deb-maintainer", "INFD Studio <infd@localhost>"));
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
    run(command);
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

  /** Puts {@code infd} on the PATH and takes it away again; the user's pictures stay. */
  private void scripts(Path resources) throws Exception {
    var templates = work.resolve("templates");
    delete(templates);
    run(
        List.of(
            tool("jimage").toString(),
            "extract",
            "--dir=" + templates,
            "--include=glob:/jdk.jpackage/**/template.*",
            jdk.resolve("lib/modules").toString()));
    var link = "/usr/bin/infd";
    var target = "/opt/" + FOLDER + "/bin/infd";
    var touch =
        " \\( -name '*.jar' -o -name modules \\) -type f -exec touch -d " + TIME + " {} +\n";
    var add = "\nfind /opt/" + FOLDER + touch + "ln -sf " + target + " " + link + "\nset -e\n";
    // a machine without a desktop has no menu: that is no reason to fail
    var unless = "set +e\n";
    var mine = "[ \"$(readlink " + link + ")\" = " + target + " ]";
    var put = "DESKTOP_COMMANDS_INSTALL";
    var take = "DESKTOP_COMMANDS_UNINSTALL";
    if (type.equals("deb")) {
      Files.writeString(
          resources.resolve("postinst"),
          template(templates, "postinst").replace(put, unless + put + add));
      Files.writeString(
          resources.resolve("prerm"),
          template(templates, "prerm")
              .replace(
                  take,
                  unless + take + "\nif " + mine + "; then rm -f " + link + "; fi\nset -e\n"));
    } else {
      // on an upgrade the old package goes after the new one has come
      Files.writeString(
          resources.resolve(FOLDER + ".spec"),
          template(templates, "spec")
              .replace(put, unless + put + add)
              .replace(
                  take,
                  unless
                      + take
                      + "\nif [ \"$1\" = 0 ] && "
                      + mine
                      + "; then rm -f "
                      + link
                      + "; fi\n"));
    }
  }

  /** jpackage's own script, which ours adds a line to. */
  private static String template(Path folder, String name) throws IOException {
    try (var files = Files.walk(folder)) {
      var file = files.filter(f -> f.endsWith("template." + name)).findFirst();
      return Files.readString(file.orElseThrow(() -> new IOException("no template of " + name)));
    }
  }

  private void sbom() throws Exception {
    run(
        maven(
            SBOM,
            "-DoutputName=infd-studio-sbom",
            "-DoutputFormat=json",
            "-DoutputDirectory=" + out));
  }

  private void checksums() throws Exception {
    var lines = new StringBuilder();
    for (var name : list(out)) {
      if (name.matches(".*\\.(deb|rpm|msi|dmg|json)")) {
        lines.append(sha256(out.resolve(name))).append("  ").append(name).append('\n');
      }
    }
    Files.writeString(out.resolve("SHA256SUMS"), lines);
  }

  private static String sha256(Path file) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    try (var in = Files.newInputStream(file)) {
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return "%064x".formatted(new BigInteger(1, digest.digest()));
  }

  private static TreeSet<String> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      var names = new TreeSet<String>();
      files.filter(Files::isRegularFile).forEach(f -> names.add(f.getFileName().toString()));
      return names;
    }
  }

  private Path tool(String name) {
    return jdk.resolve("bin").resolve(os.equals("win") ? name + ".exe" : name);
  }

  private static String slashes(Path path) {
    return path.toString().replace('\\', '/');
  }

  private void run(List<String> command) throws Exception {
    var process = process(command).inheritIO();
    int code = process.start().waitFor();
    if (code != 0) {
      fail(1, command.getFirst() + " ended with " + code + ": " + String.join(" ", command));
    }
  }

  private String output(List<String> command) throws Exception {
    var process = process(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    var text = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      fail(1, command.getFirst() + " failed: " + text);
    }
    return text;
  }

  private ProcessBuilder process(List<String> command) {
    var process = new ProcessBuilder(command).directory(root.toFile());
    // the default takes minutes for a few percent
    process.environment().putIfAbsent("DPKG_DEB_COMPRESSOR_TYPE", "zstd");
    return process;
  }

  private static String megabytes(Path path) throws IOException {
    try (var files = Files.walk(path)) {
      long sum = files.filter(Files::isRegularFile).mapToLong(f -> f.toFile().length()).sum();
      return "%.1f MB".formatted(sum / 1e6);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (var files = Files.walk(from)) {
      for (var file : files.toList()) {
        Files.copy(
            file,
            to.resolve(from.relativize(file).toString()),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            file.toFile().setWritable(true);
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path d, IOException e) throws IOException {
            Files.delete(d);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void fail(int code, String sentence) {
    System.err.println(sentence.strip());
    System.exit(code);
  }
}
