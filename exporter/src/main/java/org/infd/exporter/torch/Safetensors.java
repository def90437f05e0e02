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
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
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
    var found = new LinkedHashMap<String, StoredTensor>();
    metadata = readHeader(whole.asSlice(PREFIX, length).toArray(ValueLayout.JAVA_BYTE), found);
    tensors = NamedTensors.of(file, found);
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

  /**
   * Reads one tensor after the other: there may be hundreds of thousands, and the tree of all would
   * take more than they do.
   *
   * @return what the file says about itself
   */
  private Map<String, String> readHeader(byte[] bytes, Map<String, StoredTensor> found) {
    var ranges = new ArrayList<Range>();
    Map<String, String> about = Map.of();
    try (var header = StrictJson.files().createParser(bytes)) {
      if (header.nextToken() != JsonToken.START_OBJECT) {
        throw damaged("its header is no JSON object");
      }
      for (var name = header.nextName(); name != null; name = header.nextName()) {
        header.nextToken();
        if (name.equals(METADATA)) {
          about = metadata(header.readValueAsTree());
        } else {
          var entry = entry(name, header);
          var range = range(name, entry.offsets);
          ranges.add(range);
          found.put(name, tensor(name, entry, range));
        }
      }
      if (header.nextToken() != null) {
        throw damaged("its header goes on behind its end");
      }
    } catch (JacksonException e) {
      var reason = "its header is no sound JSON: " + FileReason.of(e);
      throw new Problem(sentence(reason), e);
    }
    ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
    requireWhole(ranges);
    return about;
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
    if (node.isNull()) {
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

  /** What the header says of a tensor; {@code null} and "" for what it does not say. */
  @SuppressWarnings("ArrayRecordComponent") // made and used up here
  private record Entry(String type, long @Nullable [] shape, long @Nullable [] offsets) {}

  private Entry entry(String name, JsonParser header) {
    var type = "";
    long[] shape = null;
    long[] offsets = null;
    if (header.currentToken() != JsonToken.START_OBJECT) {
      // what is no JSON at all is told first
      header.skipChildren();
      throw improper(name);
    }
    for (var key = header.nextName(); key != null; key = header.nextName()) {
      var token = header.nextToken();
      switch (key) {
        case "dtype" -> type = token == JsonToken.VALUE_STRING ? header.getString() : "";
        case "shape" -> shape = longs(name, header);
        case "data_offsets" -> offsets = longs(name, header);
        default -> {}
      }
      // of what was not looked into
      header.skipChildren();
    }
    return new Entry(type, shape, offsets);
  }

  private Range range(String name, long @Nullable [] offsets) {
    if (offsets == null) {
      throw improper(name);
    }
    if (offsets.length != 2
        || offsets[0] < 0
        || offsets[1] < offsets[0]
        || offsets[1] > data.byteSize()) {
      throw wrong(name, "lies outside the file: bytes " + Arrays.toString(offsets));
    }
    return new Range(name, offsets[0], offsets[1]);
  }

  private StoredTensor tensor(String name, Entry entry, Range range) {
    var type =
        DataType.ofName(entry.type)
            .orElseThrow(
                () -> wrong(name, "has the unknown type " + SourceLocation.quote(entry.type)));
    var shape = entry.shape;
    if (shape == null) {
      throw improper(name);
    }
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

  private long[] longs(String name, JsonParser header) {
    if (header.currentToken() != JsonToken.START_ARRAY) {
      throw improper(name);
    }
    var values = new long[MOST_AXES];
    int count = 0;
    while (header.nextToken() != JsonToken.END_ARRAY) {
      boolean isLong =
          header.currentToken() == JsonToken.VALUE_NUMBER_INT
              && header.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!isLong || count == MOST_AXES) {
        throw improper(name);
      }
      values[count++] = header.getLongValue();
    }
    return Arrays.copyOf(values, count);
  }

  private Problem improper(String tensor) {
    return wrong(tensor, "has no proper 'shape' or 'data_offsets'");
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
