package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.infd.inference.Problem;

/**
 * An open file of named tensors. The tensors are mapped, so they end with {@link #close()}.
 * Thread-safe, but closing must wait for all readers.
 */
public sealed interface TensorFile extends AutoCloseable
    permits Checkpoint, StateDictFile, Safetensors, ShardedTensors {
  /** What kind of file the tensors came from. */
  enum Format {
    /** An INFD training checkpoint (docs/spec/infd-model.md 1.2). */
    CHECKPOINT,
    /** A plain state dict in a torch archive, wrapped or bare (docs/spec/clip.md 5.2). */
    STATE_DICT,
    /** A TorchScript archive, whose code is ignored (docs/spec/clip.md 5.1). */
    TORCH_SCRIPT,
    /** A safetensors file (docs/spec/clip.md 5.3). */
    SAFETENSORS
  }

  /** The file on disk. */
  Path path();

  /** What kind of file this is. */
  Format format();

  /** The tensors by name, in file order, unmodifiable. */
  Map<String, StoredTensor> stateDict();

  /**
   * Parts such as {@code module} that wrappers of training had put into the tensors' names, at any
   * level, and which are left out of the names here.
   */
  SortedSet<String> wrappers();

  /** What to tell of names that carried wrappers, as sentences. */
  default List<String> remarks() {
    return wrappers().isEmpty()
        ? List.of()
        : List.of(
            wrappers().stream().map(part -> "'" + part + ".'").collect(Collectors.joining(" and "))
                + " was left out of the names of tensors: wrappers of training put it there.");
  }

  /**
   * Classes named in the file that are unknown here, as "module name"; their objects were read as
   * inert placeholders.
   */
  SortedSet<String> placeholders();

  @Override
  void close();

  /**
   * Opens weights of any format: safetensors, TorchScript, a plain state dict, or the state dict of
   * a training checkpoint; of weights in several files the index or a part, which stand for all.
   *
   * @throws Problem if the file is none of these, is damaged, or asks for code to be run
   */
  static TensorFile open(Path file) {
    var index = ShardedTensors.index(file);
    return index.isPresent() ? ShardedTensors.open(index.get()) : openOne(file);
  }

  /**
   * Opens this file alone.
   *
   * @throws Problem as {@link #open}
   */
  static TensorFile openOne(Path file) {
    return FileKind.of(file) == FileKind.SAFETENSORS
        ? Safetensors.open(file)
        : Checkpoint.openStateDict(file);
  }
}
