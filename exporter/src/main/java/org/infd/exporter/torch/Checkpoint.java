package org.infd.exporter.torch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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
  static final String MODEL_NAME = "infd";

  /** How the names of an INFD network begin; one of them is enough to know it. */
  private static final Set<String> PARTS =
      Set.of("encoder", "decoder", "renderer", "z_dm", "z_dm_ema");

  private final Path file;
  private final Runnable closing;
  private final ModelDescription description;
  private final NamedTensors tensors;
  private final SortedSet<String> placeholders;

  private Checkpoint(TorchArchive archive) {
    file = archive.file();
    closing = archive::close;
    placeholders = archive.pickle().placeholders();
    var whole = outer(archive);
    var outer = new Wrapping(Checkpoint::isTraining).inside(whole).orElse(whole);
    if (outer == whole && SettingsObjects.dict(whole.get("model")) == null) {
      outer = new Wrapping(Checkpoint::isBare).inside(whole).orElse(whole);
    }
    if (isBare(outer)) {
      description =
          ModelDescription.beside(file)
              .orElseThrow(
                  () -> notInfd("it is a bare state dict, without the arguments of its model"));
      tensors = new StateDicts(archive).flat(outer).from(PARTS);
      return;
    }
    var model = SettingsObjects.dict(outer.get("model"));
    if (whole.get("string_to_param") != null) {
      throw notInfd("it is a textual inversion, a word more for a model of Stable Diffusion");
    }
    if (model == null) {
      throw notInfd("it has no 'model' entry");
    }
    var origin = archive.origin();
    if (!(PlainValues.lenient(origin, "model.name", model.get("name")) instanceof String name)) {
      throw notInfd("its model has no name");
    }
    if (!name.equals(MODEL_NAME)) {
      throw notInfd("its model is named " + SourceLocation.quote(name));
    }
    var stored = SettingsObjects.dict(model.get("sd"));
    if (stored == null) {
      throw notInfd("its model has no state dict 'sd'");
    }
    var sd = new Wrapping(Checkpoint::isBare).inside(stored).orElse(stored);
    var args = PlainValues.strict(origin, "model.args", model.get("args"));
    if (args != null && !(args instanceof Map)) {
      throw notInfd("its 'model.args' is no dictionary");
    }
    description =
        new ModelDescription(
            cfg(origin, outer.get("cfg")), table(args), iteration(origin, outer.get("iter")));
    tensors = new StateDicts(archive).flat(sd).from(PARTS);
  }

  /**
   * Tensors alone.
   *
   * @param whole the file by whose name a description is looked for
   */
  private Checkpoint(TensorFile weights, Path whole, Map<String, String> metadata) {
    file = weights.path();
    closing = weights::close;
    placeholders = weights.placeholders();
    description =
        ModelDescription.find(whole, metadata)
            .orElseThrow(() -> FileKind.SAFETENSORS.asProblem(whole));
    tensors = new NamedTensors(weights.stateDict(), weights.wrappers()).from(PARTS);
  }

  /** Settings that are only looked up for hints. */
  private static Map<String, @Nullable Object> cfg(SourceLocation origin, @Nullable Object value) {
    return table(PlainValues.lenient(origin, "cfg", value));
  }

  /** A table of plain values by name; empty where there is none. */
  private static Map<String, @Nullable Object> table(@Nullable Object value) {
    Map<String, @Nullable Object> table = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> named) {
      named.forEach((key, entry) -> table.put(String.valueOf(key), entry));
    }
    return Collections.unmodifiableMap(table);
  }

  private static OptionalLong iteration(SourceLocation origin, @Nullable Object value) {
    return PlainValues.lenient(origin, "iter", value) instanceof Long number
        ? OptionalLong.of(number)
        : OptionalLong.empty();
  }

  /**
   * Opens an INFD checkpoint of either stage: what training wrote, or its tensors alone with the
   * model's arguments in the metadata or beside them, see {@link ModelDescription}; of tensors in
   * several files the index or a part, which stand for all.
   *
   * @throws Problem if the file is missing, damaged, hostile, of another format or another model
   */
  public static Checkpoint open(Path file) {
    if (FileKind.of(file) == FileKind.ZIP) {
      // whatever its name
      return open(file, Checkpoint::new);
    }
    var index = ShardedTensors.index(file);
    if (index.isPresent()) {
      return MappedFile.closingOnFailure(
          ShardedTensors.open(index.get()),
          parts -> new Checkpoint(parts, parts.whole(), parts.metadata()));
    }
    return FileKind.of(file) == FileKind.SAFETENSORS
        ? MappedFile.closingOnFailure(
            Safetensors.open(file), weights -> new Checkpoint(weights, file, weights.metadata()))
        : open(file, Checkpoint::new);
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

  private Dict outer(TorchArchive archive) {
    if (archive.isTorchScript()) {
      throw notInfd("it is a TorchScript archive, a program with its weights");
    }
    var outer = SettingsObjects.dict(archive.pickle().value());
    if (outer == null) {
      throw notInfd("its content is no dictionary");
    }
    return outer;
  }

  private static boolean isTraining(Dict outer) {
    var model = SettingsObjects.dict(outer.get("model"));
    return model != null && SettingsObjects.dict(model.get("sd")) != null;
  }

  private static boolean isBare(Dict outer) {
    return !outer.entries().isEmpty()
        && outer.entries().values().stream().allMatch(Pickled.TensorArguments.class::isInstance);
  }

  private Problem notInfd(String reason) {
    return new Problem(
        file
            + " is not an INFD checkpoint: "
            + reason
            + ". Give the .pth file that INFD training wrote.");
  }

  @Override
  public Path path() {
    return file;
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
    return description.cfg();
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
    return description.modelArgs();
  }

  /** The training iteration, if the file tells it. */
  public OptionalLong iteration() {
    return description.iteration();
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
    return Collections.unmodifiableSortedSet(placeholders);
  }

  @Override
  public void close() {
    closing.run();
  }
}
