package org.infd.exporter.graph;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The external data of one or several graphs. Values are streamed in as graphs are written, each
 * name once. Small entries start at multiples of 64 bytes, those of 1 MiB or more at whole pages,
 * so that they can be memory-mapped. Not thread-safe.
 */
public final class WeightsFile implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final int PAGE = 4096;
  private static final long LARGE = 1 << 20;

  private final Path file;
  private final OutputStream out;
  private final boolean half;
  private final Findings findings;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private long position;

  /**
   * Where the values of one name lie.
   *
   * @param half whether they are stored as float16
   */
  public record Entry(long offset, long length, boolean half) {}

  /** Is told what is wrong with weights while they are written. */
  public interface Findings {
    /** A weight holds values that are not finite. */
    void notFinite(String name, long values);

    /** A weight holds finite values beyond the range of float16, so it is stored as float32. */
    void beyondHalf(String name, long values);

    /** Some values are being written; throws to stop. */
    void progress(long bytes);
  }

  /**
   * Creates the file.
   *
   * @param half whether weights that allow it are stored as float16
   * @throws IOException if it exists or cannot be created
   */
  public WeightsFile(Path file, boolean half, Findings findings) throws IOException {
    this.file = file;
    this.half = half;
    this.findings = findings;
    this.out =
        new BufferedOutputStream(
            Files.newOutputStream(file, StandardOpenOption.CREATE_NEW), 1 << 20);
  }

  /** The name that graphs beside the file know it by. */
  public String fileName() {
    return String.valueOf(file.getFileName());
  }

  /** Whether nothing was written. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  Entry place(Value value, Parameter.Weight weight) throws IOException {
    var present = entries.get(value.name());
    if (present != null) {
      return present;
    }
    var source = weight.source();
    if (source.elements() != value.shape().elements().value()) {
      throw new IllegalArgumentException(source.elements() + " elements for " + value);
    }
    boolean asHalf = inspect(value.name(), weight);
    int size = asHalf ? Short.BYTES : Float.BYTES;
    var entry = begin(source.elements() * size, asHalf);
    source.stream(piece -> write(piece, asHalf));
    if (position != entry.offset() + entry.length()) {
      throw new IOException(value.name() + " ended early");
    }
    entries.put(value.name(), entry);
    return entry;
  }

  Entry place(Value value, Parameter.Replaceable parameter) throws IOException {
    var present = entries.get(value.name());
    if (present != null) {
      return present;
    }
    var values = new float[Math.toIntExact(value.shape().elements().value())];
    Arrays.fill(values, parameter.placeholder());
    var entry = begin((long) values.length * Float.BYTES, false);
    write(FloatBuffer.wrap(values), false);
    entries.put(value.name(), entry);
    return entry;
  }

  /** Looks for values that cannot be stored; returns whether to store float16. */
  private boolean inspect(String name, Parameter.Weight weight) throws IOException {
    boolean wanted = half && weight.storable16();
    var census = new Census(wanted);
    weight.source().stream(census);
    if (census.notFinite > 0) {
      findings.notFinite(name, census.notFinite);
    }
    if (census.beyondHalf > 0) {
      findings.beyondHalf(name, census.beyondHalf);
    }
    return wanted && census.beyondHalf == 0;
  }

  /** Counts values that are not finite, and finite ones that float16 cannot hold. */
  private static final class Census implements TensorSource.Sink {
    private final boolean forHalf;
    private long notFinite;
    private long beyondHalf;

    Census(boolean forHalf) {
      this.forHalf = forHalf;
    }

    @Override
    public void accept(FloatBuffer piece) {
      for (int i = piece.position(); i < piece.limit(); i++) {
        float value = piece.get(i);
        if (!Float.isFinite(value)) {
          notFinite++;
        } else if (forHalf && Float.isInfinite(Float.float16ToFloat(Float.floatToFloat16(value)))) {
          beyondHalf++;
        }
      }
    }
  }

  private Entry begin(long length, boolean asHalf) throws IOException {
    int alignment = length >= LARGE ? PAGE : ALIGNMENT;
    int gap = (int) (-position & (alignment - 1));
    out.write(new byte[gap]);
    position += gap;
    return new Entry(position, length, asHalf);
  }

  private void write(FloatBuffer piece, boolean asHalf) throws IOException {
    var bytes =
        ByteBuffer.allocate(piece.remaining() * (asHalf ? Short.BYTES : Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    if (asHalf) {
      while (piece.hasRemaining()) {
        bytes.putShort(Float.floatToFloat16(piece.get()));
      }
    } else {
      bytes.asFloatBuffer().put(piece);
    }
    out.write(bytes.array());
    position += bytes.capacity();
    findings.progress(bytes.capacity());
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
