package org.infd.inference.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.infd.inference.NumberText;
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
public final class Graph implements Network {
  private static final System.Logger LOG = System.getLogger(Graph.class.getName());

  private final OrtSession session;
  private final String name;
  private final Device device;
  private final Map<String, TensorInfo> inputs = new LinkedHashMap<>();
  private final Map<String, long[]> declared = new HashMap<>();
  private final List<OnnxTensor> heldInitializers;
  private final MemoryShares.@Nullable Share share;
  private final ReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;

  /** The shapes of the inputs of the last run, until the memory was given back. */
  private volatile Map<String, long[]> lastShapes = Map.of();

  private Graph(
      OrtSession session,
      String name,
      Device device,
      List<OnnxTensor> heldInitializers,
      MemoryShares.@Nullable Share share)
      throws OrtException {
    this.share = share;
    this.session = session;
    this.name = name;
    this.device = device;
    this.heldInitializers = heldInitializers;
    for (var entry : session.getInputInfo().entrySet()) {
      inputs.put(entry.getKey(), (TensorInfo) entry.getValue().getInfo());
    }
    for (var entry : session.getOutputInfo().entrySet()) {
      declared.put(entry.getKey(), ((TensorInfo) entry.getValue().getInfo()).getShape());
    }
  }

  /**
   * Loads a graph from a file, its external weights from beside it.
   *
   * @throws Problem if the file cannot be loaded on this device
   */
  public static Graph load(Path file, Device device) {
    return load(file, device, Map.of(), Options.plain());
  }

  /** In what form a graph is computed. */
  public enum Form {
    /** In full precision, as fast as the device can. */
    FASTEST,
    /** In float16 where that is safe. */
    HALF,
    /**
     * In full precision with the convolutions where the file has them, which a CPU otherwise moves
     * to smaller maps; for comparisons.
     */
    AS_WRITTEN,
    /**
     * Node by node, nothing fused and nothing computed in advance: loaded in an instant and with
     * little memory, but slow; for a graph that is run once.
     */
    NODE_BY_NODE
  }

  /**
   * How a graph is loaded.
   *
   * @param form in what form it is computed
   * @param channelsLast whether a CUDA device lays its convolutions out as NHWC
   * @param optimizedCopy where to write the optimised graph for inspection, or null
   */
  public record Options(Form form, boolean channelsLast, @Nullable Path optimizedCopy) {
    /** In full precision, as fast as the device can. */
    public static Options plain() {
      return in(Form.FASTEST);
    }

    /** In a form. */
    public static Options in(Form form) {
      return new Options(form, false, null);
    }

    /** Like {@link #plain} with a copy of what the optimiser makes of it. */
    public static Options copiedTo(Path optimizedCopy) {
      return new Options(Form.FASTEST, false, optimizedCopy);
    }
  }

  /**
   * Loads a graph whose initializers of the given names take the given values. Such initializers
   * must be declared as external data in the file; they are constants to the optimiser, so a frozen
   * norm folds into its convolution.
   *
   * @param initializers values by initializer name
   * @throws OutOfDeviceMemory if the device's memory does not suffice
   * @throws Problem if the file cannot be loaded on this device
   */
  public static Graph load(
      Path file, Device device, Map<String, Tensor> initializers, Options how) {
    return load(file, device, initializers, how, () -> GraphRewriting.toForm(file, device, how));
  }

  /**
   * Loads a part of a graph.
   *
   * @param initializers values by initializer name, for initializers of the part alone
   * @throws OutOfDeviceMemory if the device's memory does not suffice
   * @throws Problem if the file cannot be loaded on this device
   * @throws IllegalArgumentException if the part's output does not follow from its inputs
   */
  public static Graph loadPart(
      Path file, Device device, Map<String, Tensor> initializers, GraphPart part) {
    return load(
        file,
        device,
        initializers,
        Options.plain(),
        () -> Optional.of(part.of(Files.readAllBytes(file))));
  }

  private static Graph load(
      Path file,
      Device device,
      Map<String, Tensor> initializers,
      Options how,
      GraphRewriting rewriting) {
    var environment = OnnxRuntime.environment();
    var held = new ArrayList<OnnxTensor>();
    OrtSession session = null;
    MemoryShares.Share share = null;
    boolean whole = false;
    try (var _ = OnnxRuntime.WORK.begin(() -> {});
        var options = new OrtSession.SessionOptions()) {
      options.disablePerSessionThreads();
      options.setOptimizationLevel(
          how.form() == Form.NODE_BY_NODE
              ? OrtSession.SessionOptions.OptLevel.NO_OPT
              : OrtSession.SessionOptions.OptLevel.ALL_OPT);
      // half the memory of a tile, same speed (measured)
      options.setMemoryPatternOptimization(false);
      if (device.isGpu()) {
        share = MemoryShares.of(device.index()).take(device.memoryLimit(), file);
      }
      Providers.add(options, device, how.channelsLast(), share == null ? 0 : share.bytes());
      if (how.optimizedCopy() != null) {
        options.setOptimizedModelFilePath(how.optimizedCopy().toString());
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
      var bytes = rewriting.bytes();
      session =
          bytes.isPresent()
              ? environment.createSession(inFolderOf(file, bytes.get(), options), options)
              : environment.createSession(file.toString(), options);
      var graph = new Graph(session, String.valueOf(file.getFileName()), device, held, share);
      whole = true;
      return graph;
    } catch (OrtException | IOException e) {
      throw explain(
          "The graph " + file + " could not be loaded on " + device.name() + ": ", device, e);
    } finally {
      if (!whole) {
        close(session, held);
        if (share != null) {
          share.close();
        }
      }
    }
  }

  /** Frees what was made of a graph that could not be loaded, whatever stopped it. */
  private static void close(@Nullable OrtSession session, List<OnnxTensor> held) {
    held.forEach(OnnxTensor::close);
    if (session != null) {
      try {
        session.close();
      } catch (OrtException e) {
        LOG.log(System.Logger.Level.WARNING, "a session could not be closed", e);
      }
    }
  }

  /** The bytes of a graph whose weights are read from beside a file. */
  private static byte[] inFolderOf(Path file, byte[] graph, OrtSession.SessionOptions options)
      throws OrtException {
    options.addConfigEntry(
        "session.model_external_initializers_file_folder_path",
        String.valueOf(file.toAbsolutePath().getParent()));
    return graph;
  }

  private static Problem explain(String sentence, Device device, Exception e) {
    if (device.isGpu() && OutOfDeviceMemory.isMeantBy(String.valueOf(e.getMessage()))) {
      return new OutOfDeviceMemory(
          "The memory of "
              + device.name()
              + " does not suffice. Close other programs that use it, or use --device cpu.",
          e);
    }
    if (device.isGpu() && DeviceLost.isMeantBy(String.valueOf(e.getMessage()))) {
      return new DeviceLost(device, e);
    }
    return new Problem(sentence + OnnxRuntime.firstLine(e), e);
  }

  /** The names of the inputs, in the graph's order. */
  public List<String> inputNames() {
    return List.copyOf(inputs.keySet());
  }

  @Override
  public List<String> outputNames() {
    return List.copyOf(session.getOutputNames());
  }

  @Override
  public Map<String, AnyTensor> run(
      Map<String, ? extends AnyTensor> values, Set<String> wanted, Cancellation cancellation) {
    var outputs = new LinkedHashMap<String, AnyTensor>();
    execute(
        values,
        cancellation,
        (inputTensors, options) -> {
          try (var result = session.run(inputTensors, wanted, options)) {
            for (var entry : result) {
              var value = (OnnxTensor) entry.getValue();
              requireDeclared(entry.getKey(), value.getInfo().getShape());
              outputs.put(entry.getKey(), read(value));
            }
          }
        });
    return outputs;
  }

  @Override
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
      remember(values);
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
      throw explain("The graph " + name + " failed: ", device, e);
    } finally {
      created.values().forEach(OnnxTensor::close);
      closing.readLock().unlock();
    }
  }

  private void remember(Map<String, ? extends AnyTensor> values) {
    var shapes = new HashMap<String, long[]>();
    values.forEach((input, value) -> shapes.put(input, value.shape()));
    lastShapes = shapes;
  }

  @Override
  public void trim() {
    if (device.isGpu()) {
      trim("gpu:" + device.index());
    }
  }

  /**
   * Repeats the last run on zeros, after which the runtime shrinks an arena.
   *
   * @param arena its name to the runtime
   * @return whether there was something to do
   */
  boolean trim(String arena) {
    var shapes = lastShapes;
    lastShapes = Map.of();
    if (shapes.isEmpty()) {
      return false;
    }
    var zeros = new HashMap<String, AnyTensor>();
    shapes.forEach((input, shape) -> zeros.put(input, zeros(input, shape)));
    execute(
        zeros,
        Cancellation.never(),
        (inputTensors, options) -> {
          options.addRunConfigEntry("memory.enable_memory_arena_shrinkage", arena);
          session.run(inputTensors, session.getOutputNames(), options).close();
        });
    lastShapes = Map.of();
    return true;
  }

  /** The runtime only warns of a graph that gives something else than it declares. */
  private void requireDeclared(String output, long[] shape) {
    var promised = declared.getOrDefault(output, shape);
    boolean same = promised.length == shape.length;
    for (int axis = 0; same && axis < shape.length; axis++) {
      same = promised[axis] < 0 || promised[axis] == shape[axis];
    }
    if (!same) {
      throw new Problem(
          NumberText.format(
              "The graph %s is damaged: its output '%s' has the shape %s instead of %s. Import the model again.",
              name, output, java.util.Arrays.toString(shape), java.util.Arrays.toString(promised)));
    }
  }

  private AnyTensor zeros(String input, long[] shape) {
    var info = inputs.get(input);
    int count = Math.toIntExact(java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    return switch (info == null ? OnnxJavaType.FLOAT : info.type) {
      case INT32, INT64 -> LongTensor.of(new long[count], shape);
      case DOUBLE -> DoubleTensor.of(new double[count], shape);
      default -> Tensor.zeros(shape);
    };
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
        if (share != null) {
          share.close();
        }
        NativeHeap.trim();
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
