package org.infd.acceptance.hostile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.infd.exporter.torch.PickleBytes;

/** Pickles that ask for what a reader of data must not do, or for more than there is. */
final class HostilePickles {
  /** What fetches, runs or deletes something when it is called. */
  private static final List<List<String>> CALLS =
      List.of(
          List.of("os", "system"),
          List.of("posix", "system"),
          List.of("builtins", "eval"),
          List.of("builtins", "getattr"),
          List.of("__builtin__", "apply"),
          List.of("subprocess", "Popen"),
          List.of("torch", "load"),
          List.of("torch.hub", "load"),
          List.of("torch._utils", "_rebuild_tensor_v2"),
          List.of("torch._utils", "_rebuild_parameter"),
          List.of("torch._utils", "_rebuild_device_tensor_from_numpy"),
          List.of("numpy.core.multiarray", "_reconstruct"),
          List.of("numpy._core.multiarray", "scalar"),
          List.of("numpy", "dtype"),
          List.of("numpy.random", "__RandomState_ctor"),
          List.of("collections", "OrderedDict"),
          List.of("collections", "defaultdict"),
          List.of("torch", "Size"),
          List.of("torch", "device"),
          List.of("torch", "FloatStorage"),
          List.of("pathlib", "PosixPath"),
          List.of("argparse", "Namespace"),
          List.of("copyreg", "_reconstructor"),
          List.of("_codecs", "encode"),
          List.of("webbrowser", "open"),
          List.of("", ""),
          List.of("a\u001b[31m", "b"),
          List.of("x".repeat(10_000), "y"),
          List.of("os.path", "os.system"),
          List.of("torch.storage", "_load_from_bytes"));

  private static final long[] NUMBERS = {
    0,
    1,
    2,
    -1,
    4,
    5,
    255,
    256,
    65_536,
    1L << 31,
    (1L << 31) - 1,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final List<String> STORAGES =
      List.of("FloatStorage", "HalfStorage", "DoubleStorage", "LongStorage", "BoolStorage", "Oops");

  private static final String OPCODES =
      "(.012FGIJKLMNPQRSTUVXabcdeghijlopqrstu}])BC"
          + "\u0080\u0081\u0082\u0083\u0084\u0085\u0086\u0087\u0088\u0089\u008a\u008b\u008c\u008d"
          + "\u008e\u008f\u0090\u0091\u0092\u0093\u0094\u0095\u0096\u0097\u0098";

  private HostilePickles() {}

  /** Makers of pickles of checkpoints. */
  static Map<String, Source> sources() {
    var sources = new LinkedHashMap<String, Source>();
    sources.put("pickle opcodes", random -> placed(HostilePickles::opcodes, random));
    sources.put("pickle calls", random -> placed(HostilePickles::call, random));
    sources.put("pickle lengths", random -> placed(HostilePickles::length, random));
    sources.put("pickle numbers", random -> placed(HostilePickles::number, random));
    sources.put("pickle depth", random -> placed(HostilePickles::deep, random));
    sources.put("pickle memo", random -> placed(HostilePickles::memo, random));
    sources.put("pickle states", random -> placed(HostilePickles::state, random));
    sources.put("pickle storages", random -> placed(HostilePickles::persistent, random));
    sources.put("pickle tensors", HostilePickles::tensors);
    sources.put("pickle mass", Source.slow(HostilePickles::mass));
    return sources;
  }

  /** Writes one value, or what should be one. */
  private interface Part {
    void write(PickleBytes pickle, Random random);
  }

  private static byte[] placed(Part part, Random random) {
    PickleBytes pickle;
    switch (random.nextInt(4)) {
      case 0 -> {
        pickle = PickleBytes.protocol2();
        part.write(pickle, random);
        return pickle.raw(".").bytes();
      }
      case 1 -> {
        pickle = PickleBytes.checkpointUpToArgs().raw("}").text("a");
        part.write(pickle, random);
        return pickle.raw("s").text("sd").emptyOrderedDict().raw("uu.").bytes();
      }
      case 2 -> {
        // beside the model
        pickle = PickleBytes.protocol2().raw("}(").text("cfg");
        part.write(pickle, random);
        pickle.text("model").raw("}(").text("name").text("infd").text("args").raw("}");
        return pickle.text("sd").emptyOrderedDict().raw("uu.").bytes();
      }
      default -> {
        pickle = PickleBytes.checkpointUpToTensor();
        part.write(pickle, random);
        return pickle.endOfTensor();
      }
    }
  }

  private static String any(String characters, Random random) {
    int at = random.nextInt(characters.length());
    return characters.substring(at, at + 1);
  }

  private static long number(Random random) {
    return NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private static void opcodes(PickleBytes pickle, Random random) {
    int count = 1 + random.nextInt(60);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(10)) {
        case 0 -> call(pickle, random);
        case 1 -> pickle.text("a" + random.nextInt(4));
        case 2 -> pickle.raw("K" + (char) random.nextInt(256));
        case 3 -> pickle.raw("h" + (char) random.nextInt(4));
        case 4 -> pickle.raw("q" + (char) random.nextInt(4));
        case 5 -> pickle.raw(any("(])}N", random));
        case 6 -> pickle.raw(String.valueOf((char) random.nextInt(256)));
        default -> pickle.raw(any(OPCODES, random));
      }
    }
  }

  private static void name(PickleBytes pickle, List<String> call, Random random) {
    switch (random.nextInt(3)) {
      case 0 -> pickle.text(call.get(0)).text(call.get(1)).raw("\u0093");
      case 1 -> pickle.raw("c" + call.get(0) + "\n").raw(call.get(1) + "\r\n");
      default -> pickle.global(call.get(0), call.get(1));
    }
  }

  private static void call(PickleBytes pickle, Random random) {
    var call = CALLS.get(random.nextInt(CALLS.size()));
    switch (random.nextInt(6)) {
      case 0 -> {
        name(pickle, call, random);
        pickle.raw("(").text("touch /tmp/never").raw("tR");
      }
      case 1 -> pickle.raw("(").text("x").raw("i" + call.get(0) + "\n" + call.get(1) + "\n");
      case 2 -> {
        pickle.raw("(");
        name(pickle, call, random);
        pickle.text("x").raw("o");
      }
      case 3 -> {
        name(pickle, call, random);
        pickle.raw("(").text("x").raw("t\u0081}").text("a").raw("K\1sb");
      }
      case 4 -> {
        name(pickle, call, random);
        pickle.raw("(").text("x").raw("t}").text("k").raw("K\1s\u0092");
      }
      default -> {
        name(pickle, call, random);
        arguments(pickle, random);
        pickle.raw("R");
      }
    }
  }

  private static void arguments(PickleBytes pickle, Random random) {
    pickle.raw("(");
    int count = random.nextInt(7);
    for (int i = 0; i < count; i++) {
      switch (random.nextInt(8)) {
        case 0 -> pickle.integer(number(random));
        case 1 -> pickle.text("O");
        case 2 -> pickle.tuple(number(random), number(random));
        case 3 -> pickle.raw("N");
        case 4 -> pickle.raw("]");
        case 5 -> pickle.raw("}");
        case 6 -> pickle.global("numpy", "ndarray");
        default -> pickle.raw("C\4abcd");
      }
    }
    pickle.raw("t");
  }

  /** Texts and numbers that are as long as the whole machine, or longer than the file. */
  private static void length(PickleBytes pickle, Random random) {
    long number = number(random);
    switch (random.nextInt(9)) {
      case 0 -> pickle.raw("X").i32((int) number);
      case 1 -> pickle.raw("\u008d").i64(number);
      case 2 -> pickle.raw("B").i32((int) number);
      case 3 -> pickle.raw("\u008e").i64(number);
      case 4 -> pickle.raw("\u0096").i64(number);
      case 5 -> pickle.raw("\u008b").i32((int) number);
      case 6 -> pickle.raw("\u0095").i64(number);
      case 7 -> pickle.raw("T").i32((int) number);
      default -> pickle.raw("r").i32((int) number).raw("j").i32((int) number);
    }
    pickle.raw("abcdefgh");
  }

  private static void number(PickleBytes pickle, Random random) {
    int digits = 1 << random.nextInt(21);
    switch (random.nextInt(6)) {
      case 0 -> pickle.raw("\u008b").i32(digits).raw(new byte[digits]);
      case 1 -> pickle.raw("\u008b").i32(digits).repeat("\u00ff", digits);
      case 2 -> pickle.raw("L" + "7".repeat(digits) + "L\n");
      case 3 -> pickle.raw("I" + "7".repeat(digits) + "\n");
      case 4 -> pickle.raw("F" + "7".repeat(digits) + "e" + "9".repeat(random.nextInt(12)) + "\n");
      default ->
          pickle.raw(
              List.of("Inan\n", "I \n", "F0x1p3\n", "Fd\n", "L\n", "I01\n", "F1e\n")
                  .get(random.nextInt(7)));
    }
  }

  private static void deep(PickleBytes pickle, Random random) {
    int depth = List.of(50, 1000, 30_000, 1_000_000).get(random.nextInt(4));
    switch (random.nextInt(5)) {
      case 0 -> pickle.repeat("(", depth).repeat("t", depth);
      case 1 -> pickle.repeat("]", depth).repeat("a", depth - 1);
      case 2 -> pickle.raw("N").repeat("\u0085", depth);
      case 3 -> pickle.raw("N").repeat("2\u0086", depth);
      default -> pickle.repeat("}K\1", depth).raw("N").repeat("s", depth);
    }
  }

  /** What holds itself, and what holds the same ten times over, ten times over. */
  private static void memo(PickleBytes pickle, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> pickle.raw("]q\0h\0a");
      case 1 -> pickle.raw("}q\0K\1h\0s");
      case 2 -> pickle.raw("]q\0]q\1h\0ah\1a");
      case 3 -> pickle.raw("h").raw(String.valueOf((char) random.nextInt(256)));
      case 4 -> pickle.raw("]").repeat("\u0094", 300_000);
      default -> {
        pickle.raw("]q\0");
        for (char i = 1; i < 12; i++) {
          pickle.raw("0](" + ("h" + (char) (i - 1)).repeat(10) + "eq" + i);
        }
      }
    }
  }

  private static void state(PickleBytes pickle, Random random) {
    switch (random.nextInt(6)) {
      case 0 -> pickle.raw("NNb");
      case 1 -> pickle.raw(")K\1b");
      case 2 -> pickle.emptyOrderedDict().raw("q\0h\0b");
      case 3 -> pickle.global("x", "Y").raw(")\u0081q\0}").text("__dict__").raw("h\0sb");
      case 4 -> pickle.global("x", "Y").raw(")\u0081").raw("(").text("a").raw("K\1uK\2a");
      default -> pickle.global("x", "Y").raw("}b");
    }
  }

  private static void persistent(PickleBytes pickle, Random random) {
    switch (random.nextInt(7)) {
      case 0 -> pickle.integer(number(random)).raw("Q");
      case 1 -> pickle.text("storage").raw("Q");
      case 2 -> pickle.raw("P0\n");
      case 3 -> pickle.raw("(").text("storage").raw("tQ");
      case 4 -> pickle.raw("(").text("module").global("os", "system").text("a").text("b").raw("tQ");
      case 5 -> pickle.raw("(").text("storage").raw("NNNNtQ");
      default -> pickle.raw("]q\0(").text("storage").raw("h\0h\0h\0h\0tah\0Q");
    }
  }

  private static byte[] tensors(Random random) {
    int axes = random.nextInt(5) == 0 ? random.nextInt(70) : random.nextInt(4);
    var shape = random.longs(axes, 0, NUMBERS.length).map(i -> NUMBERS[(int) i]).toArray();
    var strides = random.longs(axes, 0, NUMBERS.length).map(i -> NUMBERS[(int) i]).toArray();
    return PickleBytes.checkpointUpToTensor()
        .tensor(
            STORAGES.get(random.nextInt(STORAGES.size())),
            List.of("0", "1", "../version", "", "0/0").get(random.nextInt(5)),
            random.nextBoolean() ? 4 : number(random),
            random.nextBoolean() ? 0 : number(random),
            random.nextBoolean() ? new long[] {2, 2} : shape,
            random.nextBoolean() ? new long[] {2, 1} : strides)
        .endOfTensor();
  }

  /** Very many of something small. */
  private static byte[] mass(Random random) {
    int count = List.of(1000, 30_000, 100_000).get(random.nextInt(3));
    var pickle = PickleBytes.checkpointUpToTensor();
    if (random.nextBoolean()) {
      pickle.raw("N");
      for (int i = 0; i < count; i++) {
        pickle.text("w" + i).raw("N");
      }
      return pickle.endOfTensor();
    }
    pickle.tensor("FloatStorage", "0", 4, 0, new long[] {0}, new long[] {1});
    for (int i = 0; i < count; i++) {
      pickle.text("w" + i).tensor("FloatStorage", "0", 4, 0, new long[] {0}, new long[] {1});
    }
    return pickle.endOfTensor();
  }
}
