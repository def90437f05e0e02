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
import org.infd.exporter.graph.TensorSource;
import org.infd.exporter.ldm.LdmField;
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
 * @param remarks what the user should know, as sentences
 * @param placeholders classes that were read as placeholders
 * @param unetPrefix where the diffusion network stands; null: as INFD's training puts it
 * @param merges what texts become tokens by, where it is a file of its own; else null
 * @param files what was read, for a hash
 * @param closing closes the file, or all of them
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
      return ofLdm(LdmFiles.openFolder(path, reader, options.latentDiffusion().copy()), options);
    }
    TensorFile tensors = null;
    Problem reason = null;
    try {
      // what is no file is told when it is opened as a checkpoint
      tensors = Files.isRegularFile(path) ? TensorFile.open(path) : null;
    } catch (Problem e) {
      reason = e;
    }
    if (tensors != null) {
      var files = LdmFiles.of(tensors, reader);
      if (files.isPresent()) {
        return ofLdm(files.get(), options);
      }
      tensors.close();
    }
    if (reason != null && !options.latentDiffusion().isUsual()) {
      throw reason;
    }
    if (!options.latentDiffusion().isUsual()) {
      throw new Problem(
          path
              + " is no model of Stable Diffusion or latent diffusion, so --weights, --prediction,"
              + " --side, --vae and --lora mean nothing to it. Leave them out.");
    }
    return of(Checkpoint.open(path));
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
      var model = model(files, options.latentDiffusion());
      var source = ofLdm(files, model, options, files::close);
      source
          .remarks()
          .add(
              "Its own decoder renders pictures of "
                  + side(model)
                  + " pixels and no others: zoom, exports of any size and layouts need an INFD"
                  + " decoder trained on the same latents ('infd compose').");
      return source;
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static ModelSource ofLdm(
      LdmFiles files, LdmModel model, ImportOptions options, Runnable closing) {
    var wishes = options.latentDiffusion();
    var remarks = new ArrayList<>(model.remarks());
    for (var lora : wishes.loras()) {
      remarks.add(
          "Changed by "
              + lora.file().getFileName()
              + " with a strength of "
              + lora.strength()
              + ".");
    }
    var merges = merges(files, model, wishes);
    var tensors = new LinkedHashMap<>(model.tensors());
    if (merges != null) {
      // read by itself, and known to be there
      tensors.put(InfdGraphs.MERGES, new Weights.Stored(List.of(0L), TensorSource.of()));
    } else if ("infd_studio_text".equals(model.modelArgs().get("z_dm_cond"))) {
      throw new MissingMerges(files.path());
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
        closing);
  }

  /**
   * Opens a Stable Diffusion network with the decoder and renderer of an INFD autoencoder.
   *
   * @param network the file or folder of the network
   * @param field an INFD checkpoint that was trained on its latents
   * @throws Problem if one of them is of another kind, or they do not belong together
   */
  static ModelSource compose(Path network, Path field, ImportOptions options) {
    var files = ldm(network, options.latentDiffusion().copy());
    try {
      var model = model(files, options.latentDiffusion());
      var plain = files.unscaled(choices(options.latentDiffusion()));
      var checkpoint = Checkpoint.open(field);
      try {
        var both =
            LdmField.compose(
                model,
                plain.tensors(),
                checkpoint.modelArgs(),
                CheckpointTensor.stored(checkpoint.stateDict()),
                field.toString());
        var source =
            ofLdm(
                files,
                both,
                options,
                () -> {
                  files.close();
                  checkpoint.close();
                });
        return source.with(checkpoint);
      } catch (RuntimeException e) {
        checkpoint.close();
        throw e;
      }
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private ModelSource with(Checkpoint field) {
    var all = new LinkedHashMap<>(contents);
    all.putAll(field.stateDict());
    var both = new ArrayList<>(files);
    both.add(field.path());
    return new ModelSource(
        path,
        modelArgs,
        field.cfg(),
        field.iteration(),
        tensors,
        all,
        origins,
        remarks,
        placeholders,
        unetPrefix,
        merges,
        both,
        closing);
  }

  /**
   * Opens a model of latent diffusion.
   *
   * @param copy which of two copies of the network is taken, where a folder has both
   * @throws Problem if it is none, is damaged, or cannot be run
   */
  static LdmFiles ldm(Path path, LdmModel.Copy copy) {
    var reader = new LdmFiles.Reader(CheckpointTensor::stored);
    if (LdmFiles.isFolder(path)) {
      return LdmFiles.openFolder(path, reader, copy);
    }
    var tensors = TensorFile.open(path);
    var files = LdmFiles.of(tensors, reader);
    if (files.isEmpty()) {
      tensors.close();
      throw new Problem(
          path
              + " is no model of Stable Diffusion. Give its .safetensors or .ckpt file, or its"
              + " folder of diffusers.");
    }
    return files.get();
  }

  private static LdmModel model(LdmFiles files, ImportOptions.LatentDiffusion wishes) {
    if (wishes.vae() != null) {
      files.replaceVae(wishes.vae());
    }
    wishes.loras().forEach(files::apply);
    return files.model(choices(wishes));
  }

  private static LdmModel.Choices choices(ImportOptions.LatentDiffusion wishes) {
    return new LdmModel.Choices(wishes.copy(), wishes.prediction(), wishes.side());
  }

  private static Object side(LdmModel model) {
    return model.modelArgs().get("encoder") instanceof Map<?, ?> encoder
            && encoder.get("args") instanceof Map<?, ?> args
        ? String.valueOf(args.get("resolution"))
        : "one size";
  }

  private static @Nullable Path merges(
      LdmFiles files, LdmModel model, ImportOptions.LatentDiffusion wishes) {
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
    return wishes.known().get(model.tokens());
  }

  /** Whether it is what INFD's own training wrote. */
  boolean isOfInfd() {
    return unetPrefix == null;
  }

  /**
   * Makes sure that a diffusion network has no part that nobody asked for: it would be another
   * network. INFD's own files are reported instead.
   *
   * @throws Problem naming the first such part
   */
  void requireAllOf(String prefix, Set<String> asked) {
    if (isOfInfd()) {
      return;
    }
    tensors.keySet().stream()
        .filter(name -> name.startsWith(prefix) && !asked.contains(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw LdmModel.otherCondition(path.toString(), origin(name));
            });
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
