package org.infd.inference.export;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Cancellation;

/** The user's ffmpeg, which makes an MP4 of frames. */
final class Ffmpeg {
  private static final String RESULT = "film.mp4";
  private static final String LOG = "ffmpeg.txt";

  private Ffmpeg() {}

  /**
   * Where it is.
   *
   * @throws Problem if it is not there
   */
  static Path find() {
    return find(System.getenv().getOrDefault("PATH", ""));
  }

  static Path find(String searched) {
    for (var folder : searched.split(Pattern.quote(File.pathSeparator))) {
      for (var name : List.of("ffmpeg", "ffmpeg.exe")) {
        try {
          var file = Path.of(folder, name);
          if (!folder.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
            return file;
          }
        } catch (InvalidPathException e) {
          // no place of this system
        }
      }
    }
    throw new Problem(
        "MP4 is written by ffmpeg, and there is none on the PATH. Install it, or name a .gif, a"
            + " .avi, or a folder for the frames.");
  }

  /**
   * Makes the film of the frames in a folder.
   *
   * @throws CancellationException if it was asked for
   */
  static void write(Path target, Path frames, int framesPerSecond, Cancellation cancellation)
      throws IOException {
    var result = frames.resolve(RESULT);
    var log = frames.resolve(LOG);
    var process =
        new ProcessBuilder(
                find().toString(),
                "-nostdin",
                "-y",
                "-loglevel",
                "error",
                "-framerate",
                String.valueOf(framesPerSecond),
                "-i",
                frames.resolve("frame-%06d.png").toString(),
                "-c:v",
                "libx264",
                "-crf",
                "16",
                "-pix_fmt",
                "yuv420p",
                // its colours come in pairs of pixels
                "-vf",
                "pad=ceil(iw/2)*2:ceil(ih/2)*2",
                result.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try (var _ = cancellation.onCancel(process::destroy)) {
      waitFor(process);
      cancellation.throwIfCancelled();
      if (process.exitValue() != 0) {
        throw new Problem(
            "ffmpeg could not make the film: "
                + lastLine(log)
                + " The frames are in "
                + frames
                + "; a .avi needs no ffmpeg.");
      }
      AtomicFile.write(target, stream -> Files.copy(result, stream));
    } finally {
      Files.deleteIfExists(result);
      Files.deleteIfExists(log);
    }
  }

  private static void waitFor(Process process) {
    try {
      while (!process.waitFor(1, TimeUnit.SECONDS)) {
        // a cancellation ends it
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  private static String lastLine(Path log) throws IOException {
    var lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8).strip().lines().toList();
    return lines.isEmpty() ? "it did not say why." : lines.getLast();
  }
}
