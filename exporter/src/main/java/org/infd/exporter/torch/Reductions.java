package org.infd.exporter.torch;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.jspecify.annotations.Nullable;

/**
 * The calls a pickle may ask for: those that build weights are answered by building data here (spec
 * 1.1), those of {@link OpaqueCalls} by a placeholder, all others are refused. Nothing is looked up
 * by name at run time.
 */
final class Reductions {
  /**
   * Lists of a TorchScript archive: opaque values around their first argument (docs/spec/clip.md
   * 5.1).
   */
  private static final Set<String> SCRIPT_LISTS =
      Set.of(
          "build_intlist",
          "build_tensorlist",
          "build_doublelist",
          "build_boollist",
          "restore_type_tag");

  private final SourceLocation origin;

  Reductions(SourceLocation origin) {
    this.origin = origin;
  }

  /** Whether the name belongs to the format itself, so that no report needs to mention it. */
  static boolean isKnown(Global global) {
    return switch (global.module()) {
      case "torch", "torch.cuda" -> DataType.ofStorage(global).isPresent();
      case "torch._utils" ->
          global.name().equals("_rebuild_tensor_v2")
              || global.name().equals("_rebuild_tensor")
              || global.name().equals("_rebuild_parameter");
      case "collections" ->
          global.name().equals("OrderedDict") || global.name().equals("defaultdict");
      case "torch.jit._pickle" -> SCRIPT_LISTS.contains(global.name());
      default -> false;
    };
  }

  /** Python 2 hands the entries over as one list of pairs. */
  private Dict ordered(long place, List<@Nullable Object> arguments) {
    var dict = new Dict();
    if (arguments.isEmpty()) {
      return dict;
    }
    if (arguments.size() == 1 && arguments.getFirst() instanceof Sequence entries) {
      boolean pairs =
          entries.items().stream()
              .allMatch(entry -> entry instanceof Sequence pair && pair.items().size() == 2);
      if (pairs) {
        for (var entry : entries.items()) {
          var pair = ((Sequence) Objects.requireNonNull(entry)).items();
          dict.put(pair.get(0), pair.get(1));
        }
        return dict;
      }
    }
    throw origin.damaged(place, "an ordered dictionary is made from arguments that are no pairs");
  }

  /** The value of {@code callable(*arguments)}. */
  @Nullable Object reduce(long place, @Nullable Object callable, @Nullable Object arguments) {
    if (!(callable instanceof Global global)) {
      throw origin.refused(place, "it calls something that is not a function");
    }
    if (!(arguments instanceof Sequence given) || !given.isTuple()) {
      throw origin.damaged(
          place,
          "the arguments of " + SourceLocation.quote(global.qualifiedName()) + " are no tuple");
    }
    var items = given.items();
    if (global.is("torch._utils", "_rebuild_tensor_v2")
        || (global.is("torch._utils", "_rebuild_tensor") && items.size() == 4)) {
      return new TensorArguments(given);
    }
    if (global.is("torch._utils", "_rebuild_parameter")) {
      if (items.isEmpty() || !(items.getFirst() instanceof TensorArguments)) {
        throw origin.damaged(place, "a parameter has no tensor");
      }
      return items.getFirst();
    }
    if (global.is("collections", "OrderedDict")) {
      return ordered(place, items);
    }
    if (global.is("collections", "defaultdict")) {
      return new Dict();
    }
    if (global.is("torch._utils", "_rebuild_parameter_with_state")
        && !items.isEmpty()
        && items.getFirst() instanceof TensorArguments tensor) {
      return tensor;
    }
    if (global.is("torch._tensor", "_rebuild_from_type_v2")
        && items.size() > 2
        && items.get(0) instanceof Global function
        && items.get(2) instanceof Sequence
        && isKnown(function)) {
      return reduce(place, function, items.get(2));
    }
    if (global.is("_codecs", "encode")
        && items.size() == 2
        && items.get(0) instanceof String text
        && items.get(1) instanceof String) {
      // how protocol 2 writes bytes, which are Latin-1 texts here
      return text;
    }
    if ((global.module().equals("torch.jit._pickle") && SCRIPT_LISTS.contains(global.name()))
        || OpaqueCalls.isHarmless(global, items)) {
      return new Placeholder(global, arguments);
    }
    throw origin.refused(
        place,
        "it asks to call "
            + SourceLocation.quote(global.qualifiedName())
            + ", which is not one of the few calls that a checkpoint needs");
  }
}
