package org.infd.inference.runtime;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Loads ONNX Runtime's native libraries. Left alone, its Java binding unpacks them into the
 * temporary folder at every start, cannot start where that folder is full, read-only or missing,
 * and leaves them there when the process is killed. Here they lie in the folder that {@value
 * #PROPERTY} names, as in an installed package, else where {@link NativePlaces} allows.
 */
final class RuntimeLibraries {
  /** Names a folder that holds the libraries; the binding reads it too. */
  static final String PROPERTY = "onnxruntime.native.path";

  private static final String BINDING = "ai.onnxruntime.OnnxRuntime";
  private static final List<String> BASE = List.of("onnxruntime", "onnxruntime4j_jni");
  private static final String SHARED = "onnxruntime_providers_shared";
  private static final String VERSION = "onnxruntime.version";

  private static @Nullable NativeLibraries unpacked;
  private static @Nullable Path folder;

  private RuntimeLibraries() {}

  /**
   * Loads the libraries, once in a process. Must come before anything of ONNX Runtime is touched.
   *
   * @throws Problem if this machine cannot run them, or no folder can hold them
   */
  static synchronized void load() {
    if (folder != null) {
      return;
    }
    Telemetry.switchOff();
    var system = system(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    var given = System.getProperty(PROPERTY);
    if (given != null && Files.isRegularFile(Path.of(given, file(BASE.getFirst())))) {
      try {
        loadFrom(Path.of(given));
      } catch (UnsatisfiedLinkError e) {
        throw LibraryFailure.explain(e, System.getProperty("os.name", ""));
      }
      folder = Path.of(given);
    } else {
      var libraries = inJar(system);
      var places = NativePlaces.ofSystem();
      folder = places.first(place -> unpackAndLoad(libraries, place));
      unpacked = libraries;
      System.setProperty(PROPERTY, folder.toString());
      libraries.sweep(folder.toAbsolutePath().resolveSibling(""));
    }
    startBinding(folder);
    new TemporaryLeftovers(Path.of(System.getProperty("java.io.tmpdir", "."))).sweep();
  }

  private static Path unpackAndLoad(NativeLibraries libraries, Path place) throws IOException {
    var made =
        libraries.unpack(
            place,
            java.util.stream.Stream.concat(BASE.stream(), java.util.stream.Stream.of(SHARED))
                .map(RuntimeLibraries::file)
                .toList());
    try {
      loadFrom(made);
    } catch (UnsatisfiedLinkError e) {
      if (LibraryFailure.isOfPlace(e)) {
        throw e;
      }
      throw LibraryFailure.explain(e, System.getProperty("os.name", ""));
    }
    return made;
  }

  /**
   * Makes the library of an execution provider lie beside the others, which the binding demands
   * before it loads it. It may be large, so this is done only where it is used.
   *
   * @param provider its name, such as "cuda"
   * @throws Problem if this build has none, or it cannot be written
   */
  static synchronized void require(String provider) {
    load();
    var library = file("onnxruntime_providers_" + provider);
    if (unpacked != null && !unpacked.has(library)) {
      throw new Problem(
          "This program's ONNX Runtime has no part for "
              + provider.toUpperCase(Locale.ROOT)
              + ". Use another device, or a build of the program that has it.");
    }
    if (unpacked != null && folder != null) {
      var place = folder.toAbsolutePath().resolveSibling("");
      try {
        unpacked.unpack(place, List.of(file(SHARED), library));
      } catch (IOException e) {
        throw new Problem(
            "The library for "
                + provider.toUpperCase(Locale.ROOT)
                + " could not be put into "
                + folder
                + ": "
                + FileReason.of(e)
                + ". Make room there, or name another folder by the variable "
                + org.infd.inference.UserData.OVERRIDE
                + ".",
            e);
      }
    }
  }

  private static NativeLibraries inJar(String system) {
    var loader = RuntimeLibraries.class.getClassLoader();
    var inside =
        loader.getResource("ai/onnxruntime/native/" + system + "/" + file(BASE.getFirst()));
    if (inside == null) {
      throw unsupported(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }
    try {
      return NativeLibraries.beside(inside, "onnxruntime", version(), system)
          .orElseThrow(() -> new IOException("they lie in no archive"));
    } catch (IOException e) {
      throw new Problem(
          "The program's own libraries could not be read: "
              + FileReason.of(e)
              + ". Install the program again.",
          e);
    }
  }

  /** Why there are no libraries for a machine, and what to do. */
  static Problem unsupported(String name, String architecture) {
    var what = name + " on " + architecture;
    if (name.toLowerCase(Locale.ROOT).startsWith("mac")) {
      return new Problem(
          "ONNX Runtime, which computes the pictures, no longer exists for Macs with an Intel"
              + " processor ("
              + what
              + "). Use a Mac with Apple silicon, or Linux or Windows on this one.");
    }
    return new Problem(
        "ONNX Runtime, which computes the pictures, does not exist for "
            + what
            + ". It runs on 64-bit Linux (x86 and ARM), 64-bit Windows (x86), and Macs with Apple"
            + " silicon; a Java made for one of these is needed.");
  }

  /** The name of a system among the runtime's resources, for example "linux-x64". */
  static String system(String name, String architecture) {
    var lower = name.toLowerCase(Locale.ROOT);
    var os = lower.startsWith("windows") ? "win" : lower.startsWith("mac") ? "osx" : "linux";
    return switch (architecture.toLowerCase(Locale.ROOT)) {
      case "amd64", "x86_64" -> os + "-x64";
      case "aarch64", "arm64" -> os + "-aarch64";
      default -> os + "-" + architecture;
    };
  }

  private static String file(String library) {
    return System.mapLibraryName(library);
  }

  private static String version() throws IOException {
    var properties = new Properties();
    try (var in = RuntimeLibraries.class.getResourceAsStream("runtime.properties")) {
      properties.load(in);
    }
    return properties.getProperty(VERSION, "0");
  }

  @SuppressWarnings("restricted") // native code is what this class is for
  private static void loadFrom(Path from) {
    for (var library : BASE) {
      System.load(from.toAbsolutePath().resolve(file(library)).toString());
    }
  }

  /**
   * Does what the binding's own start does, but for its folder in the temporary one, which it makes
   * in any case. Where the binding is not what it was when this was written it starts by itself.
   */
  private static void startBinding(Path from) {
    try {
      var binding = Class.forName(BINDING);
      var api = newestApi(binding);
      if (api.isEmpty() || field(binding, "loaded").getBoolean(null)) {
        return;
      }
      long handle = (long) call(binding, "initialiseAPIBase", api.get());
      if (handle == 0) {
        return;
      }
      long training = (long) call(binding, "initialiseTrainingAPIBase", handle, api.get());
      field(binding, "libraryDirPathProperty").set(null, from.toAbsolutePath().toString());
      // where it looks for a provider that is not there before it says so
      field(binding, "tempDirectory").set(null, from.toAbsolutePath());
      field(binding, "ortApiHandle").setLong(null, handle);
      field(binding, "ortTrainingApiHandle").setLong(null, training);
      field(binding, "ortCompileApiHandle")
          .setLong(null, (long) call(binding, "initialiseCompileAPIBase", handle));
      field(binding, "trainingEnabled").setBoolean(null, training != 0);
      field(binding, "providers").set(null, call(binding, "initialiseProviders", handle));
      field(binding, "version").set(null, call(binding, "initialiseVersion"));
      field(binding, "loaded").setBoolean(null, true);
    } catch (ReflectiveOperationException | LinkageError e) {
      System.getLogger(RuntimeLibraries.class.getName())
          .log(System.Logger.Level.DEBUG, "the binding starts by itself", e);
    }
  }

  /** The newest version of the API that the binding knows: it asks the library for that one. */
  private static Optional<Integer> newestApi(Class<?> binding) throws IllegalAccessException {
    int newest = 0;
    for (var constant : binding.getDeclaredFields()) {
      if (constant.getName().matches("ORT_API_VERSION_\\d+")
          && Modifier.isStatic(constant.getModifiers())) {
        constant.setAccessible(true);
        newest = Math.max(newest, constant.getInt(null));
      }
    }
    return newest == 0 ? Optional.empty() : Optional.of(newest);
  }

  private static Field field(Class<?> binding, String name) throws NoSuchFieldException {
    var field = binding.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static Object call(Class<?> binding, String name, Object... arguments)
      throws ReflectiveOperationException {
    var method =
        Arrays.stream(binding.getDeclaredMethods())
            .filter(m -> m.getName().equals(name) && m.getParameterCount() == arguments.length)
            .findFirst()
            .orElseThrow(() -> new NoSuchMethodException(name));
    method.setAccessible(true);
    return method.invoke(null, arguments);
  }
}
