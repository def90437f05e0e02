package org.infd.inference.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.infd.inference.FileReason;
import org.infd.inference.Folders;
import org.infd.inference.Problem;
import org.infd.inference.dive.DiveRectangle;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;

/**
 * A film into a picture. Every frame is rendered at its own scale and kept beside the target until
 * all are there, so that a film that was stopped goes on where it was; the target itself appears
 * when it is complete.
 *
 * @param picture what is filmed
 * @param path what the frames show
 * @param framesPerSecond how fast they follow
 * @param identity all that the pixels depend on, so that frames of another film are not taken over
 * @param text what every frame says of itself
 */
public record Film(
    Views picture, FilmPath path, int framesPerSecond, String identity, PngText text) {
  private static final String IDENTITY = "film.txt";

  /** Checks the speed. */
  public Film {
    requireSpeed(framesPerSecond);
  }

  /**
   * Checks a speed.
   *
   * @throws Problem if no film has so many frames a second
   */
  public static void requireSpeed(int framesPerSecond) {
    if (framesPerSecond < 1 || framesPerSecond > 120) {
      throw new Problem("A film has 1 to 120 frames a second, and not " + framesPerSecond + ".");
    }
  }

  /** Views of a picture as pictures of their own. */
  @FunctionalInterface
  public interface Views {
    /** See {@link org.infd.inference.dive.DiveComposite#cutOut}. */
    FieldRenderer cutOut(long side, DiveRectangle view);
  }

  /** Hears of frames. */
  @FunctionalInterface
  public interface Progress {
    /** Told after each frame. */
    void frames(int done, int all);
  }

  /** The folder in which the frames of a film are kept while it is made. */
  public static Path framesOf(Path target) {
    return target.resolveSibling(target.getFileName() + ".frames");
  }

  /**
   * Says what is wrong with a target before any work.
   *
   * @throws Problem if it cannot be written, or what writes it is not there
   */
  public static void requireTarget(Path target) {
    switch (FilmFormat.of(target)) {
      case FRAMES -> {
        if (Files.exists(target)) {
          throw new Problem(
              target + " exists. Name a new folder for the frames, or a .gif, .avi or .mp4.");
        }
      }
      case MP4 -> {
        Ffmpeg.find();
        AtomicFile.requireWritable(target);
      }
      case GIF, AVI -> AtomicFile.requireWritable(target);
    }
  }

  /**
   * Why films of a format cannot be written here, as a sentence; empty where they can.
   *
   * @param format any
   */
  public static Optional<String> whyNot(FilmFormat format) {
    if (format == FilmFormat.MP4) {
      try {
        Ffmpeg.find();
      } catch (Problem e) {
        return Optional.of(e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** Removes the frames of a film that was stopped, whichever film it was. */
  public static void forget(Path target) {
    var folder = framesOf(target);
    try {
      if (Files.exists(folder.resolve(IDENTITY))) {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw AtomicFile.explain(folder, e);
    }
  }

  /**
   * Renders and writes the film. Blocks until it is on the disk.
   *
   * @throws OtherExport if frames of another film lie there
   * @throws Problem if it cannot be written
   * @throws CancellationException if it was asked for; the frames that are ready stay
   */
  public void write(Path target, Progress progress, Cancellation cancellation) {
    requireTarget(target);
    var format = FilmFormat.of(target);
    var folder = framesOf(target);
    try {
      begin(folder, format);
      var frames = render(folder, format, progress, cancellation);
      switch (format) {
        case FRAMES -> {
          Files.delete(folder.resolve(IDENTITY));
          Files.move(folder, target);
        }
        case GIF -> {
          AtomicFile.write(
              target, stream -> GifFilm.write(stream, frames, framesPerSecond, cancellation));
          remove(folder, frames);
        }
        case AVI -> {
          AtomicFile.write(
              target, stream -> AviFilm.write(stream, frames, path, framesPerSecond, cancellation));
          remove(folder, frames);
        }
        case MP4 -> {
          Ffmpeg.write(target, folder, framesPerSecond, cancellation);
          remove(folder, frames);
        }
      }
    } catch (IOException e) {
      throw new Problem(
          "The film could not be written to " + target + ": " + FileReason.of(e) + ".", e);
    }
  }

  private void begin(Path folder, FilmFormat format) throws IOException {
    Files.createDirectories(folder);
    var file = folder.resolve(IDENTITY);
    var own = identity + "\n" + path + "\n" + ending(format) + "\n";
    if (!Files.exists(file)) {
      AtomicFile.write(file, stream -> stream.write(own.getBytes(StandardCharsets.UTF_8)));
    } else if (!Files.readString(file).equals(own)) {
      throw new OtherExport(
          folder + " holds the frames of another film. Remove it, or name another target.",
          List.of("film"));
    }
  }

  private static String ending(FilmFormat format) {
    return format == FilmFormat.AVI ? ".jpg" : ".png";
  }

  private List<Path> render(
      Path folder, FilmFormat format, Progress progress, Cancellation cancellation) {
    var encoding =
        PictureExport.Encoding.of(
            format == FilmFormat.AVI ? PictureFormat.JPEG : PictureFormat.PNG);
    var frame = Frame.alone(path.height(), path.width());
    var files = new ArrayList<Path>();
    for (int i = 0; i < path.frames(); i++) {
      cancellation.throwIfCancelled();
      var file = folder.resolve(String.format(Locale.ROOT, "frame-%06d%s", i, ending(format)));
      if (!Files.exists(file)) {
        var view = path.view(i);
        PictureExport.write(
            file,
            encoding,
            picture.cutOut(view.side(), view.shown()),
            frame,
            text,
            (done, all) -> {},
            cancellation);
      }
      files.add(file);
      progress.frames(i + 1, path.frames());
    }
    return files;
  }

  private static void remove(Path folder, List<Path> frames) throws IOException {
    for (var frame : frames) {
      Files.deleteIfExists(frame);
    }
    Files.deleteIfExists(folder.resolve(IDENTITY));
    Files.deleteIfExists(folder);
  }
}
