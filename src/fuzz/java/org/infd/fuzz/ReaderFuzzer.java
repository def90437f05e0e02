package org.infd.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.infd.inference.Problem;

/**
 * Gives a reader what the fuzzer makes: anything but a {@link Problem} is a finding. The property
 * {@code infd.fuzz} names the {@link Target}.
 */
public final class ReaderFuzzer {
  private static final Target TARGET =
      Target.valueOf(System.getProperty("infd.fuzz", "layout").toUpperCase(Locale.ROOT));
  private static final Path FILE = folder().resolve(TARGET.fileName());

  private ReaderFuzzer() {}

  private static Path folder() {
    try {
      return Files.createTempDirectory("infd-fuzz");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Called by the fuzzer for each of its inputs. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    Files.write(FILE, TARGET.file(bytes));
    try {
      TARGET.read(FILE);
    } catch (Problem e) {
      // what a sentence quotes is the fuzzer's own
      var words = String.valueOf(e.getMessage()).replaceAll("(?s)'.*'", "");
      if (words.contains("Exception") || words.contains("Cannot invoke")) {
        throw new IllegalStateException("a sentence for programmers", e);
      }
    }
  }
}
