package org.infd.inference.photo;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageMetadata;
import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.photo.webp.WebpPicture;

/** Decodes one file, on a thread of its own. */
final class Decoding {
  /** What is held at most of a picture, in pixels: larger ones are thinned out. */
  private static final long MOST_PIXELS = 40_000_000;

  /** What a reader may hold of it at most, in bytes. */
  private static final long MOST_BYTES = 192L << 20;

  /** No photo and no scan is larger, in pixels. */
  private static final long LARGEST = 600_000_000;

  /** A reader that holds the whole picture, however much is wanted of it. */
  private static final long LARGEST_WEBP = 64_000_000;

  /**
   * What a small file may unpack to, in bytes, and how many times its size a large one may: photos
   * and scans shrink to a fiftieth at the most. More is an empty sheet, or made to take long.
   */
  private static final long MOST_UNPACKED = 256L << 20;

  private static final long EXPANSION = 100;

  /** A reader in native code looks up when it needs more. */
  private static final int NATIVE_PIECE = 2048;

  private static final int WHITE = 0xFFFFFF;
  private static final int HEIGHT_AT = 22;
  private static final int INKS = 4;

  private final String name;
  private final FileKind kind;
  private final byte[] file;
  private final Watch watch;
  private final FileChecks checks;

  Decoding(String name, FileKind kind, byte[] file, Watch watch) {
    this.name = name;
    this.kind = kind;
    this.file = file;
    this.watch = watch;
    checks = new FileChecks(kind, file, watch);
  }

  /**
   * The picture, as far as it is there.
   *
   * @throws Problem if nothing of it is
   */
  DecodedPicture picture() {
    checks.requireCoding(name);
    var frame = checks.frame();
    frame.ifPresent(found -> requireSize(found.width(), found.height()));
    if (frame.isPresent() && frame.get().hasMeans() && frame.get().isTooMuch(file.length)) {
      return means(frame.get()).turned(checks.orientation());
    }
    try {
      var picture = decoded();
      return checks
          .sheet()
          .map(sheet -> sheet.with(picture))
          .orElse(picture)
          .turned(checks.orientation());
    } catch (Problem | CancellationException | Watch.TimeOver e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // readers meet damaged files with all sorts of exceptions
      throw unreadable(e);
    }
  }

  private Problem unreadable(Exception cause) {
    if (checks.hasLostDirectory()) {
      return new Problem(
          NumberText.format(
              "'%s' is cut short: the end of the file, where this TIFF says how its picture lies,"
                  + " is missing. Get it again.",
              name),
          cause);
    }
    if (checks.isEndedEarly()) {
      return new Problem(
          NumberText.format(
              "'%s' ends before its picture begins, so it was not copied or downloaded whole. Get"
                  + " it again.",
              name),
          cause);
    }
    return new Problem(
        NumberText.format(
            "'%s' is a damaged %s, or of a variety that is not read. Save it anew as PNG or JPEG in"
                + " another program, and open that.",
            name, kind.title()),
        cause);
  }

  private void requireSize(long width, long height) {
    long largest = kind == FileKind.WEBP ? LARGEST_WEBP : LARGEST;
    if (width * height > largest) {
      throw new Problem(
          NumberText.format(
              "'%s' is too large: %d × %d pixels, and %s pictures up to %d million pixels are read."
                  + " Make it smaller in another program, and open that.",
              name, width, height, kind.title(), largest / 1_000_000));
    }
  }

  private void requireContent(long width, long height, int bits) {
    if (width * height * bits / Byte.SIZE > MOST_UNPACKED + EXPANSION * file.length) {
      throw new Problem(
          NumberText.format(
              "'%s' says that it has %d × %d pixels, far more than a file of its size holds of a"
                  + " photo: it is empty, or made to fill the memory. Save it anew in another"
                  + " program, smaller, and open that.",
              name, width, height));
    }
  }

  /** The means of the blocks of a JPEG that would take too much as a whole. */
  private DecodedPicture means(JpegFrame frame) {
    if (frame.components().size() == INKS) {
      var raster = JpegMeans.inks(file, frame, watch);
      return told(
          raster.getWidth(),
          raster.getHeight(),
          JpegInks.light(raster, file, frame, watch),
          JpegFrame.SIDE,
          watch.part(),
          Remark.Gap.WHITE);
    }
    var picture = JpegMeans.read(file, frame, watch);
    var rgb =
        new DisplayPixels(
                Profiles.ofJpeg(file), DisplayPixels.Inks.DARK_IS_ONE, false, watch::check)
            .of(picture);
    return told(
        picture.getWidth(),
        picture.getHeight(),
        rgb,
        JpegFrame.SIDE,
        watch.part(),
        Remark.Gap.WHITE);
  }

  /** A WebP: the picture as it is stored holds the whole, however much is wanted of it. */
  private DecodedPicture webp() throws IOException {
    var source = checks.webp().orElseThrow(() -> new IOException("no picture"));
    var size = WebpPicture.size(file, source);
    requireSize(size.width(), size.height());
    int step = thinning(size.width(), size.height(), Integer.BYTES);
    var found = WebpPicture.read(file, source, step, watch::check);
    checks.took(found);
    if (found.there() == 0) {
      throw new IOException("nothing of it is there");
    }
    var rgb =
        new DisplayPixels(checks.profile(), DisplayPixels.Inks.DARK_IS_ONE, false, watch::check)
            .ofArgb(found.argb());
    double part = (double) found.there() / found.height();
    return told(found.width(), found.height(), rgb, step, part, Remark.Gap.WHITE);
  }

  private DecodedPicture fields(BmpFields found) throws IOException {
    requireSize(found.width(), found.height());
    if (found.there() < found.height()) {
      watch.endOfFile();
    }
    if (found.there() == 0) {
      throw new IOException("nothing of it is there");
    }
    int step = thinning(found.width(), found.height(), Integer.BYTES);
    var rgb =
        new DisplayPixels(Optional.empty(), DisplayPixels.Inks.DARK_IS_ONE, false, watch::check)
            .ofArgb(found.argb(step, watch::check));
    return told(
        Math.ceilDiv(found.width(), step),
        Math.ceilDiv(found.height(), step),
        rgb,
        step,
        (double) found.there() / found.height(),
        Remark.Gap.WHITE);
  }

  /** A TIFF of L*a*b*, from its samples as they are. */
  private Optional<DecodedPicture> lab(ImageReader reader, int width, int height)
      throws IOException {
    if (!(reader.getImageMetadata(0) instanceof TIFFImageMetadata metadata)
        || !LabColours.areIn(metadata)) {
      return Optional.empty();
    }
    requireContent(width, height, type(reader).getColorModel().getPixelSize());
    int step = thinning(width, height, 2 * Integer.BYTES);
    var settings = reader.getDefaultReadParam();
    settings.setSourceSubsampling(step, step, 0, 0);
    var raster = reader.readRaster(0, settings);
    if (!LabColours.canRead(raster)) {
      return Optional.empty();
    }
    checks.ask(reader);
    var rgb = LabColours.rgb(raster, watch::check);
    return Optional.of(
        told(raster.getWidth(), raster.getHeight(), rgb, step, checks.part(), Remark.Gap.WHITE));
  }

  private DecodedPicture decoded() throws IOException {
    if (kind == FileKind.WEBP) {
      return webp();
    }
    var fields = kind == FileKind.BMP ? BmpFields.of(file) : Optional.<BmpFields>empty();
    if (fields.isPresent()) {
      return fields(fields.get());
    }
    try {
      return decoded(checks.readable());
    } catch (Problem | CancellationException | Watch.TimeOver e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      var mended = checks.mended();
      if (mended.isEmpty()) {
        throw e;
      }
      return decoded(mended.get());
    }
  }

  private DecodedPicture decoded(byte[] content) throws IOException {
    var reader = reader();
    var frame = checks.frame();
    try (var stream =
        new WatchedStream(
            content, kind == FileKind.JPEG ? NATIVE_PIECE : Integer.MAX_VALUE, watch)) {
      reader.setInput(stream, false, true);
      reader.addIIOReadProgressListener(new ReadProgress(watch));
      checks.attend(reader);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      requireSize(width, height);
      checks.requirePacking(name, reader);
      if (frame.isPresent() && frame.get().components().size() == INKS) {
        return inks(reader, frame.get());
      }
      var lab =
          kind == FileKind.TIFF ? lab(reader, width, height) : Optional.<DecodedPicture>empty();
      return lab.isPresent() ? lab.get() : colours(reader, width, height);
    } finally {
      reader.dispose();
    }
  }

  private ImageReader reader() throws IOException {
    if (kind == FileKind.TIFF) {
      // the runtime's own knows no 16-bit samples that are stored as differences, as most are
      return new TIFFImageReaderSpi().createReaderInstance(null);
    }
    // those of the runtime, whatever else is installed
    var readers = ImageIO.getImageReadersByFormatName(kind.title());
    while (readers.hasNext()) {
      var reader = readers.next();
      if (reader.getClass().getModule().equals(ImageIO.class.getModule())) {
        return reader;
      }
    }
    throw new IOException("no reader of " + kind);
  }

  private static int thinning(long width, long height, int bytesOfPixel) {
    int step = 1;
    while (Math.ceilDiv(width, step) * Math.ceilDiv(height, step)
        > Math.min(MOST_PIXELS, MOST_BYTES / Math.max(1, bytesOfPixel))) {
      step++;
    }
    return step;
  }

  private DecodedPicture colours(ImageReader reader, int width, int height) throws IOException {
    var type = type(reader);
    int bits = type.getColorModel().getPixelSize();
    var frame = checks.frame();
    if (frame.isEmpty()) {
      // a reader of GIF takes a byte for each pixel, however few colours there are
      requireContent(width, height, kind == FileKind.GIF ? Byte.SIZE : bits);
    }
    int step = thinning(width, height, Math.ceilDiv(bits, Byte.SIZE));
    var settings = reader.getDefaultReadParam();
    settings.setSourceSubsampling(step, step, 0, 0);
    var picture = type.createBufferedImage(Math.ceilDiv(width, step), Math.ceilDiv(height, step));
    settings.setDestination(picture);
    var chunks = checks.chunks();
    boolean isInterlaced = chunks.map(PngChunks::isInterlaced).orElse(false);
    var passes = new PngPasses();
    if (isInterlaced) {
      reader.addIIOReadUpdateListener(passes);
    }
    boolean whole = read(reader, settings);
    var pieces = new TiffPieces(reader, type, watch);
    if (!whole && isInPieces(step)) {
      pieces.read(picture);
    }
    checks.ask(reader);
    boolean linear = chunks.map(PngChunks::isLinear).orElse(false);
    var profile = profile(reader, picture);
    var rgb =
        new DisplayPixels(profile, DisplayPixels.Inks.DARK_IS_ONE, linear, watch::check)
            .of(picture);
    int columns = picture.getWidth();
    int rows = picture.getHeight();
    if (whole) {
      return told(columns, rows, rgb, step, checks.part(), Remark.Gap.WHITE);
    }
    if (isInPieces(step)) {
      pieces.leave(rgb, columns, WHITE);
      return told(columns, rows, rgb, step, pieces.part(columns, rows), Remark.Gap.WHITE_PIECES);
    }
    if (isInterlaced) {
      passes.spread(rgb, columns, rows, step);
      return told(columns, rows, rgb, step, passes.part(), Remark.Gap.COARSE);
    }
    return frame.isPresent()
        ? cutJpeg(columns, rows, rgb, step, frame.get())
        : told(columns, rows, rgb, step, watch.part(), Remark.Gap.WHITE);
  }

  /** Whether what is there can be read piece by piece. */
  private boolean isInPieces(int step) {
    return kind == FileKind.TIFF && step == 1;
  }

  private ImageTypeSpecifier type(ImageReader reader) throws IOException {
    // the first that the reader of TIFF offers takes no notice of what transparency means
    var raw = kind == FileKind.TIFF ? reader.getRawImageType(0) : null;
    if (raw != null) {
      return raw;
    }
    var types = reader.getImageTypes(0);
    if (!types.hasNext()) {
      throw new IOException("colours that the reader does not know");
    }
    return types.next();
  }

  private Optional<ICC_Profile> profile(ImageReader reader, BufferedImage picture)
      throws IOException {
    return switch (kind) {
      case PNG, JPEG -> checks.profile();
      // this reader goes through the profiles of colours, but not of inks
      case TIFF ->
          picture.getColorModel().getNumColorComponents() == INKS
              ? Profiles.of(reader.getImageMetadata(0))
              : Profiles.of(picture);
      default -> Profiles.of(picture);
    };
  }

  /**
   * Reads into a picture.
   *
   * @return false where only a part of it is there
   */
  private boolean read(ImageReader reader, ImageReadParam settings) throws IOException {
    try {
      reader.read(0, settings);
    } catch (CancellationException | Watch.TimeOver e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      watch.check();
      if (watch.part() <= 0 && kind != FileKind.TIFF) {
        throw e;
      }
      return false;
    }
    // a JPEG that is cut is filled up
    return kind != FileKind.JPEG || !watch.isEnded();
  }

  /** A JPEG of four inks: the runtime reads no colours of it, but its samples. */
  private DecodedPicture inks(ImageReader reader, JpegFrame frame) throws IOException {
    int step = thinning(frame.width(), frame.height(), INKS);
    var settings = reader.getDefaultReadParam();
    settings.setSourceSubsampling(step, step, 0, 0);
    if (!(reader.readRaster(0, settings) instanceof WritableRaster raster)
        || raster.getNumBands() != INKS) {
      throw new IOException("not four inks");
    }
    var rgb = JpegInks.light(raster, file, frame, watch);
    return watch.isEnded()
        ? cutJpeg(raster.getWidth(), raster.getHeight(), rgb, step, frame)
        : told(raster.getWidth(), raster.getHeight(), rgb, step, 1, Remark.Gap.WHITE);
  }

  /**
   * What is there of a JPEG whose file has ended. Where it comes in scans, that is a coarse picture
   * of the whole; else its upper rows, and libjpeg has filled the others with one colour.
   */
  private DecodedPicture cutJpeg(int width, int height, int[] rgb, int step, JpegFrame frame) {
    if (frame.process() == JpegFrame.PROGRESSIVE && frame.scans() > 1) {
      return told(
          width, height, rgb, step, (frame.scans() - 1.0) / frame.scans(), Remark.Gap.COARSE);
    }
    int filler = rgb[rgb.length - 1];
    int end = rgb.length;
    while (end > 0 && rgb[end - 1] == filler) {
      end--;
    }
    return told(
        width, height, rgb, step, (double) Math.ceilDiv(end, width) / height, Remark.Gap.WHITE);
  }

  /**
   * The picture with what is to be said of it.
   *
   * @param part how much of it is there, 0 to 1
   */
  private DecodedPicture told(
      int width, int height, int[] rgb, int step, double part, Remark.Gap gap) {
    if (part < 1 && gap == Remark.Gap.WHITE) {
      int rows = (int) Math.floor(part * height);
      if (kind == FileKind.BMP && isUpsideDown()) {
        Arrays.fill(rgb, 0, (height - rows) * width, WHITE);
      } else {
        Arrays.fill(rgb, rows * width, rgb.length, WHITE);
      }
    }
    return new DecodedPicture(
        width, height, rgb, step, Remark.of(name, checks.soundness(part), part, gap, step));
  }

  /** Whether a BMP has its lowest row first, as it does unless its height is negative. */
  private boolean isUpsideDown() {
    return file.length < HEIGHT_AT + Integer.BYTES
        || ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(HEIGHT_AT) > 0;
  }
}
