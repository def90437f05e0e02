package org.infd.inference.generation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.PromptChunk;
import org.infd.inference.text.PromptChunks;

/**
 * What a model's text tower makes of prompts, chunk by chunk. Chunks that were read are kept: those
 * of the empty text are many, and a run of several seeds has one prompt. Thread-safe.
 */
final class TextStates {
  /** A chunk of the largest model of its kind has 77 states of 1024 numbers, a third of a MB. */
  private static final int KEPT = 32;

  private final GraphNetworks networks;
  private final Map<String, Tensor> kept = new LinkedHashMap<>(16, 0.75f, true);

  TextStates(GraphNetworks networks) {
    this.networks = networks;
  }

  /**
   * The states of a prompt with its weights, the chunks one behind the other.
   *
   * @return (1, chunks · context length, width)
   */
  Tensor states(PromptChunks prompt, Cancellation cancellation) {
    var chunks = prompt.chunks();
    var states = new Tensor[chunks.size()];
    for (int i = 0; i < states.length; i++) {
      states[i] = chunks.get(i).weighed(states(chunks.get(i), cancellation));
    }
    if (states.length == 1) {
      return states[0];
    }
    int each = states[0].elements();
    var all = new float[states.length * each];
    for (int i = 0; i < states.length; i++) {
      System.arraycopy(states[i].toArray(), 0, all, i * each, each);
    }
    return Tensor.of(all, 1, (long) states.length * states[0].extent(1), states[0].extent(2));
  }

  private Tensor states(PromptChunk chunk, Cancellation cancellation) {
    var key = Arrays.toString(chunk.row().toArray());
    synchronized (kept) {
      var known = kept.get(key);
      if (known != null) {
        return known;
      }
    }
    var states = networks.run("clip_text", "states", Map.of("tokens", chunk.row()), cancellation);
    synchronized (kept) {
      kept.put(key, states);
      if (kept.size() > KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return states;
  }
}
