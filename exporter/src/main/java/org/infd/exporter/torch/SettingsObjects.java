package org.infd.exporter.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * The plain values inside objects that settings are often kept in: nodes of OmegaConf, dictionaries
 * with attributes, namespaces, sizes, paths, and numbers of numpy. Their classes are never loaded;
 * the layout of each was read off files (docs/spec/infd-model.md 1.1).
 */
final class SettingsObjects {
  /**
   * Dictionaries whose entries can be read as attributes, by the names that libraries give them.
   */
  private static final Set<String> DICTIONARIES =
      Set.of(
          "EasyDict",
          "AttrDict",
          "AttributeDict",
          "DotDict",
          "DotMap",
          "Munch",
          "Box",
          "Dict",
          "ConfigDict",
          "Config",
          "CfgNode",
          "FrozenDict",
          "Counter",
          "ConfigBox",
          "HParams");

  private static final Set<String> PATHS =
      Set.of("Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath", "PureWindowsPath");

  /**
   * What an object holds.
   *
   * @param value plain, or of the classes of {@link Pickled}
   */
  record Content(@Nullable Object value) {}

  private SettingsObjects() {}

  /** The content of an object of a known class. */
  static Optional<Content> content(Placeholder object) {
    var module = object.type().module();
    var name = object.type().name();
    if (module.startsWith("omegaconf.") && object.state() instanceof Dict state) {
      return Optional.of(
          new Content(state.has("_content") ? state.get("_content") : state.get("_val")));
    }
    if (DICTIONARIES.contains(name)) {
      return dictionary(object).map(Content::new);
    }
    if (name.equals("Namespace") || name.equals("SimpleNamespace")) {
      return object.state() instanceof Dict state
          ? Optional.of(new Content(state))
          : Optional.empty();
    }
    if (module.startsWith("pathlib") && PATHS.contains(name)) {
      return Optional.of(new Content(path(object)));
    }
    if ((module.equals("torch") && name.equals("Size")) || isCollection(object)) {
      return first(object) instanceof Sequence items
          ? Optional.of(new Content(items))
          : Optional.empty();
    }
    if (name.equals("scalar") && module.startsWith("numpy.")) {
      return number(object).map(Content::new);
    }
    return Optional.empty();
  }

  /** A dictionary, also one of a known class of settings; null for everything else. */
  static @Nullable Dict dict(@Nullable Object value) {
    if (value instanceof Dict dict) {
      return dict;
    }
    return value instanceof Placeholder object
            && content(object).map(Content::value).orElse(null) instanceof Dict dict
        ? dict
        : null;
  }

  private static boolean isCollection(Placeholder object) {
    return (object.type().module().equals("builtins")
            || object.type().module().equals("__builtin__"))
        && Set.of("set", "frozenset", "list", "tuple").contains(object.type().name());
  }

  private static List<@Nullable Object> arguments(Placeholder object) {
    return object.arguments() instanceof Sequence arguments ? arguments.items() : List.of();
  }

  private static @Nullable Object first(Placeholder object) {
    var arguments = arguments(object);
    return arguments.isEmpty() ? null : arguments.getFirst();
  }

  private static Optional<Dict> dictionary(Placeholder object) {
    if (object.items() != null) {
      return Optional.of(object.items());
    }
    if (first(object) instanceof Dict dict) {
      return Optional.of(dict);
    }
    var state = object.state() instanceof Dict dict ? dict : new Dict();
    // ml_collections keeps its own settings beside those of the user
    return Optional.of(state.get("_fields") instanceof Dict fields ? fields : state);
  }

  private static String path(Placeholder object) {
    return arguments(object).stream().map(String::valueOf).collect(Collectors.joining("/"));
  }

  /** A number of numpy: its type, whose state begins with version and byte order, and its bytes. */
  private static Optional<Object> number(Placeholder object) {
    var arguments = arguments(object);
    if (arguments.size() != 2
        || !(arguments.get(0) instanceof Placeholder type)
        || !(first(type) instanceof String kind)
        || !(arguments.get(1) instanceof String latin1)) {
      return Optional.empty();
    }
    boolean big =
        type.state() instanceof Sequence state
            && state.items().size() > 1
            && ">".equals(state.items().get(1));
    var bytes =
        ByteBuffer.wrap(latin1.getBytes(StandardCharsets.ISO_8859_1))
            .order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    if (kind.length() != 2 || bytes.remaining() != kind.charAt(1) - '0') {
      return Optional.empty();
    }
    return switch (kind) {
      case "f8" -> Optional.of(bytes.getDouble());
      case "f4" -> Optional.of((double) bytes.getFloat());
      case "f2" -> Optional.of((double) Float.float16ToFloat(bytes.getShort()));
      case "i8" -> Optional.of(bytes.getLong());
      case "i4" -> Optional.of((long) bytes.getInt());
      case "i2" -> Optional.of((long) bytes.getShort());
      case "i1" -> Optional.of((long) bytes.get());
      case "u4" -> Optional.of(Integer.toUnsignedLong(bytes.getInt()));
      case "u2" -> Optional.of((long) Short.toUnsignedInt(bytes.getShort()));
      case "u1" -> Optional.of((long) Byte.toUnsignedInt(bytes.get()));
      case "b1" -> Optional.of(bytes.get() != 0);
      default -> Optional.empty();
    };
  }
}
