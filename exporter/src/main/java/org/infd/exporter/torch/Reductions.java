package org.infd.exporter.torch;

import java.util.Set;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Global;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.Sequence;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.jspecify.annotations.Nullable;

/**
 * The only calls a pickle may ask for, each answered by building data here (docs/spec/infd-model.md
 * 1.1 and section 10). Nothing is looked up by name at run time.
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
      case "torch" -> DataType.ofStorageClass(global.name()).isPresent();
      case "torch._utils" ->
          global.name().equals("_rebuild_tensor_v2") || global.name().equals("_rebuild_parameter");
      case "collections" ->
          global.name().equals("OrderedDict") || global.name().equals("defaultdict");
      case "torch.jit._pickle" -> SCRIPT_LISTS.contains(global.name());
      default -> false;
    };
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
    if (global.is("torch._utils", "_rebuild_tensor_v2")) {
      return new TensorArguments(given);
    }
    if (global.is("torch._utils", "_rebuild_parameter")) {
      if (items.isEmpty() || !(items.getFirst() instanceof TensorArguments)) {
        throw origin.damaged(place, "a parameter has no tensor");
      }
      return items.getFirst();
    }
    if (global.is("collections", "OrderedDict")) {
      if (!items.isEmpty()) {
        throw origin.damaged(place, "an ordered dictionary is made from arguments");
      }
      return new Dict();
    }
    if (global.is("collections", "defaultdict")) {
      return new Dict();
    }
    if (global.module().equals("torch.jit._pickle") && SCRIPT_LISTS.contains(global.name())) {
      return new Placeholder(global, arguments);
    }
    throw origin.refused(
        place,
        "it asks to call "
            + SourceLocation.quote(global.qualifiedName())
            + ", which is not one of the few calls that a checkpoint needs");
  }
}
