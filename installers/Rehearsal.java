import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the application once, with a window that shows itself and closes, and keeps what the JVM
 * learnt as an AOT cache. Where that fails the package is made without: it only starts more slowly.
 *
 * @param app the folder of the application's jars
 * @param launcher what starts it
 * @param home where the trial may write
 */
record Rehearsal(Path app, Path launcher, Path home) {
  private static final String CACHE = "infd.aot";

  /** Runs, and lets all launchers use the cache. */
  void run(boolean withoutDisplay) throws Exception {
    // the cache is refused where a jar has another time than here, and packing changes times
    Folders.touch(app.getParent(), Package.TIME);
    Files.createDirectories(home);
    var configuration = app.resolve(Package.NAME + ".cfg");
    var plain = Files.readString(configuration);
    Files.writeString(
        configuration,
        plain
            + "java-options=-XX:AOTCacheOutput=$APPDIR/"
            + CACHE
            + "\njava-options=-Dinfd.rehearsal=true\n"
            + (withoutDisplay
                ? "java-options=-Dglass.platform=Headless\njava-options=-Dprism.order=sw\n"
                : ""));
    var process = new ProcessBuilder(launcher.toString()).inheritIO();
    process.environment().put("HOME", home.toString());
    process.environment().put("XDG_DATA_HOME", home.resolve("data").toString());
    int code = process.start().waitFor();
    Files.writeString(configuration, plain);
    var cache = app.resolve(CACHE);
    if (code != 0 || !Files.exists(cache)) {
      System.out.println("The rehearsal ended with " + code + ": no AOT cache in this package.");
      Files.deleteIfExists(cache);
      return;
    }
    for (var name : List.of(Package.NAME, "infd")) {
      var launched = app.resolve(name + ".cfg");
      Files.writeString(
          launched,
          Files.readString(launched) + "java-options=-XX:AOTCache=$APPDIR/" + CACHE + "\n");
    }
  }
}
