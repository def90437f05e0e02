package org.infd.inference.diffusion;

import org.infd.inference.tensor.Tensor;

/**
 * Standard normal numbers as a pure function of a place in a world of many latents: of the seed,
 * the level and the absolute row and column of a latent cell. Latents that share cells share the
 * noise there. Its bits never change, and it is independent of {@link PhiloxNoise} under the same
 * seed.
 *
 * <p>The counter of {@link Philox} has the low 32 bits of row and column in words 0 and 1, their
 * high 16 bits in word 2, and in word 3 level (8 bits), group of four channels (8), step (12) and
 * stream (4). The level is at least 1, where the counters of {@link PhiloxNoise} have 0 in word 3.
 *
 * @param seed all 64 bits
 * @param level from 1 to 255
 * @param row the row of the latent's first cell, below 2^48
 * @param column the column of the latent's first cell, below 2^48
 */
public record WorldNoise(long seed, int level, long row, long column) implements NoiseSource {
  private static final int COORDINATE_BITS = 48;
  private static final int MOST_STEPS = 1 << 12;
  private static final int MOST_CHANNELS = 4 << 8;

  /** Checks that the place can be told from all others. */
  public WorldNoise {
    if (level < 1 || level > 255 || isBeyond(row) || isBeyond(column)) {
      throw new IllegalArgumentException("level " + level + ", cell " + row + ", " + column);
    }
  }

  private static boolean isBeyond(long coordinate) {
    return coordinate < 0 || coordinate >> COORDINATE_BITS != 0;
  }

  @Override
  public Tensor start(long... shape) {
    return normal(0, 0, shape);
  }

  @Override
  public Tensor step(int step, long... shape) {
    return normal(1, step, shape);
  }

  private Tensor normal(int stream, int step, long... shape) {
    var tensor = Tensor.zeros(shape);
    int channels = tensor.extent(1);
    int height = tensor.extent(2);
    int width = tensor.extent(3);
    if (shape[0] != 1 || channels > MOST_CHANNELS || step >= MOST_STEPS) {
      throw new IllegalArgumentException(tensor + " at step " + step);
    }
    var block = new int[4];
    for (int group = 0; group < channels; group += 4) {
      for (int r = 0; r < height; r++) {
        for (int c = 0; c < width; c++) {
          block(stream, step, group / 4, row + r, column + c, block);
          for (int channel = group; channel < Math.min(group + 4, channels); channel++) {
            tensor.set(
                (channel * height + r) * width + c,
                (float) PhiloxNoise.normal(block, channel - group));
          }
        }
      }
    }
    return tensor;
  }

  private void block(int stream, int step, int group, long r, long c, int[] block) {
    block[0] = (int) r;
    block[1] = (int) c;
    block[2] = (int) (r >>> 32) << 16 | (int) (c >>> 32);
    block[3] = level << 24 | group << 16 | step << 4 | stream;
    Philox.apply(block, (int) seed, (int) (seed >>> 32));
  }
}
