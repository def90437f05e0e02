package org.infd.inference.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Divides what may be taken of a device's memory among its sessions, each of which has an arena of
 * its own: the runtime bounds one arena, not their sum. A session gets what its weights let expect,
 * and at most half of what is left, so that something is left for the next. Thread-safe.
 */
final class MemoryShares {
  /** Below this no session does anything. */
  static final long SMALLEST = 32L << 20;

  /** For activations and the work space of convolutions, beside the weights. */
  private static final long WORK = 512L << 20;

  /** Weights are copied while a session is made, and turned into other layouts. */
  private static final long COPIES = 3;

  // the numbers of onnx.proto
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int TENSOR_EXTERNAL = 13;
  private static final int KEY = 1;
  private static final int VALUE = 2;

  private static final Map<Integer, MemoryShares> OF_DEVICES = new ConcurrentHashMap<>();

  private long taken;

  /** The shares of a GPU's memory in this process. */
  static MemoryShares of(int device) {
    return OF_DEVICES.computeIfAbsent(device, _ -> new MemoryShares());
  }

  /** A session's part, until it is closed. */
  final class Share implements AutoCloseable {
    private final long bytes;
    private boolean closed;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /** How much it is; 0 for no limit. */
    long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      synchronized (MemoryShares.this) {
        if (!closed) {
          closed = true;
          taken -= bytes;
        }
      }
    }
  }

  /**
   * Takes a part for a graph, by the size of its file and of the weights beside it.
   *
   * @param limit what all sessions may take together, in bytes; 0 for no limit
   * @throws IOException if the file cannot be read
   * @throws OutOfDeviceMemory if too little is left
   */
  Share take(long limit, Path graph) throws IOException {
    return take(limit, limit == 0 ? 0 : weights(graph));
  }

  private static long weights(Path graph) throws IOException {
    long bytes = Files.size(graph);
    var beside = new TreeSet<String>();
    try {
      for (var body : Protobuf.parse(Files.readAllBytes(graph)).messages(MODEL_GRAPH)) {
        for (var tensor : body.messages(GRAPH_INITIALIZER)) {
          tensor.messages(TENSOR_EXTERNAL).stream()
              .filter(entry -> entry.text(KEY).equals("location"))
              .forEach(entry -> beside.add(entry.text(VALUE)));
        }
      }
    } catch (IllegalArgumentException e) {
      // what is no graph is refused by the runtime, with its reason
    }
    for (var name : beside) {
      var file = graph.resolveSibling(name);
      bytes += Files.isRegularFile(file) ? Files.size(file) : 0;
    }
    return bytes;
  }

  /**
   * Takes a part.
   *
   * @param limit what all sessions may take together, in bytes; 0 for no limit
   * @param weights the size of the session's weights in bytes
   * @throws OutOfDeviceMemory if too little is left
   */
  synchronized Share take(long limit, long weights) {
    if (limit == 0) {
      return new Share(0);
    }
    long left = limit - taken;
    long part = Math.min(COPIES * weights + WORK, left / 2);
    if (part < SMALLEST) {
      throw new OutOfDeviceMemory(
          "What may be taken of the GPU's memory is used up by the networks that are loaded. Give"
              + " more with --gpu-memory, or use --device cpu.",
          null);
    }
    taken += part;
    return new Share(part);
  }
}
