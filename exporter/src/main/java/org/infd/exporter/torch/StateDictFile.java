package org.infd.exporter.torch;

import java.nio.file.Path;
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
  private final Map<String, StoredTensor> tensors;

  private StateDictFile(TorchArchive archive, Format format, Map<String, StoredTensor> tensors) {
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
    if (!(root instanceof Dict outer)) {
      throw noStateDict(archive);
    }
    var dict = StateDicts.withoutWrapperPrefix(unwrapped(outer));
    if (dict.entries().values().stream().noneMatch(TensorArguments.class::isInstance)) {
      throw noStateDict(archive);
    }
    return new StateDictFile(archive, Format.STATE_DICT, states.flat(dict));
  }

  /** Fine-tunes wrap the state dict; a training checkpoint holds it as {@code model.sd}. */
  private static Dict unwrapped(Dict outer) {
    if (outer.get("state_dict") instanceof Dict inner) {
      return inner;
    }
    if (outer.get("model") instanceof Dict model) {
      return model.get("sd") instanceof Dict inner ? inner : model;
    }
    return outer;
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
    return tensors;
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
