package org.infd.exporter.torch;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Persistent;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pickle (protocols 0 to 5) as data, never as code: unknown classes become inert
 * placeholders, calls that {@link Reductions} does not know are refused by name
 * (docs/spec/infd-model.md 1.1). It does not recurse, and bounds size, nesting, number of values,
 * lengths and memo, so that a hostile file costs at most a few hundred megabytes and a second. Not
 * thread-safe; used once.
 */
final class DataOnlyUnpickler {
  /** A checkpoint of the largest published model has a pickle of about 1 MB. */
  static final int LARGEST = 1 << 26;

  /** The writing side recurses, so that real files stay below Python's limit of 1000. */
  private static final int DEEPEST = 1000;

  private static final int MOST_VALUES = 3_000_000;

  /** A TorchScript archive names a class for each of its modules. */
  private static final int MOST_CLASSES = 10_000;

  private static final int NEWEST_PROTOCOL = 5;

  private final SourceLocation origin;
  private final PickleCursor in;
  private final PickleNumbers numbers;
  private final PickleStack stack;
  private final PickleMemo memo;
  private final Reductions reductions;
  private final SortedSet<String> placeholders = new TreeSet<>();
  private final List<Persistent> storages = new ArrayList<>();

  private DataOnlyUnpickler(SourceLocation origin, byte[] bytes) {
    this.origin = origin;
    in = new PickleCursor(origin, bytes);
    numbers = new PickleNumbers(origin, in);
    stack = new PickleStack(origin, in, MOST_VALUES, DEEPEST);
    memo = new PickleMemo(origin, in, MOST_VALUES);
    reductions = new Reductions(origin);
  }

  /**
   * @param value the one object of the pickle
   * @param placeholders names of unknown classes and functions, as "module name"
   * @param storages every storage that is named, in order
   * @param length how many bytes the pickle takes
   */
  record Result(
      @Nullable Object value,
      SortedSet<String> placeholders,
      List<Persistent> storages,
      int length) {}

  /**
   * Reads the one pickle that {@code bytes} consists of.
   *
   * @throws Problem with the byte offset and the reason, whatever the bytes are
   */
  static Result read(SourceLocation origin, byte[] bytes) {
    if (bytes.length > LARGEST) {
      throw origin.damaged(0, "it is larger than " + LARGEST + " bytes");
    }
    var result = readFirst(origin, bytes);
    if (result.length < bytes.length) {
      throw origin.damaged(
          result.length - 1,
          (bytes.length - result.length) + " bytes follow the end of the pickle");
    }
    return result;
  }

  /**
   * Reads the pickle that {@code bytes} begins with.
   *
   * @throws Problem with the byte offset and the reason, whatever the bytes are
   */
  static Result readFirst(SourceLocation origin, byte[] bytes) {
    var unpickler = new DataOnlyUnpickler(origin, bytes);
    var value = unpickler.run();
    return new Result(
        value, unpickler.placeholders, unpickler.storages, bytes.length - unpickler.in.remaining());
  }

  private @Nullable Object run() {
    while (true) {
      int opcode = in.opcode();
      if (opcode == '.') {
        return finish();
      }
      boolean done = scalar(opcode) || text(opcode) || structure(opcode) || object(opcode);
      if (!done) {
        throw origin.damaged(
            in.opcodePlace(), NumberText.format("there is no opcode 0x%02x", opcode));
      }
    }
  }

  private @Nullable Object finish() {
    var value = stack.pop();
    if (!stack.isEmpty()) {
      throw origin.damaged(in.opcodePlace(), "values are left over at the end");
    }
    return value;
  }

  private boolean scalar(int opcode) {
    switch (opcode) {
      case 'N' -> stack.push(null);
      case 0x88 -> stack.push(true);
      case 0x89 -> stack.push(false);
      case 'J' -> stack.push((long) in.i32());
      case 'K' -> stack.push((long) in.u8());
      case 'M' -> stack.push((long) in.u16());
      case 0x8a -> stack.push(numbers.integer(in.u8()));
      case 0x8b -> stack.push(numbers.integer(in.u32()));
      case 'G' -> stack.push(in.bigEndianDouble());
      case 'I', 'L' -> stack.push(numbers.integerLine());
      case 'F' -> stack.push(numbers.floatLine());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean text(int opcode) {
    switch (opcode) {
      case 'X' -> stack.push(in.utf8(in.u32()));
      case 0x8c -> stack.push(in.utf8(in.u8()));
      case 0x8d -> stack.push(in.utf8(in.i64()));
      case 'T' -> stack.push(in.latin1(in.i32()));
      case 'U' -> stack.push(in.latin1(in.u8()));
      case 'B' -> stack.push(in.latin1(in.u32()));
      case 'C' -> stack.push(in.latin1(in.u8()));
      case 0x8e, 0x96 -> stack.push(in.latin1(in.i64()));
      case 'V' -> stack.push(in.escapedLine());
      case 'S' -> stack.push(in.quotedLine());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean structure(int opcode) {
    switch (opcode) {
      case '(' -> stack.mark();
      case '0' -> stack.discard();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.peek());
      case ')' -> stack.push(Sequence.tuple(List.of()));
      case 0x85 -> stack.push(Sequence.tuple(stack.pop(1)));
      case 0x86 -> stack.push(Sequence.tuple(stack.pop(2)));
      case 0x87 -> stack.push(Sequence.tuple(stack.pop(3)));
      case 't' -> stack.push(Sequence.tuple(stack.popToMark()));
      case ']', 0x8f -> stack.push(Sequence.list());
      case 'l', 0x91 -> {
        var list = Sequence.list();
        stack.popToMark().forEach(list::add);
        stack.push(list);
      }
      case 'a' -> append(stack.pop(1));
      case 'e', 0x90 -> append(stack.popToMark());
      case '}' -> stack.push(new Dict());
      case 'd' -> {
        var items = stack.popToMark();
        stack.push(new Dict());
        setItems(items);
      }
      case 's' -> setItems(stack.pop(2));
      case 'u' -> setItems(stack.popToMark());
      case 'p' -> memo.put(numbers.indexLine(), stack.peek());
      case 'q' -> memo.put(in.u8(), stack.peek());
      case 'r' -> memo.put(in.u32(), stack.peek());
      case 0x94 -> memo.put(memo.size(), stack.peek());
      case 'g' -> stack.push(memo.get(numbers.indexLine()));
      case 'h' -> stack.push(memo.get(in.u8()));
      case 'j' -> stack.push(memo.get(in.u32()));
      case 0x80 -> protocol(in.u8());
      case 0x95 -> frame(in.i64());
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean object(int opcode) {
    switch (opcode) {
      case 'c' -> stack.push(global(in.line(), in.line()));
      case 0x93 -> {
        var name = stack.pop();
        stack.push(global(stack.pop(), name));
      }
      case 'R' -> {
        var arguments = stack.pop();
        stack.push(reductions.reduce(in.opcodePlace(), stack.pop(), arguments));
      }
      case 'i' -> {
        var called = global(in.line(), in.line());
        stack.push(reductions.reduce(in.opcodePlace(), called, Sequence.tuple(stack.popToMark())));
      }
      case 'o' -> {
        var items = stack.popToMark();
        if (items.isEmpty()) {
          throw origin.damaged(in.opcodePlace(), "an object has no class");
        }
        var arguments = Sequence.tuple(new ArrayList<>(items.subList(1, items.size())));
        stack.push(reductions.reduce(in.opcodePlace(), items.getFirst(), arguments));
      }
      case 0x81 -> newObject(stack.pop(2));
      case 0x92 -> newObject(stack.pop(3));
      case 'b' -> build(stack.pop());
      case 'Q' -> persistent(stack.pop());
      case 'P' -> throw origin.refused(in.opcodePlace(), "it names a storage by a line of text");
      case 0x82, 0x83, 0x84 ->
          throw origin.refused(in.opcodePlace(), "it uses a registered extension");
      case 0x97, 0x98 -> throw origin.refused(in.opcodePlace(), "it uses outside buffers");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void protocol(int version) {
    if (version > NEWEST_PROTOCOL) {
      throw origin.damaged(in.opcodePlace(), "the pickle protocol " + version + " is unknown");
    }
  }

  private void frame(long length) {
    if (length < 0 || length > in.remaining()) {
      throw origin.damaged(in.opcodePlace(), "a frame is longer than the pickle");
    }
  }

  private Global global(@Nullable Object module, @Nullable Object name) {
    if (!(module instanceof String moduleName) || !(name instanceof String className)) {
      throw origin.damaged(in.opcodePlace(), "a class is not named by text");
    }
    var global = new Global(moduleName, className);
    if (!Reductions.isKnown(global)) {
      placeholders.add(SourceLocation.plain(global.qualifiedName()));
      if (placeholders.size() > MOST_CLASSES) {
        throw origin.damaged(in.opcodePlace(), "more than " + MOST_CLASSES + " classes are named");
      }
    }
    return global;
  }

  private void newObject(List<@Nullable Object> operands) {
    if (!(operands.getFirst() instanceof Global type)) {
      throw origin.damaged(in.opcodePlace(), "an object has no class");
    }
    if (!(operands.get(1) instanceof Sequence arguments) || !arguments.isTuple()) {
      throw origin.damaged(in.opcodePlace(), "the arguments of an object are no tuple");
    }
    stack.push(
        type.is("collections", "OrderedDict") ? new Dict() : new Placeholder(type, arguments));
  }

  /** Dictionaries and tensors drop their state: it is bookkeeping, such as {@code _metadata}. */
  private void build(@Nullable Object state) {
    switch (stack.peek()) {
      case Placeholder placeholder -> {
        placeholder.setState(state);
        stack.checkDepth(placeholder);
      }
      case Dict _ -> {}
      case null, default ->
          throw origin.damaged(in.opcodePlace(), "state is given to something that has none");
    }
  }

  private void persistent(@Nullable Object id) {
    if (!(id instanceof Sequence tuple) || !tuple.isTuple()) {
      throw origin.damaged(in.opcodePlace(), "a storage is not named by a tuple");
    }
    if (tuple.items().size() > 1
        && "module".equals(tuple.items().get(0))
        && tuple.items().get(1) instanceof Global type) {
      // whole networks of early versions carry the text of their class, which is not looked at
      stack.push(type);
      return;
    }
    var persistent = new Persistent(tuple);
    storages.add(persistent);
    stack.push(persistent);
  }

  private void append(List<@Nullable Object> items) {
    switch (stack.peek()) {
      case Sequence list when !list.isTuple() -> {
        items.forEach(list::add);
        stack.checkDepth(list);
      }
      case Placeholder _ -> {}
      case null, default ->
          throw origin.damaged(in.opcodePlace(), "items are added to something that is no list");
    }
  }

  private void setItems(List<@Nullable Object> items) {
    if (items.size() % 2 != 0) {
      throw origin.damaged(in.opcodePlace(), "a key has no value");
    }
    switch (stack.peek()) {
      case Dict dict -> {
        for (int i = 0; i < items.size(); i += 2) {
          dict.put(items.get(i), items.get(i + 1));
        }
        stack.checkDepth(dict);
      }
      case Placeholder placeholder -> {
        placeholder.setItems(items);
        stack.checkDepth(placeholder);
      }
      case null, default ->
          throw origin.damaged(
              in.opcodePlace(), "entries are set in something that is no dictionary");
    }
  }
}
