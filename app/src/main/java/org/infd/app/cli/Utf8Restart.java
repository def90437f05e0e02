package org.infd.app.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Begins the program anew, in the same process, where the locale has a character set other than
 * UTF-8 or is not installed: Java has read arguments and environment with it by then, and what it
 * could not read is lost, also the names of files. The launcher of the source tree takes care of it
 * before Java starts; the launchers of packages cannot.
 */
public final class Utf8Restart {
  /** Set in a process that was begun anew, so that it happens once. */
  private static final String DONE = "INFD_UTF8_RESTART";

  private static final String UTF8_LOCALE = "C.UTF-8";

  /** LC_ALL of glibc. */
  private static final int ALL_PARTS = 6;

  private static final Path PROCESS = Path.of("/proc/self");

  private Utf8Restart() {}

  /** Does not return where the program begins anew; returns where nothing need or can be done. */
  public static void ifNeeded() {
    if (isNeeded(
        System.getProperty("os.name", ""),
        System.getProperty("sun.jnu.encoding", ""),
        System.getenv(DONE) != null)) {
      try {
        execute(
            words(Files.readAllBytes(PROCESS.resolve("cmdline"))),
            environment(words(Files.readAllBytes(PROCESS.resolve("environ"))), isInstalled()));
      } catch (IOException e) {
        // without /proc it stays as it is
      }
    }
  }

  static boolean isNeeded(String system, String charset, boolean done) {
    return !done
        && system.toLowerCase(Locale.ROOT).startsWith("linux")
        && !charset.isEmpty()
        && !charset.equalsIgnoreCase("UTF-8")
        && !charset.equalsIgnoreCase("UTF8");
  }

  /** What /proc separates by zeros, byte for byte as Latin-1. */
  static List<String> words(byte[] content) {
    var words = new ArrayList<String>();
    int from = 0;
    for (int i = 0; i < content.length; i++) {
      if (content[i] == 0) {
        words.add(new String(content, from, i - from, StandardCharsets.ISO_8859_1));
        from = i + 1;
      }
    }
    return words;
  }

  /**
   * The same environment with a locale in UTF-8.
   *
   * @param installed whether the system has all of the locale; then the language of messages stays,
   *     else one part that is missing would make the system take none
   */
  static List<String> environment(List<String> before, boolean installed) {
    if (!installed) {
      var plain = new ArrayList<>(before);
      plain.removeIf(entry -> entry.startsWith("LC_") || entry.startsWith("LANGUAGE="));
      plain.add("LC_ALL=" + UTF8_LOCALE);
      plain.add(DONE + "=1");
      return plain;
    }
    var after = new ArrayList<String>();
    boolean messages = before.stream().anyMatch(entry -> isSet(entry, "LC_ALL"));
    for (var entry : before) {
      if (isSet(entry, "LC_ALL")) {
        after.add("LC_MESSAGES" + entry.substring("LC_ALL".length()));
      } else if (!entry.startsWith("LC_ALL=")
          && !entry.startsWith("LC_CTYPE=")
          && !(messages && entry.startsWith("LC_MESSAGES="))) {
        after.add(entry);
      }
    }
    after.add("LC_CTYPE=" + UTF8_LOCALE);
    after.add(DONE + "=1");
    return after;
  }

  private static boolean isSet(String entry, String variable) {
    return entry.startsWith(variable + "=") && entry.length() > variable.length() + 1;
  }

  /**
   * Whether the system takes the locale that the environment names; Java goes on without a word.
   */
  @SuppressWarnings("restricted") // native code is what this class is for
  private static boolean isInstalled() {
    var linker = Linker.nativeLinker();
    var function = linker.defaultLookup().find("setlocale");
    if (function.isEmpty()) {
      return false;
    }
    try (var arena = Arena.ofConfined()) {
      var taken =
          (MemorySegment)
              linker
                  .downcallHandle(function.get(), FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS))
                  .invokeExact(ALL_PARTS, text(arena, ""));
      return !taken.equals(MemorySegment.NULL);
    } catch (Throwable e) {
      return false;
    }
  }

  @SuppressWarnings("restricted") // native code is what this class is for
  private static void execute(List<String> arguments, List<String> environment) {
    var linker = Linker.nativeLinker();
    var function = linker.defaultLookup().find("execve");
    if (function.isEmpty()) {
      return;
    }
    try (var arena = Arena.ofConfined()) {
      // returns only where it fails, and then the program goes on as it is
      int _ =
          (int)
              linker
                  .downcallHandle(
                      function.get(), FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS))
                  .invokeExact(
                      text(arena, "/proc/self/exe"),
                      texts(arena, arguments),
                      texts(arena, environment));
    } catch (Throwable e) {
      System.getLogger(Utf8Restart.class.getName())
          .log(System.Logger.Level.DEBUG, "the program could not begin anew", e);
    }
  }

  private static MemorySegment texts(Arena arena, List<String> texts) {
    var pointers = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, text(arena, texts.get(i)));
    }
    pointers.setAtIndex(ADDRESS, texts.size(), MemorySegment.NULL);
    return pointers;
  }

  private static MemorySegment text(Arena arena, String text) {
    var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    var memory = arena.allocate(bytes.length + 1L);
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
    return memory;
  }
}
