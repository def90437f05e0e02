package org.infd.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.infd.inference.Folders;
import org.infd.inference.field.NeuralField;
import org.infd.inference.field.Rectangle;
import org.infd.inference.field.StatisticsMode;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A tile of 256² of a field whose statistics are known, by how large a cell of φ is in pixels: what
 * a cell's pixels share is computed once where cells are large. Weights and φ are random: time does
 * not depend on them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 6, time = 2)
@SuppressWarnings("NullAway.Init") // JMH fills the fields before a benchmark
public class FieldBenchmark {
  private static final int CELLS = 144;

  /** The width of the renderer. */
  @Param({"48", "64", "256"})
  public int hidden;

  /** How many pixels wide a cell is. */
  @Param({"4", "8"})
  public int cell;

  private Path folder;
  private NeuralField field;

  /** Makes the model and finds the statistics. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    folder = Files.createTempDirectory("infd-bench");
    boolean norms = hidden % 32 == 0;
    var bundle = RandomModel.in(folder, TileBenchmark.arguments(hidden, CELLS, norms));
    var phi = RandomModel.featureMap(bundle);
    field = NeuralField.open(bundle, Device.cpu(), phi, StatisticsMode.INTERPOLATED);
    tile();
  }

  /** A tile in the middle of the image. */
  @Benchmark
  public Tensor tile() {
    int side = cell * CELLS;
    return field.render(side, new Rectangle(side / 2, side / 3, 256, 256), Cancellation.never());
  }

  /** Frees everything. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    field.close();
    Folders.delete(folder);
  }
}
