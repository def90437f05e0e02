package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.function.Function;
import org.infd.exporter.torch.Pickled.Dict;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * An INFD training checkpoint (docs/spec/infd-model.md 1): arguments and tensors of the model, read
 * as data. Tensors are mapped; those of optimisers are never touched. Thread-safe; must be closed
 * after the last use of its tensors.
 */
public final class Checkpoint implements TensorFile {
  private static final String MODEL_NAME = "infd";

  private final TorchArchive archive;
  private final Map<String, @Nullable Object> cfg;
  private final Map<String, @Nullable Object> modelArgs;
  private final OptionalLong iteration;
  private final Map<String, StoredTensor> stateDict;

  private Checkpoint(TorchArchive archive) {
    this.archive = archive;
    var outer = outer();
    if (!(outer.get("model") instanceof Dict model)) {
      throw notInfd("it has no 'model' entry");
    }
    if (!(model.get("name") instanceof String name)) {
      throw notInfd("its model has no name");
    }
    if (!name.equals(MODEL_NAME)) {
      throw notInfd("its model is named " + SourceLocation.quote(name));
    }
    if (!(model.get("sd") instanceof Dict sd)) {
      throw notInfd("its model has no state dict 'sd'");
    }
    modelArgs =
        switch (model.get("args")) {
          case null -> Map.of();
          case Dict args -> PlainValues.strict(archive.origin(), "model.args", args);
          default -> throw notInfd("its 'model.args' is no dictionary");
        };
    cfg =
        outer.get("cfg") instanceof Dict config
            ? PlainValues.lenient(archive.origin(), "cfg", config)
            : Map.of();
    iteration =
        outer.get("iter") instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
    stateDict = new StateDicts(archive).flat(sd);
  }

  /**
   * Opens an INFD checkpoint of either stage.
   *
   * @throws Problem if the file is missing, damaged, hostile, of another format or another model
   */
  public static Checkpoint open(Path file) {
    return open(file, Checkpoint::new);
  }

  /**
   * Opens a plain state dict, bare or wrapped, or a TorchScript archive; the code of the latter is
   * ignored (docs/spec/clip.md 5.1, 5.2). The tensors of an INFD checkpoint are found as well.
   *
   * @throws Problem if the file is missing, damaged, hostile, or holds no tensors by name
   */
  public static TensorFile openStateDict(Path file) {
    return open(file, StateDictFile::of);
  }

  private static <T extends TensorFile> T open(Path file, Function<TorchArchive, T> reader) {
    return MappedFile.closingOnFailure(TorchArchive.open(file), reader);
  }

  private Dict outer() {
    if (archive.isTorchScript()) {
      throw notInfd("it is a TorchScript archive, a program with its weights");
    }
    if (!(archive.pickle().value() instanceof Dict outer)) {
      throw notInfd("its content is no dictionary");
    }
    boolean bare =
        !outer.entries().isEmpty()
            && outer.entries().values().stream()
                .allMatch(Pickled.TensorArguments.class::isInstance);
    if (bare) {
      throw notInfd("it is a bare state dict, without the arguments of its model");
    }
    return outer;
  }

  private Problem notInfd(String reason) {
    return new Problem(
        archive.file()
            + " is not an INFD checkpoint: "
            + reason
            + ". Give the .pth file that INFD training wrote.");
  }

  @Override
  public Path path() {
    return archive.file();
  }

  @Override
  public Format format() {
    return Format.CHECKPOINT;
  }

  /**
   * The training configuration, a tree of {@code Map<String, Object>}, {@code List}, {@code
   * String}, {@code Long}, {@code Double}, {@code Boolean} and null; empty if absent. For hints
   * only: objects of unknown classes are null here.
   */
  public Map<String, @Nullable Object> cfg() {
    return cfg;
  }

  /** The name of the model class, always {@code infd}. */
  public String modelName() {
    return MODEL_NAME;
  }

  /**
   * The arguments of the model as they were configured (docs/spec/infd-model.md 1.3), a tree of
   * {@code Map<String, Object>}, {@code List}, {@code String}, {@code Long}, {@code Double}, {@code
   * Boolean} and null; empty if absent.
   */
  public Map<String, @Nullable Object> modelArgs() {
    return modelArgs;
  }

  /** The training iteration, if the file tells it. */
  public OptionalLong iteration() {
    return iteration;
  }

  @Override
  public Map<String, StoredTensor> stateDict() {
    return stateDict;
  }

  @Override
  public SortedSet<String> placeholders() {
    return Collections.unmodifiableSortedSet(archive.pickle().placeholders());
  }

  @Override
  public void close() {
    archive.close();
  }
}
