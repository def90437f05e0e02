package org.infd.inference.export;

import java.nio.file.Path;
import java.util.Locale;

/** How a film is kept. */
public enum FilmFormat {
  /** A folder with a PNG for each frame. */
  FRAMES,
  /** An animated GIF: 256 colours a frame. */
  GIF,
  /** Motion JPEG in an AVI file, by this program alone. */
  AVI,
  /** H.264, by the ffmpeg that the user has. */
  MP4;

  /** The format that the ending of a name says; without an ending a folder. */
  public static FilmFormat of(Path target) {
    var name = target.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".gif")) {
      return GIF;
    }
    if (name.endsWith(".avi")) {
      return AVI;
    }
    if (name.endsWith(".mp4")) {
      return MP4;
    }
    return FRAMES;
  }
}
