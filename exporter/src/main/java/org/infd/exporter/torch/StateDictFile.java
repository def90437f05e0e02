package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.exporter.torch.Pickled.Placeholder;
import org.infd.exporter.torch.Pickled.TensorArguments;
import org.infd.inference.Problem;

/**
 * Weights in a torch archive without a training checkpoint around them (docs/spec/clip.md 5.1,
 * 5.2).
 */
final class StateDictFile implements TensorFile {
  private final TorchArchive archive;
  private final Format format;
  private final NamedTensors tensors;

  private StateDictFile(TorchArchive archive, Format format, NamedTensors tensors) {
    this.archive = archive;
    this.format = format;
    this.tensors = tensors;
  }

  static StateDictFile of(TorchArchive archive) {
    var states = new StateDicts(archive);
    var root = archive.pickle().value();
    if (archive.isTorchScript()) {
      if (!(root instanceof Placeholder module)) {
        throw noStateDict(archive);
      }
      return new StateDictFile(archive, Format.TORCH_SCRIPT, states.scripted(module));
    }
    var outer = SettingsObjects.dict(root);
    if (outer == null) {
      throw noStateDict(archive);
    }
    if (outer.get("string_to_param") != null) {
      throw new Problem(
          archive.file()
              + " is a textual inversion, a word more for a model of Stable Diffusion, and no"
              + " model. Give the model itself.");
    }
    var dict = unwrapped(outer);
    if (dict.entries().values().stream().noneMatch(TensorArguments.class::isInstance)) {
      throw noStateDict(archive);
    }
    return new StateDictFile(archive, Format.STATE_DICT, states.flat(dict));
  }

  /** Fine-tunes wrap the state dict; a training checkpoint holds it as {@code model.sd}. */
  private static Dict unwrapped(Dict outer) {
    for (var wrapper : List.of("state_dict", "model_state_dict", "module")) {
      var inner = SettingsObjects.dict(outer.get(wrapper));
      if (inner != null) {
        return inner;
      }
    }
    var model = SettingsObjects.dict(outer.get("model"));
    if (model == null) {
      return outer;
    }
    var inner = SettingsObjects.dict(model.get("sd"));
    return inner == null ? model : inner;
  }

  private static Problem noStateDict(TorchArchive archive) {
    return new Problem(
        archive.file()
            + " holds no state dict, that is no dictionary of tensors."
            + " Save model.state_dict() and give that file.");
  }

  @Override
  public Path path() {
    return archive.file();
  }

  @Override
  public Format format() {
    return format;
  }

  @Override
  public Map<String, StoredTensor> stateDict() {
    return tensors.tensors();
  }

  @Override
  public SortedSet<String> wrappers() {
    return tensors.wrappers();
  }

  @Override
  public SortedSet<String> placeholders() {
    return archive.pickle().placeholders().stream()
        .filter(name -> !StateDicts.isScripted(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() {
    archive.close();
  }
}
