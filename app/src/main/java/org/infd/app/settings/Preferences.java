package org.infd.app.settings;

import org.infd.app.work.Bytes;
import org.infd.inference.NumberText;
import org.jspecify.annotations.Nullable;

/**
 * What the user chose on the page of settings.
 *
 * @param look which theme
 * @param movement whether things glide and fade
 * @param numbers how numbers are written
 * @param device what pictures are computed on
 * @param precision how a GPU computes
 * @param gpuMegabytes what may be taken of a GPU's memory, 0 for all
 * @param threads how many threads the processor may use, 0 for all
 * @param cacheBytes what rendered pixels may take in memory
 * @param preview how often a preview of a running sampling is shown
 * @param below what is below the scale that a model was taught
 * @param picturesFolder where pictures are kept, or null for the usual place
 */
public record Preferences(
    ThemeMode look,
    Movement movement,
    NumberStyle numbers,
    DeviceWish device,
    PrecisionWish precision,
    int gpuMegabytes,
    int threads,
    long cacheBytes,
    LivePreview preview,
    Below below,
    @Nullable String picturesFolder) {
  /** Enough for a dozen full screens. */
  public static final long DEFAULT_CACHE = 192L << 20;

  private static final long SMALLEST_CACHE = 32L << 20;
  private static final long LARGEST_CACHE = 8L << 30;
  private static final int MOST_THREADS = 1024;
  private static final int SMALLEST_GPU_MEMORY = 512;

  /** Replaces what cannot be by the default. */
  public Preferences {
    if (look == null) {
      look = ThemeMode.SYSTEM;
    }
    if (movement == null) {
      movement = Movement.SYSTEM;
    }
    if (numbers == null) {
      numbers = NumberStyle.SYSTEM;
    }
    if (device == null) {
      device = DeviceWish.AUTO;
    }
    if (precision == null) {
      precision = PrecisionWish.AUTO;
    }
    gpuMegabytes = gpuMegabytes < SMALLEST_GPU_MEMORY ? 0 : gpuMegabytes;
    threads = threads < 0 || threads > MOST_THREADS ? 0 : threads;
    cacheBytes =
        cacheBytes < SMALLEST_CACHE || cacheBytes > LARGEST_CACHE ? DEFAULT_CACHE : cacheBytes;
    if (preview == null) {
      preview = LivePreview.EVERY_STEP;
    }
    if (below == null) {
      below = Below.INVENTED;
    }
    if (picturesFolder != null && picturesFolder.isBlank()) {
      picturesFolder = null;
    }
  }

  /** What holds at the first start. */
  public static Preferences defaults() {
    return new Preferences(
        ThemeMode.SYSTEM,
        Movement.SYSTEM,
        NumberStyle.SYSTEM,
        DeviceWish.AUTO,
        PrecisionWish.AUTO,
        0,
        0,
        DEFAULT_CACHE,
        LivePreview.EVERY_STEP,
        Below.INVENTED,
        null);
  }

  /**
   * What was chosen here over what another window wrote.
   *
   * @param before what was chosen here when it was last written
   */
  Preferences over(Preferences before, Preferences others) {
    return new Preferences(
        Settings.changed(before.look, look, others.look),
        Settings.changed(before.movement, movement, others.movement),
        Settings.changed(before.numbers, numbers, others.numbers),
        Settings.changed(before.device, device, others.device),
        Settings.changed(before.precision, precision, others.precision),
        Settings.changed(before.gpuMegabytes, gpuMegabytes, others.gpuMegabytes),
        Settings.changed(before.threads, threads, others.threads),
        Settings.changed(before.cacheBytes, cacheBytes, others.cacheBytes),
        Settings.changed(before.preview, preview, others.preview),
        Settings.changed(before.below, below, others.below),
        Settings.changed(before.picturesFolder, picturesFolder, others.picturesFolder));
  }

  /** The choices in a line for a report of a fault, without the folder. */
  public String summary() {
    return NumberText.format(
        "theme %s, movement %s, numbers %s, device %s, precision %s, GPU memory %d MB,"
            + " threads %d, tiles %s",
        look, movement, numbers, device, precision, gpuMegabytes, threads, Bytes.text(cacheBytes));
  }
}
