package org.infd.inference.dive;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of children beside their feature maps: latents, what they were encoded to, and
 * anchors; of each those that were used last, in bounded memory. Thread-safe.
 */
final class DiveMemory {
  /** Of latents, and of what was read above. */
  private static final long BYTES_OF_EACH = 48L << 20;

  private static final int MOST = 4096;

  /** How the picture above was read. */
  static final class Above {
    private final @Nullable Tensor encoded;
    private final short[] anchors;

    /**
     * @param encoded z_y, (1, C, L, L), or null where only the anchors were wanted
     * @param anchors its means, see {@link DiveMaker#anchors}; kept, not copied
     */
    Above(@Nullable Tensor encoded, short[] anchors) {
      this.encoded = encoded;
      this.anchors = anchors;
    }

    @Nullable Tensor encoded() {
      return encoded;
    }

    short[] anchors() {
      return anchors;
    }

    private long bytes() {
      long ofLatent = encoded == null ? 0 : (long) encoded.elements() * Float.BYTES;
      return ofLatent + (long) anchors.length * Short.BYTES;
    }
  }

  private final Map<DiveKey, Tensor> latents = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<DiveKey, Above> above = new LinkedHashMap<>(16, 0.75f, true);

  synchronized @Nullable Tensor latent(DiveKey key) {
    return latents.get(key);
  }

  synchronized @Nullable Above above(DiveKey key) {
    return above.get(key);
  }

  synchronized void keepLatent(DiveKey key, Tensor latent) {
    latents.put(key, latent);
    shrink(latents, (long) latent.elements() * Float.BYTES);
  }

  synchronized void keepAbove(DiveKey key, Above read) {
    above.put(key, read);
    shrink(above, read.bytes());
  }

  private void shrink(Map<DiveKey, ?> kept, long bytesOfOne) {
    long most = Math.clamp(BYTES_OF_EACH / bytesOfOne, 1, MOST);
    for (var eldest = kept.entrySet().iterator(); kept.size() > most; ) {
      eldest.next();
      eldest.remove();
    }
  }

  /** The latents that are kept, by their places. */
  synchronized Map<DiveKey, Tensor> latents() {
    return new HashMap<>(latents);
  }
}
