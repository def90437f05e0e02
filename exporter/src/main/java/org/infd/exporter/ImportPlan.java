package org.infd.exporter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.infd.exporter.graph.NodeGraph;
import org.infd.exporter.network.InfdGraphs;
import org.infd.exporter.network.ModelSettings;
import org.infd.exporter.network.PlannedGraph;
import org.infd.exporter.network.Weights;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle of a checkpoint will hold, before anything is written.
 *
 * @param model open as long as the plan is used
 * @param unetPrefix the diffusion network taken, or "" without one
 * @param graphs in the order in which they are written
 * @param norms the renderer's norms in layer order
 * @param vocabulary what the text tower's tokens are made by, or null without one
 */
record ImportPlan(
    ModelSource model,
    ImportOptions options,
    ModelSettings settings,
    Weights weights,
    String unetPrefix,
    List<PlannedGraph> graphs,
    List<Manifest.Norm> norms,
    @Nullable VocabularyFile vocabulary,
    List<String> warnings) {
  /** The side of the smallest latents of a trial; every halving leaves at least two pixels. */
  private static final int SMALL_SIDE = 8;

  private static final String EMA = "z_dm_ema.";
  private static final String RAW = "z_dm.";
  // the official network has this part with noisy_z_cond, and the official code never runs it
  private static final String NEVER_RUN = "z_cond_time_embed.";

  static ImportPlan of(ModelSource model, ImportOptions options) {
    var settings = ModelSettings.of(model.modelArgs());
    var weights = new Weights(model.tensors());
    var warnings = new ArrayList<>(settings.remarks());
    warnings.addAll(model.remarks());
    var unetPrefix = settings.unet() == null ? "" : unetPrefix(model, weights, warnings);
    var networks = new InfdGraphs(settings, weights);
    var graphs = networks.all(unetPrefix);
    if (settings.unet() == null) {
      warnings.add(
          "The file is of the autoencoder stage: the bundle can encode, decode and render, but not"
              + " generate.");
    }
    model.requireAllOf(unetPrefix, weights.asked().keySet());
    var plan =
        new ImportPlan(
            model,
            options,
            settings,
            weights,
            unetPrefix,
            graphs,
            networks.norms(),
            VocabularyFile.of(model, settings.condition()),
            warnings);
    if (plan.trainedScale() == null && !settings.renderer().fixed()) {
      warnings.add(
          "The checkpoint does not say at which image sides the renderer was trained; give them"
              + " with --trained-scale MIN..MAX.");
    }
    return plan;
  }

  private static String unetPrefix(ModelSource model, Weights weights, List<String> warnings) {
    var known = model.unetPrefix();
    if (known != null) {
      return known;
    }
    if (weights.hasPrefix(EMA)) {
      return EMA;
    }
    if (weights.hasPrefix(RAW)) {
      warnings.add(
          "The averaged diffusion network (z_dm_ema) is not in the file; the raw one (z_dm) was"
              + " taken, which gives somewhat worse pictures.");
      return RAW;
    }
    throw new Problem(
        model.path()
            + " describes a diffusion network but holds neither z_dm_ema nor z_dm. Use the file as"
            + " training wrote it.");
  }

  /** The image sides the renderer was trained on, or null when nobody says. */
  Manifest.@Nullable TrainedScale trainedScale() {
    var range = options.trainedScale();
    return range != null
        ? new Manifest.TrainedScale(range.min(), range.max(), "user")
        : TrainedScales.of(model.cfg());
  }

  /**
   * The networks for smaller pictures, by the names of those that they are run for in a trial: the
   * derivatives, whose graphs hold those of the networks themselves.
   *
   * @param measured whether encoder and decoder are run later on, so that they are among them
   */
  Map<String, NodeGraph> smaller(boolean measured) {
    var unet = settings.unet();
    int side = unet == null ? SMALL_SIDE : Math.max(SMALL_SIDE, 2 * unet.factor());
    var smaller = new LinkedHashMap<String, NodeGraph>();
    if (side < settings.latent().height() && side < settings.latent().width()) {
      for (var planned :
          new InfdGraphs(settings.withLatentSize(side, side), weights).all(unetPrefix)) {
        var name = planned.graph().name();
        boolean coder = name.equals("encode") || name.equals("decode");
        boolean derived = name.equals("unet_vjp") || name.equals("decode_vjp");
        if (derived || (coder && measured)) {
          smaller.put(name, planned.graph());
        }
      }
    }
    return smaller;
  }

  Manifest manifest(
      String id,
      Manifest.Source source,
      String exporter,
      Map<String, Manifest.GraphEntry> entries) {
    var renderer = settings.renderer();
    return new Manifest(
        Manifest.FORMAT,
        id,
        options.name() != null ? options.name() : id,
        options.description() != null ? options.description() : "",
        options.licence() != null ? options.licence() : "unknown",
        source,
        exporter,
        options.fp16() ? Manifest.Storage.FP16 : Manifest.Storage.FP32,
        settings.latent(),
        settings.featureMap(),
        settings.encoderSide(),
        new Manifest.Renderer(
            renderer.fixed() ? Manifest.RendererKind.FIXED : Manifest.RendererKind.FIELD,
            renderer.receptiveRadius(),
            renderer.hiddenChannels(),
            norms),
        trainedScale(),
        null,
        settings.diffusion(),
        conditioning(),
        null,
        null,
        entries);
  }

  private Manifest.Conditioning conditioning() {
    var condition = settings.condition();
    return new Manifest.Conditioning(
        condition.kind(),
        condition.classes(),
        condition.width(),
        condition.length(),
        condition.unconditionalTrained(),
        vocabulary == null ? null : vocabulary.entry(),
        condition.padding());
  }

  ImportReport report(
      Path target,
      Manifest.@Nullable SharpScale sharp,
      List<String> allWarnings,
      List<ImportReport.WrittenGraph> written,
      List<ImportReport.Trial> trials) {
    var used = model.originsOf(weights.asked().keySet());
    var prefixes = new LinkedHashSet<String>();
    used.forEach(name -> prefixes.add(prefix(name)));
    var taken = new LinkedHashMap<String, ImportReport.Part>();
    var ignored = new LinkedHashMap<String, ImportReport.Part>();
    var unexpected = new ArrayList<String>();
    long bytes = 0;
    for (var entry : model.contents().entrySet()) {
      var name = entry.getKey();
      var tensor = entry.getValue();
      long size = tensor.elements() * tensor.type().width();
      bytes += size;
      var prefix = prefix(name);
      if (used.contains(name)) {
        count(taken, prefix, size);
      } else if (prefixes.contains(prefix)
          && model.isOfInfd()
          && !name.startsWith(unetPrefix + NEVER_RUN)) {
        unexpected.add(name);
      } else {
        count(ignored, prefix, size);
      }
    }
    return new ImportReport(
        model.path(),
        target,
        description(sharp),
        model.contents().size(),
        bytes,
        List.copyOf(taken.values()),
        List.copyOf(ignored.values()),
        weights.missing(),
        unexpected,
        weights.misshaped(),
        List.copyOf(model.placeholders()),
        allWarnings,
        written,
        trials);
  }

  private static String prefix(String name) {
    int dot = name.indexOf('.');
    return dot < 0 ? name : name.substring(0, dot + 1);
  }

  private static void count(Map<String, ImportReport.Part> parts, String prefix, long bytes) {
    parts.merge(
        prefix,
        new ImportReport.Part(prefix, 1, bytes),
        (a, b) -> new ImportReport.Part(prefix, a.tensors() + b.tensors(), a.bytes() + b.bytes()));
  }

  private List<String> description(Manifest.@Nullable SharpScale sharp) {
    var latent = settings.latent();
    var map = settings.featureMap();
    var renderer = settings.renderer();
    var lines = new ArrayList<String>();
    lines.add(
        NumberText.format(
            "latent %d×%d×%d, %s",
            latent.channels(),
            latent.height(),
            latent.width(),
            switch (latent.kind()) {
              case QUANTISED -> latent.codebook() + " codebook rows";
              case GAUSSIAN -> "Gaussian";
              case PLAIN -> "as encoded";
            }));
    lines.add(
        NumberText.format(
            "feature map %d×%d×%d, encoder side %d",
            map.channels(), map.height(), map.width(), settings.encoderSide()));
    lines.add(
        renderer.fixed()
            ? "renderer of one fixed resolution"
            : NumberText.format(
                "renderer of hidden width %d, kernel %d, receptive radius %d, %d norms",
                renderer.hiddenChannels(),
                renderer.kernel(),
                renderer.receptiveRadius(),
                norms.size()));
    var diffusion = settings.diffusion();
    if (diffusion != null) {
      lines.add(
          NumberText.format(
              "diffusion network%s predicts %s, conditioned on %s",
              model.isOfInfd() ? " " + unetPrefix : "",
              diffusion.prediction().name().toLowerCase(Locale.ROOT),
              settings.condition().kind().name().toLowerCase(Locale.ROOT)));
    }
    var text = settings.condition().text();
    if (text != null) {
      lines.add(
          NumberText.format(
              "text tower of width %d, %d blocks, for %d tokens of a vocabulary of %d",
              text.transformer().width(),
              text.transformer().blocks(),
              text.contextLength(),
              text.vocabulary()));
    }
    var scale = trainedScale();
    if (renderer.fixed()) {
      return lines;
    }
    lines.add(
        scale == null
            ? "trained scale unknown"
            : NumberText.format(
                "trained scale %d..%d (%s)", scale.min(), scale.max(), scale.source()));
    if (sharp != null) {
      lines.add(
          NumberText.format(
              "sharp up to %d pixels a side (%s), where it keeps %.0f %% of the true gradient"
                  + " energy",
              sharp.side(), sharp.source(), 100 * sharp.kept()));
    }
    return lines;
  }
}
