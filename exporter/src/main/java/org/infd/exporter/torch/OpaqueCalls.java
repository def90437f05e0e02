package org.infd.exporter.torch;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * Which calls in a pickle build no weights and do no harm: what lies beside the weights in the
 * checkpoints of others, such as numbers and random states of numpy, devices, paths, dates, enums
 * and settings. None of them is ever made; each stands for its value as a {@link Placeholder}.
 * Whatever is not known to be of this kind is refused, since a file that asks for it was not
 * written by training.
 */
final class OpaqueCalls {
  private static final Set<String> NUMPY_ARRAYS = Set.of("scalar", "_reconstruct");
  private static final Set<String> NUMPY_BUFFERS = Set.of("_frombuffer");
  private static final Set<String> BUILTINS =
      Set.of(
          "set",
          "frozenset",
          "list",
          "dict",
          "tuple",
          "bytes",
          "bytearray",
          "complex",
          "slice",
          "range",
          "xrange",
          "int",
          "long",
          "float",
          "bool",
          "str",
          "unicode",
          "object");
  private static final Set<String> COPIES = Set.of("_reconstructor", "__newobj__", "__newobj_ex__");
  private static final Set<String> PATHS =
      Set.of(
          "Path",
          "PosixPath",
          "WindowsPath",
          "PurePath",
          "PurePosixPath",
          "PureWindowsPath",
          "UnsupportedOperation");
  private static final Set<String> RANDOM_STATES =
      Set.of(
          "__randomstate_ctor", "__generator_ctor", "__bit_generator_ctor", "__RandomState_ctor");

  /** Constructors by module. */
  private static final Map<String, Set<String>> KNOWN =
      Map.ofEntries(
          Map.entry("__builtin__", BUILTINS),
          Map.entry("builtins", BUILTINS),
          Map.entry("_codecs", Set.of("encode")),
          Map.entry("copyreg", COPIES),
          Map.entry("copy_reg", COPIES),
          Map.entry("collections", Set.of("deque", "Counter", "ChainMap", "UserDict", "UserList")),
          Map.entry("_collections", Set.of("deque")),
          Map.entry("datetime", Set.of("date", "time", "datetime", "timedelta", "timezone")),
          Map.entry("decimal", Set.of("Decimal", "Context")),
          Map.entry("_pydecimal", Set.of("Decimal")),
          Map.entry("fractions", Set.of("Fraction")),
          Map.entry("uuid", Set.of("UUID", "SafeUUID")),
          Map.entry("types", Set.of("SimpleNamespace", "GenericAlias", "UnionType")),
          Map.entry("argparse", Set.of("Namespace")),
          Map.entry("optparse", Set.of("Values")),
          Map.entry("random", Set.of("Random")),
          Map.entry("re", Set.of("_compile", "RegexFlag")),
          Map.entry("array", Set.of("array", "_array_reconstructor")),
          Map.entry(
              "ipaddress", Set.of("IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network")),
          Map.entry("logging", Set.of("getLogger")),
          Map.entry("signal", Set.of("Signals", "Handlers", "Sigmasks")),
          Map.entry("http", Set.of("HTTPStatus", "HTTPMethod")),
          Map.entry("socket", Set.of("AddressFamily", "SocketKind")),
          Map.entry("inspect", Set.of("_ParameterKind")),
          Map.entry("pathlib", PATHS),
          Map.entry("pathlib._local", PATHS),
          Map.entry("torch", Set.of("Size", "device", "Generator", "dtype", "finfo", "iinfo")),
          Map.entry("torch.serialization", Set.of("_get_layout")),
          Map.entry("torch.torch_version", Set.of("TorchVersion")),
          Map.entry("torch._tensor", Set.of("_rebuild_from_type_v2")),
          Map.entry(
              "torch._utils",
              Set.of(
                  "_rebuild_tensor",
                  "_rebuild_tensor_v3",
                  "_rebuild_sparse_tensor",
                  "_rebuild_sparse_csr_tensor",
                  "_rebuild_nested_tensor",
                  "_rebuild_qtensor",
                  "_rebuild_meta_tensor_no_storage",
                  "_rebuild_wrapper_subclass",
                  "_rebuild_device_tensor_from_numpy",
                  "_rebuild_xla_tensor",
                  "_rebuild_parameter_with_state")),
          Map.entry("numpy", Set.of("dtype", "ndarray", "matrix", "recarray")),
          Map.entry("numpy.core.multiarray", NUMPY_ARRAYS),
          Map.entry("numpy._core.multiarray", NUMPY_ARRAYS),
          Map.entry("numpy.core.numeric", NUMPY_BUFFERS),
          Map.entry("numpy._core.numeric", NUMPY_BUFFERS),
          Map.entry("numpy._core._internal", Set.of("_convert_to_stringdtype_kwargs")),
          Map.entry("numpy.ma.core", Set.of("_mareconstruct", "_mvoid")),
          Map.entry("numpy.random", RANDOM_STATES),
          Map.entry("numpy.random._pickle", RANDOM_STATES),
          Map.entry("numpy.random.mtrand", Set.of("RandomState", "__randomstate_ctor")),
          Map.entry("numpy.random._generator", Set.of("Generator")),
          Map.entry("numpy.random._mt19937", Set.of("MT19937")),
          Map.entry("numpy.random._pcg64", Set.of("PCG64", "PCG64DXSM")),
          Map.entry("numpy.random._philox", Set.of("Philox")),
          Map.entry("numpy.random._sfc64", Set.of("SFC64")),
          Map.entry("numpy.random.bit_generator", Set.of("__pyx_unpickle_SeedSequence")),
          Map.entry("numpy.random._bit_generator", Set.of("__pyx_unpickle_SeedSequence")),
          Map.entry("pandas._libs.internals", Set.of("_unpickle_block")),
          Map.entry("pandas._libs.arrays", Set.of("__pyx_unpickle_NDArrayBacked")),
          Map.entry("pandas._libs.tslibs.timestamps", Set.of("_unpickle_timestamp")),
          Map.entry("pandas._libs.tslibs.timedeltas", Set.of("_timedelta_unpickle")),
          Map.entry("pandas.core.indexes.base", Set.of("_new_Index")));

  /** Functions that act on nothing, wherever their library has others that do. */
  private static final List<String> NETWORK_PARTS =
      List.of("torch.nn.", "torch.optim.", "torch._C._nn.", "torch.distributed.fsdp.");

  private static final List<String> UNION_MODULES = List.of("typing", "builtins", "__builtin__");
  private static final Pattern CLASS_NAME =
      Pattern.compile("_?[A-Z][A-Za-z0-9_]*([.]_?[A-Z][A-Za-z0-9_]*)*");
  private static final Pattern MEMBER = Pattern.compile("[A-Za-z][A-Za-z0-9_]*");

  private OpaqueCalls() {}

  /** Whether {@code callable(*arguments)} only stands for a value. */
  static boolean isHarmless(Global callable, List<@Nullable Object> arguments) {
    var module = callable.module();
    if (isKnown(callable)) {
      return !COPIES.contains(callable.name()) || isObject(arguments);
    }
    return switch (callable.name()) {
      case "partial", "partialmethod" ->
          module.equals("functools") && arguments.size() == 1 && isPart(arguments.getFirst());
      case "type" -> isBuiltin(module) && arguments.size() == 1 && arguments.getFirst() == null;
      case "getattr" -> isBuiltin(module) && isMember(arguments);
      case "getitem" -> isOperator(module) && isGeneric(arguments);
      case "or_" -> isOperator(module) && arguments.stream().allMatch(OpaqueCalls::isValue);
      default -> isOwnClass(callable) && isPlain(arguments);
    };
  }

  private static boolean isKnown(Global global) {
    return KNOWN.getOrDefault(global.module(), Set.of()).contains(global.name());
  }

  private static boolean isBuiltin(String module) {
    return module.equals("builtins") || module.equals("__builtin__");
  }

  private static boolean isOperator(String module) {
    return module.equals("_operator") || module.equals("operator");
  }

  /** A class of the training's own code or of a library that only holds data. */
  private static boolean isOwnClass(Global global) {
    return CLASS_NAME.matcher(global.name()).matches() && !canAct(global);
  }

  private static boolean canAct(Global global) {
    return PythonModules.canAct(global.module())
        && NETWORK_PARTS.stream().noneMatch((global.module() + ".")::startsWith);
  }

  /** An object of a class that is made without its constructor: the class comes first. */
  private static boolean isObject(List<@Nullable Object> arguments) {
    return !arguments.isEmpty()
        && arguments.getFirst() instanceof Global type
        && (isKnown(type) || isOwnClass(type));
  }

  /** What a partial call is made of: another one, a class, or a function that acts on nothing. */
  private static boolean isPart(@Nullable Object function) {
    return function instanceof Placeholder
        || (function instanceof Global global && (isKnown(global) || !canAct(global)));
  }

  /** How some versions of Python write the members of enums. */
  private static boolean isMember(List<@Nullable Object> arguments) {
    return arguments.size() == 2
        && arguments.get(0) instanceof Global type
        && (isKnown(type) || isOwnClass(type))
        && arguments.get(1) instanceof String name
        && MEMBER.matcher(name).matches();
  }

  /** A type with parameters, such as a dictionary of texts. */
  private static boolean isGeneric(List<@Nullable Object> arguments) {
    return arguments.size() == 2
        && arguments.getFirst() instanceof Global type
        && UNION_MODULES.contains(type.module())
        && CLASS_NAME.matcher(type.name()).matches();
  }

  /**
   * Dictionaries of an own class are made from nothing or from the class of their values, members
   * of enums from their value.
   */
  private static boolean isPlain(List<@Nullable Object> arguments) {
    return arguments.isEmpty() || (arguments.size() == 1 && isValue(arguments.getFirst()));
  }

  private static boolean isValue(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case Global global -> isBuiltin(global.module()) && BUILTINS.contains(global.name());
      case Placeholder _ -> true;
      case Sequence sequence ->
          sequence.isTuple() && sequence.items().stream().noneMatch(Pickled.class::isInstance);
      case Pickled _ -> false;
      default -> true;
    };
  }
}
