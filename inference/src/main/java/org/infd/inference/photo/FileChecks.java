package org.infd.inference.photo;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import java.awt.color.ICC_Profile;
import java.io.IOException;
import java.util.Optional;
import javax.imageio.ImageReader;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.photo.webp.WebpPicture;
import org.jspecify.annotations.Nullable;

/**
 * What can be told of one file beside what the reader of its pixels tells: whether it is whole and
 * sound, by the checks of its own format, and what is to be read where it is not.
 */
final class FileChecks {
  private final FileKind kind;
  private final byte[] file;
  private final Watch watch;
  private final Optional<JpegFrame> frame;
  private final Optional<PngFile> png;
  private final Optional<BmpRuns> runs;
  private final Optional<WebpChunks> webp;
  private @Nullable PngChunks chunks;
  private boolean isWebpSound = true;
  private Soundness pieces = Soundness.SOUND;
  private Orientation orientation = Orientation.UPRIGHT;
  private boolean hasWarned;
  private boolean isMended;

  FileChecks(FileKind kind, byte[] file, Watch watch) {
    this.kind = kind;
    this.file = file;
    this.watch = watch;
    frame = kind == FileKind.JPEG ? JpegFrame.of(file) : Optional.empty();
    png = kind == FileKind.PNG ? Optional.of(PngFile.of(file, watch::check)) : Optional.empty();
    runs = kind == FileKind.BMP ? BmpRuns.of(file) : Optional.empty();
    webp = kind == FileKind.WEBP ? Optional.of(WebpChunks.of(file)) : Optional.empty();
  }

  /** The head of a JPEG. */
  Optional<JpegFrame> frame() {
    return frame;
  }

  /** What a PNG says of its colours. */
  Optional<PngChunks> chunks() {
    if (chunks == null) {
      chunks = png.map(PngChunks::of).orElse(null);
    }
    return Optional.ofNullable(chunks);
  }

  /** The file as its reader goes through it: without what is damaged or would stop it. */
  byte[] readable() {
    return switch (kind) {
      case PNG -> png.orElseThrow().readable();
      case JPEG -> Profiles.jpegWithout(file);
      case BMP -> runs.map(BmpRuns::readable).orElse(file);
      case GIF, TIFF, WEBP -> file;
    };
  }

  /** What the samples of a JPEG, PNG or WebP mean. */
  Optional<ICC_Profile> profile() {
    return switch (kind) {
      case PNG -> chunks().flatMap(PngChunks::profile);
      case JPEG -> Profiles.ofJpeg(file);
      case WEBP -> webp.flatMap(WebpChunks::profile);
      default -> Optional.empty();
    };
  }

  /** The file in a form that a reader may get through that has given it up; empty without one. */
  Optional<byte[]> mended() {
    if (isMended) {
      return Optional.empty();
    }
    isMended = true;
    var found = frame.flatMap(head -> JpegMarkers.withoutStray(readable(), head));
    hasWarned |= found.isPresent();
    return found;
  }

  /** Goes with a reader that begins. */
  void attend(ImageReader reader) {
    reader.addIIOReadWarningListener((source, warning) -> warned(warning));
  }

  /** Where the picture of a WebP lies. */
  Optional<WebpPicture.Source> webp() {
    return webp.flatMap(WebpChunks::picture);
  }

  /** Takes notice of a WebP that was read. */
  void took(WebpPicture picture) {
    isWebpSound = picture.isSound();
  }

  /** A reader of JPEG goes on where codes make no sense, and says so. */
  private void warned(String warning) {
    // behind the end of a file that is cut, all codes are wrong
    hasWarned |=
        (kind == FileKind.JPEG || kind == FileKind.TIFF)
            && !watch.isEnded()
            && JpegWarning.isDamage(warning, file);
  }

  /**
   * Refuses what its reader cannot decode, by its head alone.
   *
   * @throws Problem with the way of coding
   */
  void requireCoding(String name) {
    frame
        .flatMap(JpegFrame::foreignCoding)
        .ifPresent(
            coding -> {
              throw new Problem(
                  NumberText.format(
                      "'%s' is a JPEG with %s, which is not read. Save it again as an ordinary JPEG"
                          + " in another program, and open that.",
                      name, coding));
            });
  }

  /**
   * Refuses what its reader cannot unpack.
   *
   * @throws Problem with the way of packing
   */
  void requirePacking(String name, ImageReader reader) throws IOException {
    if (kind == FileKind.TIFF && reader.getImageMetadata(0) instanceof TIFFImageMetadata tiff) {
      var packing = TiffCheck.foreignPacking(tiff);
      if (packing.isPresent()) {
        throw new Problem(
            NumberText.format(
                "'%s' is a TIFF packed with %s, which is not read here. Save it anew as PNG, or as"
                    + " TIFF with LZW, and open that.",
                name, packing.get()));
      }
    }
  }

  /** Checks what a reader knows, after it has read the pixels. */
  void ask(ImageReader reader) throws IOException {
    if (kind == FileKind.TIFF && reader.getImageMetadata(0) instanceof TIFFImageMetadata tiff) {
      pieces = TiffCheck.of(file, tiff, watch::check);
      orientation = Orientation.of(tiff);
    }
  }

  /** Whether a TIFF has lost what says where its picture lies. */
  boolean hasLostDirectory() {
    return kind == FileKind.TIFF && TiffCheck.isDirectoryCut(file);
  }

  /** How the picture is to be turned, after it was read. */
  Orientation orientation() {
    return switch (kind) {
      case TIFF -> orientation;
      case JPEG -> Orientation.ofJpeg(file);
      case PNG -> Orientation.ofExif(png.flatMap(found -> found.content("eXIf")));
      case WEBP -> Orientation.ofExif(webp.flatMap(WebpChunks::exif));
      case BMP, GIF -> Orientation.UPRIGHT;
    };
  }

  /** The sheet on which the first picture of an animated WebP lies. */
  Optional<Sheet> sheet() {
    return webp.flatMap(WebpChunks::sheet);
  }

  /** The part of a picture that is there although its reader took it all, 0 to 1. */
  double part() {
    return runs.map(BmpRuns::part).orElse(1.0);
  }

  /** Whether the file has ended before anything of its picture came. */
  boolean isEndedEarly() {
    return watch.isEnded()
        || png.map(file -> !file.isEnded()).orElse(false)
        || webp.map(file -> !file.isWhole()).orElse(false);
  }

  /**
   * What was found.
   *
   * @param part how much of the picture is there
   */
  Soundness soundness(double part) {
    var found =
        switch (kind) {
          case PNG -> png.orElseThrow().soundness(watch::check);
          case GIF -> GifCheck.of(file, watch::check);
          case JPEG -> frame.map(this::jpegSoundness).orElse(Soundness.SOUND);
          case WEBP -> webpSoundness();
          case BMP -> runs.map(FileChecks::runs).orElse(Soundness.SOUND);
          case TIFF -> pieces;
        };
    return new Soundness(
        found.isCut() || (part < 1 && watch.isEnded()),
        hasWarned ? Soundness.Doubt.PICTURE : found.doubt(),
        found.surePart());
  }

  private Soundness jpegSoundness(JpegFrame found) {
    boolean isSound =
        !JpegCheck.canCheck(found, file.length) || JpegCheck.isSound(file, found, watch::check);
    return new Soundness(
        !found.isEnded(),
        isSound ? Soundness.Doubt.NONE : Soundness.Doubt.PICTURE,
        Soundness.SOUND.surePart());
  }

  private Soundness webpSoundness() {
    return new Soundness(
        !webp.orElseThrow().isWhole(),
        isWebpSound ? Soundness.Doubt.NONE : Soundness.Doubt.PICTURE,
        Soundness.SOUND.surePart());
  }

  private static Soundness runs(BmpRuns found) {
    return new Soundness(
        found.isSound() && !found.isEnded(),
        found.isSound() ? Soundness.Doubt.NONE : Soundness.Doubt.PICTURE,
        Soundness.SOUND.surePart());
  }
}
