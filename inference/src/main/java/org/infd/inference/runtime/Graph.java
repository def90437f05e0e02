package org.infd.inference.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.infd.inference.Problem;
import org.infd.inference.tensor.AnyTensor;
import org.infd.inference.tensor.DoubleTensor;
import org.infd.inference.tensor.LongTensor;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A loaded graph: named tensors in, named tensors out. Threads may share one graph; on the CPU
 * their results are bit-identical to those of one thread. {@link #close()} waits for runs in
 * progress.
 */
public final class Graph implements AutoCloseable {
  private final OrtSession session;
  private final String name;
  private final Map<String, TensorInfo> inputs = new LinkedHashMap<>();
  private final List<OnnxTensor> heldInitializers;
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;

  private Graph(OrtSession session, String name, List<OnnxTensor> heldInitializers)
      throws OrtException {
    this.session = session;
    this.name = name;
    this.heldInitializers = heldInitializers;
    for (var entry : session.getInputInfo().entrySet()) {
      inputs.put(entry.getKey(), (TensorInfo) entry.getValue().getInfo());
    }
  }

  /**
   * Loads a graph from a file, its external weights from beside it.
   *
   * @throws Problem if the file cannot be loaded on this device
   */
  public static Graph load(Path file, Device device) {
    return load(file, device, Map.of(), null);
  }

  /**
   * Loads a graph whose initializers of the given names take the given values. Such initializers
   * must be declared as external data in the file; they are constants to the optimiser, so a frozen
   * norm folds into its convolution.
   *
   * @param initializers values by initializer name
   * @param optimizedCopy where to write the optimised graph for inspection, or null
   * @throws Problem if the file cannot be loaded on this device
   */
  public static Graph load(
      Path file, Device device, Map<String, Tensor> initializers, @Nullable Path optimizedCopy) {
    var environment = OnnxRuntime.environment();
    var held = new ArrayList<OnnxTensor>();
    try (var _ = OnnxRuntime.WORK.begin(() -> {});
        var options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      // half the memory of a tile, same speed (measured)
      options.setMemoryPatternOptimization(false);
      Providers.add(options, device, false);
      if (optimizedCopy != null) {
        options.setOptimizedModelFilePath(optimizedCopy.toString());
      }
      if (!initializers.isEmpty()) {
        var values = new HashMap<String, OnnxTensorLike>();
        for (var entry : initializers.entrySet()) {
          var value =
              OnnxTensor.createTensor(
                  environment, entry.getValue().data(), entry.getValue().shape());
          held.add(value);
          values.put(entry.getKey(), value);
        }
        options.addExternalInitializers(values);
      }
      var session = environment.createSession(file.toString(), options);
      return new Graph(session, String.valueOf(file.getFileName()), held);
    } catch (OrtException e) {
      held.forEach(OnnxTensor::close);
      throw new Problem(
          "The graph "
              + file
              + " could not be loaded on "
              + device.name()
              + ": "
              + OnnxRuntime.firstLine(e),
          e);
    }
  }

  /** The names of the inputs, in the graph's order. */
  public List<String> inputNames() {
    return List.copyOf(inputs.keySet());
  }

  /** The names of the outputs, in the graph's order. */
  public List<String> outputNames() {
    return List.copyOf(session.getOutputNames());
  }

  /**
   * Runs the graph and returns its only output.
   *
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws Problem if the run fails
   */
  public Tensor run(Map<String, ? extends AnyTensor> values, Cancellation cancellation) {
    var names = outputNames();
    if (names.size() != 1) {
      throw new IllegalStateException(name + " has the outputs " + names + ", name those wanted");
    }
    return (Tensor) run(values, Set.of(names.getFirst()), cancellation).values().iterator().next();
  }

  /**
   * Runs the graph.
   *
   * @param values every input by name
   * @param wanted the outputs to return; only what they need is computed
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws Problem if the run fails
   */
  public Map<String, AnyTensor> run(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
    var outputs = new LinkedHashMap<String, AnyTensor>();
    execute(
        values,
        cancellation,
        (inputTensors, options) -> {
          try (var result = session.run(inputTensors, wanted, options)) {
            for (var entry : result) {
              outputs.put(entry.getKey(), read((OnnxTensor) entry.getValue()));
            }
          }
        });
    return outputs;
  }

  /**
   * Runs the graph into memory of the caller: no allocation for the outputs.
   *
   * @param values every input by name
   * @param outputs where each output wanted is written, with its exact shape
   * @throws CancellationException if {@code cancellation} was asked for, at the latest at the next
   *     node
   * @throws Problem if the run fails
   */
  public void runInto(
      Map<String, ? extends AnyTensor> values,
      Map<String, Tensor> outputs,
      Cancellation cancellation) {
    execute(
        values,
        cancellation,
        (inputTensors, options) -> {
          var pinned = new HashMap<String, OnnxTensor>();
          try {
            for (var entry : outputs.entrySet()) {
              pinned.put(
                  entry.getKey(),
                  OnnxTensor.createTensor(
                      OnnxRuntime.environment(),
                      entry.getValue().data(),
                      entry.getValue().shape()));
            }
            session.run(inputTensors, Set.of(), pinned, options).close();
          } finally {
            pinned.values().forEach(OnnxTensor::close);
          }
        });
  }

  private interface Execution {
    void run(Map<String, OnnxTensor> inputs, OrtSession.RunOptions options) throws OrtException;
  }

  private void execute(
      Map<String, ? extends AnyTensor> values, Cancellation cancellation, Execution execution) {
    cancellation.throwIfCancelled();
    var ended = new Cancellation();
    try (var _ = OnnxRuntime.WORK.begin(ended::cancel)) {
      execute(values, cancellation, ended, execution);
    }
    cancellation.throwIfCancelled();
  }

  private void execute(
      Map<String, ? extends AnyTensor> values,
      Cancellation cancellation,
      Cancellation ended,
      Execution execution) {
    var created = new LinkedHashMap<String, OnnxTensor>();
    closing.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException(name + " is closed");
      }
      for (var entry : values.entrySet()) {
        created.put(entry.getKey(), write(entry.getKey(), entry.getValue()));
      }
      var options = new OrtSession.RunOptions();
      var registration = cancellation.onCancel(() -> terminate(options));
      var ending = ended.onCancel(() -> terminate(options));
      try {
        execution.run(created, options);
      } finally {
        registration.close();
        ending.close();
        // a request that is just being delivered must not reach freed memory
        synchronized (options) {
          options.close();
        }
      }
    } catch (OrtException e) {
      cancellation.throwIfCancelled();
      ended.throwIfCancelled();
      throw new Problem("The graph " + name + " failed: " + OnnxRuntime.firstLine(e), e);
    } finally {
      created.values().forEach(OnnxTensor::close);
      closing.readLock().unlock();
    }
  }

  private static void terminate(OrtSession.RunOptions options) {
    synchronized (options) {
      try {
        options.setTerminate(true);
      } catch (OrtException | IllegalStateException e) {
        // the run has ended in between: nothing is left to stop
      }
    }
  }

  private OnnxTensor write(String input, AnyTensor value) throws OrtException {
    var environment = OnnxRuntime.environment();
    return switch (value) {
      case Tensor t -> OnnxTensor.createTensor(environment, t.data(), t.shape());
      case DoubleTensor t ->
          OnnxTensor.createTensor(environment, java.nio.DoubleBuffer.wrap(t.toArray()), t.shape());
      case LongTensor t -> {
        var info = inputs.get(input);
        if (info != null && info.type == OnnxJavaType.INT32) {
          var narrow = java.util.Arrays.stream(t.toArray()).mapToInt(Math::toIntExact).toArray();
          yield OnnxTensor.createTensor(environment, IntBuffer.wrap(narrow), t.shape());
        }
        yield OnnxTensor.createTensor(environment, LongBuffer.wrap(t.toArray()), t.shape());
      }
    };
  }

  private static AnyTensor read(OnnxTensor value) {
    var shape = value.getInfo().getShape();
    return switch (value.getInfo().type) {
      case FLOAT -> {
        var tensor = Tensor.zeros(shape);
        tensor.data().put(value.getFloatBuffer());
        yield tensor;
      }
      case DOUBLE -> {
        var buffer = value.getDoubleBuffer();
        var values = new double[buffer.remaining()];
        buffer.get(values);
        yield DoubleTensor.of(values, shape);
      }
      case INT64 -> {
        var buffer = value.getLongBuffer();
        var values = new long[buffer.remaining()];
        buffer.get(values);
        yield LongTensor.of(values, shape);
      }
      default -> throw new Problem("A graph gave elements of type " + value.getInfo().type + ".");
    };
  }

  @Override
  public void close() {
    closing.writeLock().lock();
    try (var _ = OnnxRuntime.WORK.begin(() -> {})) {
      if (!closed) {
        closed = true;
        session.close();
        heldInitializers.forEach(OnnxTensor::close);
      }
    } catch (CancellationException e) {
      // the process is ending and takes the memory along
      closed = true;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    } finally {
      closing.writeLock().unlock();
    }
  }
}
