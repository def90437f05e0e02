package org.infd.exporter.ldm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.infd.exporter.network.Weights.Stored;
import org.infd.exporter.torch.SettingsText;
import org.infd.exporter.torch.StoredTensor;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;

/**
 * The files of a latent diffusion model, open: one file of the original layout, or a folder as
 * diffusers keeps it, and what the user adds to them. Tensors are mapped and valid until it is
 * closed.
 */
public final class LdmFiles implements AutoCloseable {
  private static final long LARGEST_SETTINGS = 4 << 20;
  private static final String INDEX = "model_index.json";
  private static final List<String> PLAIN_FIRST =
      List.of(".safetensors", ".fp16.safetensors", ".bin", ".fp16.bin");

  /**
   * A file of low-rank changes.
   *
   * @param file of a LoRA
   * @param strength what they are multiplied by
   */
  public record LoraChoice(Path file, double strength) {}

  /**
   * How stored tensors are read as those of networks.
   *
   * @param read gives them values
   */
  public record Reader(Function<Map<String, StoredTensor>, Map<String, Stored>> read) {}

  private static final String ONE_COPY =
      "--weights raw changes nothing: there is one copy of the diffusion network, and nothing says"
          + " whether it is an average.";

  private final Path path;
  private final Reader reader;
  private final List<TensorFile> open = new ArrayList<>();
  private final Map<String, StoredTensor> contents = new LinkedHashMap<>();
  private LdmParts parts = LdmParts.ofFile(Map.of());

  /** Whether a copy for training on lies in the folder, and is read. */
  private boolean hasRawFile;

  private LdmSidecar sidecar = LdmSidecar.none();
  private Optional<Path> merges = Optional.empty();

  private LdmFiles(Path path, Reader reader) {
    this.path = path;
    this.reader = reader;
  }

  /** Whether a folder is one of diffusers. */
  public static boolean isFolder(Path path) {
    return Files.isDirectory(path)
        && (Files.isRegularFile(path.resolve(INDEX)) || Files.isDirectory(path.resolve("unet")));
  }

  /**
   * Opens a folder.
   *
   * @param copy which of two copies of the network is taken, where the folder has both
   * @throws Problem if it is of a kind that cannot be run, or something of it is missing or damaged
   */
  public static LdmFiles openFolder(Path folder, Reader reader, LdmModel.Copy copy) {
    return closingOnFailure(new LdmFiles(folder, reader), files -> files.folder(copy));
  }

  /**
   * Takes over an open file, if it is one of latent diffusion.
   *
   * @return empty if it is none; it stays open then
   * @throws Problem if it is of a kind that cannot be run; it is closed then
   */
  public static Optional<LdmFiles> of(TensorFile file, Reader reader) {
    var names = file.stateDict().keySet();
    var files = new LdmFiles(file.path(), reader);
    files.open.add(file);
    return closingOnFailure(
        files,
        opened -> {
          var tensors = reader.read().apply(file.stateDict());
          LdmRefusals.check(file.path(), tensors);
          if (names.stream().anyMatch(name -> name.equals("input_blocks.0.0.weight"))
              || names.stream().anyMatch(name -> name.startsWith("down_blocks.0.resnets."))) {
            throw new Problem(
                file.path()
                    + " holds the diffusion network alone, without autoencoder and text tower. Give"
                    + " the file or the folder of the whole model.");
          }
          if (names.contains("quant_conv.weight")
              && names.stream().noneMatch(name -> name.startsWith("renderer."))) {
            throw new Problem(
                file.path()
                    + " holds an autoencoder alone. It takes the place of a model's own with"
                    + " --vae.");
          }
          if (names.contains("text_model.embeddings.token_embedding.weight")
              && names.stream().noneMatch(name -> name.startsWith("vision_model."))) {
            throw new Problem(
                file.path()
                    + " holds a text tower alone. Give the file or the folder of the whole model.");
          }
        },
        LdmParts.isOne(names),
        opened -> {
          opened.contents.putAll(file.stateDict());
          opened.parts = LdmParts.ofFile(reader.read().apply(file.stateDict()));
          opened.sidecar = beside(file.path());
        });
  }

  private static LdmFiles closingOnFailure(
      LdmFiles files, java.util.function.Consumer<LdmFiles> work) {
    try {
      work.accept(files);
      return files;
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static Optional<LdmFiles> closingOnFailure(
      LdmFiles files,
      java.util.function.Consumer<LdmFiles> check,
      boolean wanted,
      java.util.function.Consumer<LdmFiles> work) {
    closingOnFailure(files, check);
    if (!wanted) {
      files.open.clear();
      return Optional.empty();
    }
    return Optional.of(closingOnFailure(files, work));
  }

  /** The YAML of the same name, where there is one. */
  private static LdmSidecar beside(Path file) {
    var name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    for (var ending : List.of(".yaml", ".yml")) {
      var config = file.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
      if (Files.isRegularFile(config)) {
        return LdmSidecar.ofYaml(config.toString(), settings(config));
      }
    }
    return LdmSidecar.none();
  }

  private static Object settings(Path file) {
    try {
      if (Files.size(file) > LARGEST_SETTINGS) {
        throw new Problem(file + " is far larger than the settings of a model.");
      }
      var value =
          SettingsText.parse(file.toString(), Files.readString(file, StandardCharsets.UTF_8));
      return value == null ? Map.of() : value;
    } catch (IOException e) {
      throw new Problem(file + " could not be read: " + e.getMessage(), e);
    }
  }

  private void folder(LdmModel.Copy copy) {
    var index =
        Files.isRegularFile(path.resolve(INDEX))
            ? LdmSidecar.map(settings(path.resolve(INDEX)))
            : Map.<String, Object>of();
    var pipeline = String.valueOf(index.getOrDefault("_class_name", ""));
    LdmRefusals.checkFolder(path, pipeline, List.of());
    for (var other : List.of("transformer", "vqvae", "prior")) {
      if (Files.isDirectory(path.resolve(other))) {
        throw new Problem(
            path
                + " is a model of another kind (it has a folder '"
                + other
                + "'), which cannot be run here. Folders of Stable Diffusion 1.x and 2.x can.");
      }
    }
    var unetConfig = config("unet", "config.json", true);
    var width = unetConfig.get("cross_attention_dim");
    LdmRefusals.checkFolder(
        path, pipeline, width instanceof Long number ? List.of(number.intValue()) : List.of());
    if (unetConfig.get("in_channels") instanceof Long channels) {
      LdmRefusals.requirePlain(path, channels);
    }
    var textConfig = config("text_encoder", "config.json", false);
    var raw =
        copy == LdmModel.Copy.RAW
            ? component("unet", "diffusion_pytorch_model.non_ema", false)
            : Map.<String, Stored>of();
    hasRawFile = !raw.isEmpty();
    var unet = raw.isEmpty() ? component("unet", "diffusion_pytorch_model", true) : raw;
    var vae = component("vae", "diffusion_pytorch_model", true);
    var text = component("text_encoder", "model", false);
    if (text.isEmpty()) {
      text = component("text_encoder", "pytorch_model", false);
    }
    sidecar =
        LdmSidecar.ofFolder(
            path.toString(),
            unetConfig,
            config("vae", "config.json", false),
            textConfig,
            config("scheduler", "scheduler_config.json", false));
    // blocks are stored without the last already, and so say the settings
    parts = LdmParts.ofFolder(path.toString(), unet, vae, text);
    var list = path.resolve("tokenizer").resolve("merges.txt");
    merges = Files.isRegularFile(list) ? Optional.of(list) : Optional.empty();
  }

  private Map<String, Object> config(String part, String name, boolean required) {
    var file = path.resolve(part).resolve(name);
    if (Files.isRegularFile(file)) {
      return LdmSidecar.map(settings(file));
    }
    if (required) {
      throw new Problem(
          path
              + " has no "
              + part
              + "/"
              + name
              + ": it is no whole model of diffusers. Copy all of it.");
    }
    return Map.of();
  }

  private Map<String, Stored> component(String part, String stem, boolean required) {
    var folder = path.resolve(part);
    for (var ending : PLAIN_FIRST) {
      var file = folder.resolve(stem + ending);
      var index = folder.resolve(stem + ending + ".index.json");
      if (Files.isRegularFile(file) || Files.isRegularFile(index)) {
        var tensors = TensorFile.open(Files.isRegularFile(file) ? file : index);
        open.add(tensors);
        tensors.stateDict().forEach((name, tensor) -> contents.put(part + "/" + name, tensor));
        return reader.read().apply(tensors.stateDict());
      }
    }
    if (required) {
      throw new Problem(
          folder
              + " holds no weights ("
              + stem
              + ".safetensors). Copy the whole folder of the model.");
    }
    return Map.of();
  }

  /**
   * Puts an autoencoder of a file of its own in place of the model's.
   *
   * @throws Problem if the file holds none
   */
  public void replaceVae(Path file) {
    var tensors = TensorFile.open(file);
    open.add(tensors);
    parts = parts.withVae(reader.read().apply(tensors.stateDict()), file.toString());
    if (!parts.vae().containsKey("decoder.conv_out.weight")) {
      throw new Problem(
          file
              + " holds no autoencoder of Stable Diffusion: decoder.conv_out is not in it. Give a"
              + " VAE file, or leave --vae out.");
    }
  }

  /**
   * Lays low-rank changes over the networks.
   *
   * @throws Problem if the file is no LoRA for this model
   */
  public void apply(LoraChoice choice) {
    var tensors = TensorFile.open(choice.file());
    open.add(tensors);
    parts =
        Lora.apply(
            parts,
            choice.file().toString(),
            reader.read().apply(tensors.stateDict()),
            choice.strength());
  }

  /**
   * The model.
   *
   * @throws Problem if something of it is missing or cannot be run
   */
  public LdmModel model(LdmModel.Choices choices) {
    var model = LdmModel.of(path.toString(), parts, sidecar, choices, LdmModel.Scale.OF_NETWORK);
    boolean isTold =
        choices.copy() == LdmModel.Copy.EMA || hasRawFile || !parts.averaged().isEmpty();
    return isTold ? model : model.with(ONE_COPY);
  }

  /**
   * The model with the autoencoder's own latents, as it was trained before there was a diffusion
   * network.
   *
   * @throws Problem if something of it is missing or cannot be run
   */
  public LdmModel unscaled(LdmModel.Choices choices) {
    return LdmModel.of(path.toString(), parts, sidecar, choices, LdmModel.Scale.OF_AUTOENCODER);
  }

  /** The file or folder. */
  public Path path() {
    return path;
  }

  /** All tensors by their names there; those of a folder with the part before. */
  public Map<String, StoredTensor> contents() {
    return contents;
  }

  /** All open files: what a hash is made of, in a fixed order. */
  public List<Path> files() {
    return open.stream().flatMap(file -> withParts(file.path()).stream()).toList();
  }

  /** A file, and the parts that an index stands for. */
  private static List<Path> withParts(Path file) {
    var all = new ArrayList<>(List.of(file));
    var folder = file.toAbsolutePath().getParent();
    if (file.toString().endsWith(".index.json") && folder != null) {
      try (var beside = Files.list(folder)) {
        beside
            .filter(each -> each.toString().matches(".*-\\d+-of-\\d+\\.\\w+"))
            .sorted()
            .forEach(all::add);
      } catch (IOException e) {
        throw new Problem(folder + " could not be read: " + e.getMessage(), e);
      }
    }
    return all;
  }

  /** The merges of the tokenizer, where the folder has them. */
  public Optional<Path> merges() {
    return merges;
  }

  /** Classes that were read as placeholders. */
  public SortedSet<String> placeholders() {
    var all = new TreeSet<String>();
    open.forEach(file -> all.addAll(file.placeholders()));
    return all;
  }

  @Override
  public void close() {
    open.forEach(TensorFile::close);
  }
}
