package org.infd.exporter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.exporter.ldm.LdmModel;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.Weights;
import org.infd.exporter.torch.Checkpoint;
import org.infd.exporter.torch.StoredTensor;
import org.infd.exporter.torch.TensorFile;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.jspecify.annotations.Nullable;

/**
 * A model as it is read, whatever kind of file it came in: the arguments and tensors of an INFD
 * model. Tensors are valid until it is closed.
 *
 * @param path the file or folder
 * @param modelArgs the arguments of the model, a tree of plain values
 * @param cfg the training configuration, for hints; may be empty
 * @param iteration the training iteration, if known
 * @param tensors by the names of an INFD model
 * @param contents everything in the file, by the names there
 * @param origins what tensors are called in the file, where that is another name
 * @param unetPrefix where the diffusion network stands; null: as INFD's training puts it
 * @param merges what texts become tokens by, where it is a file of its own; else null
 * @param hash the SHA-256 of the file, or of the hashes of all files
 */
record ModelSource(
    Path path,
    Map<String, @Nullable Object> modelArgs,
    Map<String, @Nullable Object> cfg,
    OptionalLong iteration,
    Map<String, Weights.Stored> tensors,
    Map<String, StoredTensor> contents,
    Map<String, String> origins,
    List<String> remarks,
    Collection<String> placeholders,
    @Nullable String unetPrefix,
    @Nullable Path merges,
    List<Path> files,
    Runnable closing)
    implements AutoCloseable {
  /** Where merges lie beside a single file, in the order in which they are looked for. */
  private static final List<String> MERGES =
      List.of(
          "merges.txt", "merges.txt.gz", "bpe_simple_vocab_16e6.txt.gz", "tokenizer/merges.txt");

  /**
   * Opens an INFD checkpoint, or a model of latent diffusion.
   *
   * @throws Problem if it is neither, is damaged, or cannot be run
   */
  static ModelSource open(Path path, ImportOptions options) {
    var reader = new LdmFiles.Reader(CheckpointTensor::stored);
    if (LdmFiles.isFolder(path)) {
      return ofLdm(LdmFiles.openFolder(path, reader), options);
    }
    var tensors = tensors(path);
    if (tensors != null) {
      try {
        var files = LdmFiles.of(tensors, reader);
        if (files.isPresent()) {
          return ofLdm(files.get(), options);
        }
      } catch (RuntimeException e) {
        tensors.close();
        throw e;
      }
      tensors.close();
    }
    if (!options.latentDiffusion().isUsual()) {
      throw new Problem(
          path
              + " is no model of Stable Diffusion or latent diffusion, so --weights, --prediction,"
              + " --side, --vae and --lora mean nothing to it. Leave them out.");
    }
    return of(Checkpoint.open(path));
  }

  /** The tensors of a file by name; null where it holds none, which is told when it is opened. */
  private static @Nullable TensorFile tensors(Path path) {
    if (!Files.isRegularFile(path)) {
      return null;
    }
    try {
      return TensorFile.open(path);
    } catch (Problem e) {
      return null;
    }
  }

  private static ModelSource of(Checkpoint checkpoint) {
    try {
      return new ModelSource(
          checkpoint.path(),
          checkpoint.modelArgs(),
          checkpoint.cfg(),
          checkpoint.iteration(),
          CheckpointTensor.stored(checkpoint.stateDict()),
          checkpoint.stateDict(),
          Map.of(),
          checkpoint.remarks(),
          checkpoint.placeholders(),
          null,
          null,
          List.of(checkpoint.path()),
          checkpoint::close);
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  private static ModelSource ofLdm(LdmFiles files, ImportOptions options) {
    try {
      var wishes = options.latentDiffusion();
      if (wishes.vae() != null) {
        files.replaceVae(wishes.vae());
      }
      var model = model(files, wishes);
      var remarks = new ArrayList<>(model.remarks());
      for (var lora : wishes.loras()) {
        remarks.add(
            "Changed by "
                + lora.file().getFileName()
                + " with a strength of "
                + lora.strength()
                + ".");
      }
      remarks.add(
          "Its own decoder renders pictures of "
              + side(model)
              + " pixels and no others: zoom, exports of any size and layouts need an INFD decoder"
              + " trained on the same latents ('infd compose').");
      var merges = merges(files, wishes);
      var tensors = new LinkedHashMap<>(model.tensors());
      if (merges != null) {
        // read by itself, and known to be there
        tensors.put(
            InfdGraphs.MERGES,
            new Weights.Stored(List.of(0L), org.infd.exporter.graph.TensorSource.of()));
      } else if (model.modelArgs().get("z_dm_cond") instanceof String kind
          && !kind.equals("class")) {
        throw new Problem(
            "The merges by which texts become tokens are not in "
                + files.path()
                + " and not beside it: add --vocab FILE. "
                + VocabularyFile.WHERE);
      }
      return new ModelSource(
          files.path(),
          model.modelArgs(),
          Map.of(),
          OptionalLong.empty(),
          tensors,
          files.contents(),
          model.origins(),
          remarks,
          files.placeholders(),
          LdmModel.UNET,
          merges,
          files.files(),
          files::close);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static LdmModel model(LdmFiles files, ImportOptions.LatentDiffusion wishes) {
    wishes.loras().forEach(files::apply);
    return files.model(new LdmModel.Choices(wishes.copy(), wishes.prediction(), wishes.side()));
  }

  private static Object side(LdmModel model) {
    return model.modelArgs().get("encoder") instanceof Map<?, ?> encoder
            && encoder.get("args") instanceof Map<?, ?> args
        ? String.valueOf(args.get("resolution"))
        : "one size";
  }

  private static @Nullable Path merges(LdmFiles files, ImportOptions.LatentDiffusion wishes) {
    if (wishes.vocabulary() != null) {
      return wishes.vocabulary();
    }
    if (files.merges().isPresent()) {
      return files.merges().get();
    }
    for (var name : MERGES) {
      var beside = files.path().resolveSibling(name);
      if (Files.isRegularFile(beside)) {
        return beside;
      }
    }
    return wishes.otherwise();
  }

  /** Whether it is what INFD's own training wrote. */
  boolean isOfInfd() {
    return unetPrefix == null;
  }

  /** What a tensor is called in the file. */
  String origin(String name) {
    return origins.getOrDefault(name, name);
  }

  /**
   * The names in the file of the tensors that were asked for, and of what they were joined from.
   */
  Set<String> originsOf(Collection<String> asked) {
    var found = new java.util.HashSet<String>();
    asked.forEach(name -> found.add(origin(name)));
    origins.forEach(
        (name, origin) -> {
          if (name.contains(":")) {
            found.add(origin);
          }
        });
    return found;
  }

  /** The SHA-256 of the file, or of the hashes of its files one after the other. */
  String hash() {
    var hashes = files.stream().map(ModelBundle::sha256).toList();
    return hashes.size() == 1
        ? hashes.getFirst()
        : ModelBundle.sha256(
            String.join("\n", hashes).getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    closing.run();
  }
}
