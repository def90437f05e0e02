package org.infd.inference.photo;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;
import java.util.Optional;

/**
 * Turns decoded samples into sRGB display values over white. Grey samples are taken as they are:
 * {@link BufferedImage#getRGB} would take them for linear light. Samples with a profile go through
 * it; inks without one become light as in ImageMagick, each by its own: (1 − C)(1 − K).
 */
final class DisplayPixels {
  /** What a sample of an ink means. */
  enum Inks {
    /** The largest value is the most ink, as in TIFF. */
    DARK_IS_ONE,
    /** The largest value is no ink, as in JPEG. */
    DARK_IS_ZERO
  }

  private static final int BYTE = 255;
  private static final int SHORT = 65_535;
  private static final int RGB = 3;
  private static final int CMYK = 4;

  /** So many samples are turned at once. */
  private static final int STRIP = 1 << 18;

  private final Optional<ICC_Profile> profile;
  private final Inks inks;
  private final boolean isLinear;
  private final Runnable check;
  private int[] curve = {};

  /**
   * All samples of a strip, those of its colours, and its opacity; of one strip after the other.
   */
  private int[] samples = {};

  private int[] colours = {};
  private int[] opacities = {};

  /**
   * @param profile what the samples mean; empty for what their colour model says
   * @param isLinear whether they are light instead of display values, where there is no profile
   * @param check is run now and then, and may throw
   */
  DisplayPixels(Optional<ICC_Profile> profile, Inks inks, boolean isLinear, Runnable check) {
    this.profile = profile;
    this.inks = inks;
    this.isLinear = isLinear;
    this.check = check;
  }

  /**
   * Samples of some pixels.
   *
   * @param most what stands for one: {@link #BYTE} or {@link #SHORT}
   * @param values pixel by pixel, 0 to most
   * @param alpha of each pixel, 0 to 255; null where all are opaque
   */
  @SuppressWarnings("ArrayRecordComponent") // made and used up here
  private record Samples(
      int channels, int most, int[] values, int @org.jspecify.annotations.Nullable [] alpha) {
    int pixels() {
      return values.length / channels;
    }
  }

  /** 0xRRGGBB, row by row. */
  int[] of(BufferedImage picture) {
    var model = picture.getColorModel();
    return model instanceof IndexColorModel palette
        ? ofPalette(picture.getRaster(), palette)
        : strips(
            picture.getRaster(),
            strip ->
                isOfSamples(model)
                    ? ofModel(strip, (ComponentColorModel) model)
                    : plain(strip, model));
  }

  /** 0xRRGGBB, row by row, of the four inks of a picture. */
  int[] ofInks(Raster raster) {
    return strips(raster, strip -> new Samples(CMYK, BYTE, pixels(strip), null));
  }

  /**
   * 0xRRGGBB of pixels that may be clear.
   *
   * @param argb 0xAARRGGBB; becomes the result
   */
  int[] ofArgb(int[] argb) {
    for (int at = 0; at < argb.length; at += STRIP) {
      check.run();
      int end = Math.min(at + STRIP, argb.length);
      convert(plain(Arrays.copyOfRange(argb, at, end)), argb, at);
    }
    return argb;
  }

  private interface Reading {
    Samples of(Raster strip);
  }

  private int[] strips(Raster raster, Reading reading) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    var rgb = new int[width * height];
    int rows = Math.clamp(STRIP / width, 1, height);
    for (int y = 0; y < height; y += rows) {
      check.run();
      int count = Math.min(rows, height - y);
      var strip =
          raster.createChild(raster.getMinX(), raster.getMinY() + y, width, count, 0, 0, null);
      convert(reading.of(strip), rgb, y * width);
    }
    return rgb;
  }

  private int[] pixels(Raster strip) {
    int width = strip.getWidth();
    int height = strip.getHeight();
    samples = ofLength(width * height * strip.getNumBands(), samples);
    return strip.getPixels(0, 0, width, height, samples);
  }

  private static int[] ofLength(int length, int[] old) {
    return old.length == length ? old : new int[length];
  }

  private int[] ofPalette(Raster raster, IndexColorModel palette) {
    var argb = new int[palette.getMapSize()];
    palette.getRGBs(argb);
    var shown = new int[argb.length];
    convert(plain(argb), shown, 0);
    int width = raster.getWidth();
    var rgb = new int[width * raster.getHeight()];
    var row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        // an index beyond the palette is damage
        rgb[y * width + x] = row[x] < shown.length ? shown[row[x]] : 0;
      }
    }
    return rgb;
  }

  /** Whether samples mean grey, red, green and blue, inks, or what a profile says. */
  private boolean isOfSamples(ColorModel model) {
    if (!(model instanceof ComponentColorModel)) {
      return false;
    }
    int channels = model.getNumColorComponents();
    return profile.map(found -> isFor(found, channels)).orElse(false)
        || switch (model.getColorSpace().getType()) {
          case ColorSpace.TYPE_GRAY, ColorSpace.TYPE_RGB, ColorSpace.TYPE_CMYK -> true;
          default -> false;
        };
  }

  /** Whether a profile is of the kind of colours that so many channels are. */
  private static boolean isFor(ICC_Profile profile, int channels) {
    int type = profile.getColorSpaceType();
    return switch (channels) {
      case 1 -> type == ColorSpace.TYPE_GRAY;
      case RGB -> type == ColorSpace.TYPE_RGB;
      case CMYK -> type == ColorSpace.TYPE_CMYK;
      default -> false;
    };
  }

  private Samples ofModel(Raster strip, ComponentColorModel model) {
    int channels = model.getNumColorComponents();
    int bands = strip.getNumBands();
    int type = strip.getTransferType();
    boolean isByte = type == DataBuffer.TYPE_BYTE && model.getComponentSize(0) <= 8;
    int most = isByte ? BYTE : SHORT;
    int[] all;
    if (type == DataBuffer.TYPE_FLOAT || type == DataBuffer.TYPE_DOUBLE) {
      all = ofReals(strip);
    } else {
      all = pixels(strip);
      scale(all, bands, model, type, most);
    }
    boolean hasAlpha = model.hasAlpha() && bands > channels;
    int count = strip.getWidth() * strip.getHeight();
    if (bands == channels && !hasAlpha) {
      return new Samples(channels, most, all, null);
    }
    colours = ofLength(count * channels, colours);
    var values = colours;
    opacities = ofLength(hasAlpha ? count : 0, opacities);
    var alpha = hasAlpha ? opacities : null;
    for (int i = 0; i < count; i++) {
      System.arraycopy(all, i * bands, values, i * channels, channels);
      if (alpha != null) {
        int opacity = all[i * bands + channels];
        alpha[i] = most == BYTE ? opacity : toByte(opacity);
        if (model.isAlphaPremultiplied() && opacity > 0) {
          for (int c = i * channels; c < (i + 1) * channels; c++) {
            values[c] = (int) Math.min(most, ((long) values[c] * most + opacity / 2) / opacity);
          }
        }
      }
    }
    return new Samples(channels, most, values, alpha);
  }

  /** Whole samples of any width to 0 … most. */
  private static void scale(
      int[] values, int bands, ComponentColorModel model, int type, int most) {
    for (int band = 0; band < bands; band++) {
      int bits = model.getComponentSize(Math.min(band, model.getNumComponents() - 1));
      if ((type == DataBuffer.TYPE_BYTE && bits == 8)
          || (type == DataBuffer.TYPE_USHORT && bits == 16)) {
        continue;
      }
      double largest = type == DataBuffer.TYPE_SHORT ? Short.MAX_VALUE : Math.pow(2, bits) - 1;
      for (int i = band; i < values.length; i += bands) {
        double value = type == DataBuffer.TYPE_INT ? Integer.toUnsignedLong(values[i]) : values[i];
        values[i] = (int) Math.rint(Math.clamp(value / largest, 0, 1) * most);
      }
    }
  }

  /** Samples of 0 to 1, as TIFF has them; what is not a number is 0. */
  private static int[] ofReals(Raster strip) {
    var reals = strip.getPixels(0, 0, strip.getWidth(), strip.getHeight(), (float[]) null);
    var values = new int[reals.length];
    for (int i = 0; i < reals.length; i++) {
      values[i] = Float.isNaN(reals[i]) ? 0 : Math.round(Math.clamp(reals[i], 0f, 1f) * SHORT);
    }
    return values;
  }

  /** Colours as their model means them. */
  private Samples plain(Raster strip, ColorModel model) {
    int width = strip.getWidth();
    samples = ofLength(width * strip.getHeight(), samples);
    var argb = samples;
    Object pixel = null;
    for (int i = 0; i < argb.length; i++) {
      pixel = strip.getDataElements(i % width, i / width, pixel);
      argb[i] = model.getRGB(pixel);
    }
    return plain(argb);
  }

  private Samples plain(int[] argb) {
    colours = ofLength(argb.length * RGB, colours);
    opacities = ofLength(argb.length, opacities);
    var values = colours;
    var alpha = opacities;
    for (int i = 0; i < argb.length; i++) {
      values[i * RGB] = argb[i] >> 16 & 0xFF;
      values[i * RGB + 1] = argb[i] >> 8 & 0xFF;
      values[i * RGB + 2] = argb[i] & 0xFF;
      alpha[i] = argb[i] >>> 24;
    }
    return new Samples(RGB, BYTE, values, alpha);
  }

  private static int toByte(int wide) {
    return (wide + 128) / 257;
  }

  private void convert(Samples samples, int[] rgb, int at) {
    var shown = shown(samples);
    int most = shown.most();
    int channels = shown.channels();
    for (int i = 0; i < shown.pixels(); i++) {
      int mixed = 0;
      int opacity = shown.alpha() == null ? BYTE : shown.alpha()[i];
      for (int c = 0; c < RGB; c++) {
        int value = shown.values()[i * channels + (channels == 1 ? 0 : c)];
        int display = most == BYTE ? value : toByte(value);
        mixed =
            mixed << 8
                | (opacity == BYTE
                    ? display
                    : (display * opacity + BYTE * (BYTE - opacity) + BYTE / 2) / BYTE);
      }
      rgb[at + i] = mixed;
    }
  }

  /** Grey or red, green and blue, as they are shown. */
  private Samples shown(Samples samples) {
    if (inks == Inks.DARK_IS_ZERO) {
      for (int i = 0; i < samples.values().length; i++) {
        samples.values()[i] = samples.most() - samples.values()[i];
      }
    }
    if (profile.isPresent() && isFor(profile.get(), samples.channels())) {
      var converted = throughProfile(samples, profile.get());
      if (converted.isPresent()) {
        return converted.get();
      }
    }
    if (samples.channels() == CMYK) {
      return withoutInk(samples);
    }
    if (isLinear) {
      var shown = curve(samples.most());
      for (int i = 0; i < samples.values().length; i++) {
        samples.values()[i] = shown[samples.values()[i]];
      }
    }
    return samples;
  }

  /** The display value of each amount of light. */
  private int[] curve(int most) {
    if (curve.length != most + 1) {
      curve = new int[most + 1];
      for (int i = 0; i <= most; i++) {
        curve[i] = (int) Math.rint(display((double) i / most) * most);
      }
    }
    return curve;
  }

  /** The display value of light, 0 to 1 (IEC 61966-2-1). */
  static double display(double light) {
    return light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
  }

  private static Samples withoutInk(Samples samples) {
    int most = samples.most();
    var values = new int[samples.pixels() * RGB];
    for (int i = 0; i < samples.pixels(); i++) {
      long light = (long) most - samples.values()[i * CMYK + RGB];
      for (int c = 0; c < RGB; c++) {
        long open = (long) most - samples.values()[i * CMYK + c];
        values[i * RGB + c] = (int) ((open * light + most / 2) / most);
      }
    }
    return new Samples(RGB, most, values, samples.alpha());
  }

  private static Optional<Samples> throughProfile(Samples samples, ICC_Profile profile) {
    int count = samples.pixels();
    boolean wide = samples.most() == SHORT;
    int type = wide ? DataBuffer.TYPE_USHORT : DataBuffer.TYPE_BYTE;
    var from = Raster.createInterleavedRaster(type, count, 1, samples.channels(), null);
    from.setPixels(0, 0, count, 1, samples.values());
    var to = Raster.createInterleavedRaster(type, count, 1, RGB, null);
    try {
      var display = ICC_Profile.getInstance(ColorSpace.CS_sRGB);
      new ColorConvertOp(new ICC_Profile[] {profile, display}, null).filter(from, to);
    } catch (CMMException | IllegalArgumentException e) {
      // a profile that makes no sense says nothing
      return Optional.empty();
    }
    return Optional.of(
        new Samples(
            RGB, samples.most(), to.getPixels(0, 0, count, 1, (int[]) null), samples.alpha()));
  }
}
