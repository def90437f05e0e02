package org.infd.inference.generation;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.GraphPart;
import org.infd.inference.runtime.Network;

/** The loaded graphs of a model: loaded at their first use, kept until closed. */
final class LoadedGraphs implements AutoCloseable {
  private final ModelBundle bundle;
  private final Device device;
  private final Map<String, Network> graphs = new HashMap<>();
  private final Consumer<String> told;

  /** On a CPU, whose memory all programs share. */
  private final NetworkTurns turns = new NetworkTurns(memory() / 2);

  private boolean closed;

  /**
   * @param told hears in sentences how graphs are computed
   */
  LoadedGraphs(ModelBundle bundle, Device device, Consumer<String> told) {
    this.bundle = bundle;
    this.device = device;
    this.told = told;
  }

  /** Gives the device's memory back as far as it is not weights. */
  synchronized void trim() {
    graphs.values().forEach(Network::trim);
  }

  /**
   * A graph, loaded if it was not yet.
   *
   * @throws Problem if it cannot be had
   * @throws CancellationException if the model was given up meanwhile
   */
  synchronized Network get(String name) {
    if (closed) {
      throw new CancellationException("the model was closed");
    }
    return graphs.computeIfAbsent(name, this::network);
  }

  private Network network(String name) {
    if (device.isGpu()) {
      return bundle.loadWithFallback(name, device, Map.of(), told);
    }
    var network =
        turns.network(
            bundle.bytesInMemory(name),
            () -> bundle.loadWithFallback(name, device, Map.of(), told));
    // now, so that what is wrong is told where it is loaded
    network.outputNames();
    return network;
  }

  /** The memory of this machine, or what a container allows, in bytes. */
  private static long memory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /**
   * A render graph that fields share, as it is when its owner deals with too little memory.
   *
   * @param part the part of it that is wanted, empty for all of it
   * @throws Problem if it cannot be had
   * @throws CancellationException if the model was given up meanwhile
   */
  synchronized Network renderer(String name, Optional<GraphPart> part) {
    if (closed) {
      throw new CancellationException("the model was closed");
    }
    return graphs.computeIfAbsent(
        "shared " + name + part,
        _ ->
            part.isPresent()
                ? bundle.loadPart(name, device, Map.of(), part.get())
                : bundle.loadOnDevice(name, device, Map.of(), told));
  }

  @Override
  public synchronized void close() {
    closed = true;
    turns.close();
    graphs.values().forEach(Network::close);
    graphs.clear();
  }
}
