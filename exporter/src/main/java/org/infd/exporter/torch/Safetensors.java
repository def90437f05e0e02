package org.infd.exporter.torch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A mapped safetensors file (docs/spec/clip.md 5.3). Thread-safe; must be closed after the last
 * use.
 */
public final class Safetensors implements TensorFile {
  private static final int PREFIX = Long.BYTES;
  private static final int MOST_AXES = 32;
  private static final String METADATA = "__metadata__";

  /** A header takes about 120 bytes for each tensor. */
  private static final int LARGEST_HEADER = 1 << 24;

  private final Path file;
  private final MappedFile mapped;
  private final MemorySegment data;
  private final NamedTensors tensors;
  private final Map<String, String> metadata;

  private Safetensors(MappedFile mapped) {
    this.mapped = mapped;
    file = mapped.path();
    var whole = mapped.bytes();
    long length = headerLength(whole);
    data = whole.asSlice(PREFIX + length);
    var header = header(whole.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE));
    metadata = metadata(header.path(METADATA));
    tensors = NamedTensors.of(file, tensors(header));
  }

  /**
   * Opens a safetensors file.
   *
   * @throws Problem if the file is missing, of another format, or its header is not sound
   */
  public static Safetensors open(Path file) {
    var kind = FileKind.of(file);
    if (kind != FileKind.SAFETENSORS) {
      throw new Problem(
          file + " is not a safetensors file. Give a .safetensors file or a PyTorch file.");
    }
    return MappedFile.open(file, Safetensors::new);
  }

  /** Whether a file begins with a header length and the brace of a JSON object. */
  static boolean looksLike(byte[] head, long size) {
    if (head.length <= PREFIX || head[PREFIX] != '{') {
      return false;
    }
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    // also when the file is cut short: a length that could be one says what was meant
    return length > 1 && (length <= LARGEST_HEADER || length <= size);
  }

  private long headerLength(MemorySegment whole) {
    long length = whole.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length > LARGEST_HEADER || length > whole.byteSize() - PREFIX) {
      throw damaged("its header should have " + length + " bytes");
    }
    return length;
  }

  private JsonNode header(byte[] bytes) {
    try {
      var header = StrictJson.files().readTree(bytes);
      if (!header.isObject()) {
        throw damaged("its header is no JSON object");
      }
      return header;
    } catch (JacksonException e) {
      var reason = "its header is no sound JSON: " + FileReason.of(e);
      throw new Problem(sentence(reason), e);
    }
  }

  private Map<String, StoredTensor> tensors(JsonNode header) {
    Map<String, StoredTensor> found = new LinkedHashMap<>();
    List<Range> ranges = new ArrayList<>();
    for (var property : header.properties()) {
      var name = property.getKey();
      if (!name.equals(METADATA)) {
        var range = range(name, property.getValue());
        ranges.add(range);
        found.put(name, tensor(name, property.getValue(), range));
      }
    }
    ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    requireWhole(ranges);
    return found;
  }

  /** Sorted ranges fill the data without holes and without a rest, as the format asks for. */
  private void requireWhole(List<Range> ranges) {
    long end = 0;
    for (int i = 0; i < ranges.size(); i++) {
      var range = ranges.get(i);
      if (range.begin < end) {
        throw wrong(range.name, "overlaps " + SourceLocation.quote(ranges.get(i - 1).name));
      }
      if (range.begin > end) {
        throw wrong(
            range.name, "begins after " + (range.begin - end) + " bytes that belong to no tensor");
      }
      end = range.end;
    }
    if (end != data.byteSize()) {
      throw damaged((data.byteSize() - end) + " bytes follow its last tensor");
    }
  }

  private Map<String, String> metadata(JsonNode node) {
    var texts = new LinkedHashMap<String, String>();
    if (node.isMissingNode() || node.isNull()) {
      return texts;
    }
    if (!node.isObject()) {
      throw damaged("its metadata is no table of texts");
    }
    for (var property : node.properties()) {
      if (!property.getValue().isString()) {
        throw damaged("its metadata " + SourceLocation.quote(property.getKey()) + " is no text");
      }
      texts.put(property.getKey(), property.getValue().asString());
    }
    return Collections.unmodifiableMap(texts);
  }

  private Range range(String name, JsonNode node) {
    var offsets = longs(name, node.path("data_offsets"));
    if (offsets.length != 2
        || offsets[0] < 0
        || offsets[1] < offsets[0]
        || offsets[1] > data.byteSize()) {
      throw wrong(name, "lies outside the file: bytes " + Arrays.toString(offsets));
    }
    return new Range(name, offsets[0], offsets[1]);
  }

  private StoredTensor tensor(String name, JsonNode node, Range range) {
    var typeName = node.path("dtype").asString("");
    var type =
        DataType.ofName(typeName)
            .orElseThrow(
                () -> wrong(name, "has the unknown type " + SourceLocation.quote(typeName)));
    var shape = longs(name, node.path("shape"));
    var bytes = new Bytes(data.asSlice(range.begin, range.end - range.begin));
    var tensor = StoredTensor.of(name, type, shape, StoredTensor.rowMajor(shape), 0, bytes);
    if (tensor.elements() * type.width() != bytes.size()) {
      throw wrong(
          name,
          "has "
              + bytes.size()
              + " bytes, which do not fit its shape "
              + Arrays.toString(shape)
              + " of "
              + type);
    }
    return tensor;
  }

  private long[] longs(String name, JsonNode node) {
    if (!node.isArray() || node.size() > MOST_AXES) {
      throw wrong(name, "has no proper 'shape' or 'data_offsets'");
    }
    var values = new long[node.size()];
    for (int i = 0; i < values.length; i++) {
      var number = node.path(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong()) {
        throw wrong(name, "has no proper 'shape' or 'data_offsets'");
      }
      values[i] = number.asLong();
    }
    return values;
  }

  private Problem wrong(String tensor, String what) {
    return TorchArchive.wrongTensor(file, tensor, what);
  }

  private Problem damaged(String reason) {
    return new Problem(sentence(reason));
  }

  private String sentence(String reason) {
    return file
        + " is not a sound safetensors file: "
        + reason
        + ". Copy or download the file again.";
  }

  @Override
  public Path path() {
    return file;
  }

  @Override
  public Format format() {
    return Format.SAFETENSORS;
  }

  @Override
  public Map<String, StoredTensor> stateDict() {
    return tensors.tensors();
  }

  /** What the file says about itself, texts by name; empty if nothing. */
  public Map<String, String> metadata() {
    return metadata;
  }

  @Override
  public SortedSet<String> wrappers() {
    return tensors.wrappers();
  }

  @Override
  public SortedSet<String> placeholders() {
    return Collections.unmodifiableSortedSet(new TreeSet<>());
  }

  @Override
  public void close() {
    mapped.close();
  }

  private record Range(String name, long begin, long end) {}

  private final class Bytes implements StoredBytes {
    private final MemorySegment bytes;

    Bytes(MemorySegment bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.byteSize();
    }

    @Override
    public MemorySegment bytes() {
      return bytes;
    }

    @Override
    public void verify(String tensor) {
      // the format has no checksums
    }

    @Override
    public Problem wrong(String tensor, String what) {
      return Safetensors.this.wrong(tensor, what);
    }
  }
}
