package org.infd.exporter.torch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/** Finds the named tensors in the value of a pickle. */
final class StateDicts {
  private static final String NESTED = "state_dict";

  private final TorchArchive archive;

  StateDicts(TorchArchive archive) {
    this.archive = archive;
  }

  /**
   * The tensors of a flat state dict.
   *
   * @throws Problem naming the entry, if one is no sound tensor
   */
  NamedTensors flat(Dict dict) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    for (var entry : dict.entries().entrySet()) {
      if (!(entry.getKey() instanceof String name)) {
        throw new Problem(
            archive.file() + " cannot be used: a key of its state dict is no text. Save it again.");
      }
      if (name.equals(NESTED) && entry.getValue() instanceof Dict) {
        // a copy that some programs leave behind
        continue;
      }
      if (!(entry.getValue() instanceof TensorArguments arguments)) {
        throw archive.wrong(name, "is not a tensor but " + describe(entry.getValue()));
      }
      tensors.put(name, archive.tensor(name, arguments));
    }
    return NamedTensors.of(archive.file(), tensors);
  }

  /**
   * The tensors of a TorchScript module tree by their joined attribute names, in the order of the
   * official state dict (docs/spec/clip.md 5.1). A module that is reached twice is taken once.
   *
   * @throws Problem naming a tensor that is not sound
   */
  NamedTensors scripted(Placeholder root) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    IdentityHashMap<Placeholder, Boolean> seen = new IdentityHashMap<>();
    var open = new ArrayDeque<Module>();
    open.push(new Module("", root));
    while (!open.isEmpty()) {
      var module = open.pop();
      if (seen.put(module.object, true) == null && module.object.state() instanceof Dict state) {
        visit(module.prefix, state, tensors).reversed().forEach(open::push);
      }
    }
    return NamedTensors.of(archive.file(), tensors);
  }

  /** Takes the tensors of one module and returns its child modules. */
  private List<Module> visit(String prefix, Dict state, Map<String, StoredTensor> tensors) {
    List<Module> children = new ArrayList<>();
    for (var entry : state.entries().entrySet()) {
      if (!(entry.getKey() instanceof String attribute)) {
        continue;
      }
      // checked before joining, so that many children of a long name cost nothing
      if (prefix.length() + attribute.length() > TorchArchive.LONGEST_NAME) {
        throw archive.wrong(attribute, "has too long a name");
      }
      var name = prefix + attribute;
      if (entry.getValue() instanceof TensorArguments arguments) {
        tensors.put(name, archive.tensor(name, arguments));
      } else if (entry.getValue() instanceof Placeholder child
          && isScripted(child.type().qualifiedName())) {
        children.add(new Module(name + ".", child));
      }
    }
    return children;
  }

  /**
   * Whether a class is one of a TorchScript archive. One of the outermost module is of {@code
   * __torch__} itself.
   *
   * @param name module and class with a space between
   */
  static boolean isScripted(String name) {
    return name.startsWith("__torch__.") || name.startsWith("__torch__ ");
  }

  private static String describe(@Nullable Object value) {
    return switch (value) {
      case null -> "nothing";
      case Placeholder placeholder -> describe(placeholder.type());
      case Pickled.Global global -> "the class " + SourceLocation.quote(global.qualifiedName());
      case Dict _ -> "a dictionary";
      case Pickled.Sequence _ -> "a list";
      case Pickled _ -> "something else";
      default -> SourceLocation.quote(value);
    };
  }

  /** Tensors of kinds that weights are not, and everything else by the name of its class. */
  private static String describe(Pickled.Global type) {
    return switch (type.name()) {
      case "_rebuild_sparse_tensor", "_rebuild_sparse_csr_tensor" ->
          "a sparse one; save it with .to_dense()";
      case "_rebuild_qtensor" -> "a quantised one; save it with .dequantize()";
      case "_rebuild_meta_tensor_no_storage" ->
          "one of the device 'meta', which has no values; save it after they were loaded";
      case "_rebuild_nested_tensor" -> "a nested one";
      case "_reconstruct" -> "an array of numpy; save it with torch.from_numpy()";
      default -> "an object of the unknown class " + SourceLocation.quote(type.qualifiedName());
    };
  }

  private record Module(String prefix, Placeholder object) {}
}
