package org.infd.inference.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bundle.json} says of a model: every number that the engine needs and cannot read off
 * a graph.
 *
 * @param format the version of the bundle format, {@link #FORMAT}
 * @param id a short name for folders and recipes: lower-case letters, digits, '-'
 * @param name what the user is shown
 * @param description what the model is, honestly, in a sentence or two; may be empty
 * @param licence under which terms the weights may be used; "unknown" when the importer was not
 *     told
 * @param source the checkpoint that the bundle was made from
 * @param exporter the version of the exporter that made the bundle
 * @param storage how the weights are stored
 * @param latent the latent z
 * @param featureMap the feature map φ
 * @param encoderSide the side in pixels of the square picture that {@code encode} takes
 * @param renderer the renderer
 * @param trainedScale the image sides N that the renderer was trained on, or null when unknown
 * @param sharpScale up to which side pictures are sharp, or null when nobody measured it
 * @param diffusion the diffusion process, or null when the checkpoint has no diffusion network
 * @param conditioning what the diffusion network is conditioned on
 * @param clip what scores crops against texts, or null when there is none
 * @param words the words that the model knows, by what they name ("light", "things"); null when the
 *     importer was not told
 * @param graphs the graphs by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
    int format,
    String id,
    String name,
    String description,
    String licence,
    Source source,
    String exporter,
    Storage storage,
    Latent latent,
    FeatureMap featureMap,
    int encoderSide,
    Renderer renderer,
    @Nullable TrainedScale trainedScale,
    @Nullable SharpScale sharpScale,
    @Nullable Diffusion diffusion,
    Conditioning conditioning,
    @Nullable Clip clip,
    @Nullable Map<String, List<String>> words,
    Map<String, GraphEntry> graphs) {
  /** The version that this program writes, and the newest that it reads. */
  public static final int FORMAT = 1;

  /** The same model with a CLIP and its graphs in place of the old one. */
  public Manifest withClip(Clip newClip, Map<String, GraphEntry> newGraphs) {
    return with(sharpScale, newClip, newGraphs);
  }

  /** The same model, measured. */
  public Manifest withSharpScale(SharpScale newScale) {
    return with(newScale, clip, graphs);
  }

  private Manifest with(
      @Nullable SharpScale newScale, @Nullable Clip newClip, Map<String, GraphEntry> newGraphs) {
    return new Manifest(
        format,
        id,
        name,
        description,
        licence,
        source,
        exporter,
        storage,
        latent,
        featureMap,
        encoderSide,
        renderer,
        trainedScale,
        newScale,
        diffusion,
        conditioning,
        newClip,
        words,
        newGraphs);
  }

  /** How weights are stored; computation is float32 either way. */
  public enum Storage {
    FP32,
    FP16
  }

  /**
   * The checkpoint behind a bundle.
   *
   * @param file its file name, without folders
   * @param sha256 the hash of the whole file, lower-case hexadecimal
   * @param iteration the training iteration it was saved at, or null when the file does not say
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Source(String file, String sha256, @Nullable Long iteration) {}

  /**
   * The latent z, (N, channels, height, width).
   *
   * @param kind what stands between z and the decoder
   * @param codebook the number of codebook rows, 0 without a quantiser
   * @param scale what the encoder's own values were multiplied by, which the weights hold already;
   *     for information; null: nothing
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Latent(
      int channels, int height, int width, LatentKind kind, int codebook, @Nullable Double scale) {
    /** A latent as the encoder gives it. */
    public Latent(int channels, int height, int width, LatentKind kind, int codebook) {
      this(channels, height, width, kind, codebook, null);
    }

    /** The number of values of one latent. */
    public int elements() {
      return channels * height * width;
    }

    /** The shape of {@code n} latents. */
    public long[] shape(int n) {
      return new long[] {n, channels, height, width};
    }
  }

  /** What stands between z and the decoder (docs/spec/infd-model.md 3). */
  public enum LatentKind {
    /** A codebook: the decoder sees the nearest rows. */
    QUANTISED,
    /** The encoder gives a mean and a deviation. */
    GAUSSIAN,
    /** Nothing: the encoder's output is the latent. */
    PLAIN
  }

  /** The feature map φ, (N, channels, height, width). */
  public record FeatureMap(int channels, int height, int width) {}

  /**
   * The renderer (docs/spec/infd-model.md 4).
   *
   * @param kind whether it renders any rectangle at any scale or only φ's own size
   * @param receptiveRadius how many pixels beside its own a pixel depends on, norms aside
   * @param hiddenChannels the width of the inner network, 0 for the fixed tail
   * @param norms its group norms in layer order; empty for a model without norms
   */
  public record Renderer(
      RendererKind kind, int receptiveRadius, int hiddenChannels, List<Norm> norms) {
    /** Copies the list. */
    public Renderer {
      norms = List.copyOf(norms);
    }

    /** Whether statistics have to be frozen for tiles to match. */
    public boolean hasNorms() {
      return !norms.isEmpty();
    }
  }

  /** The two kinds of renderer. */
  public enum RendererKind {
    /** Renders any rectangle at any scale. */
    FIELD,
    /** Renders φ at its own size only (fixed-resolution tail). */
    FIXED
  }

  /**
   * A group norm of the renderer. Its frozen parameters are the external initializers {@code
   * norm_<k>_mean} and {@code norm_<k>_variance} of the {@code render} graph, each with {@code
   * channels} values; k counts from 0 in layer order.
   *
   * @param name the tensor name prefix in the checkpoint
   * @param channels its channels
   * @param groups its groups; group g holds channels g·channels/groups to (g+1)·channels/groups − 1
   */
  public record Norm(String name, int channels, int groups) {}

  /**
   * The least side of an image at which the renderer does not alias: the least trained one, or that
   * of φ where it is not known.
   */
  public int smallestSide() {
    return trainedScale == null
        ? Math.max(featureMap.height(), featureMap.width())
        : trainedScale.min();
  }

  /**
   * The image sides that the renderer was trained on.
   *
   * @param min the smallest N
   * @param max the largest N
   * @param source "checkpoint" or "user": who said so
   */
  public record TrainedScale(int min, int max, String source) {}

  /**
   * Up to which side of an image it is sharp (docs/design.md 12).
   *
   * @param side N*, the encoder's side times 2, 4, 8 and so on
   * @param kept the share of the true gradient energy there, about 1 for a model that is as sharp
   *     as the truth
   * @param source "measured" or "user": who said so
   */
  public record SharpScale(int side, double kept, String source) {}

  /**
   * The diffusion process (docs/spec/infd-model.md 6).
   *
   * @param steps the number of training steps
   * @param schedule the beta schedule
   * @param betaStart the first beta of the linear schedule, for 1000 steps
   * @param betaEnd the last beta of the linear schedule, for 1000 steps
   * @param prediction what the network predicts
   * @param eta the checkpoint's default η of DDIM
   * @param respacing the checkpoint's default time-step respacing, for example "ddim200" or
   *     "leading50+1"
   * @param lastAlpha what is left of the noise after the last step; null: nothing
   * @param guidanceScale the scale of classifier-free guidance that the network is usually sampled
   *     with, null where nobody says
   * @param sampler what the network is usually sampled by, null where nobody says
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Diffusion(
      int steps,
      Schedule schedule,
      double betaStart,
      double betaEnd,
      Prediction prediction,
      double eta,
      String respacing,
      @Nullable LastAlpha lastAlpha,
      @Nullable Double guidanceScale,
      @Nullable Sampler sampler) {
    /** A process that ends without noise, and whose usual guidance and sampler nobody says. */
    public Diffusion(
        int steps,
        Schedule schedule,
        double betaStart,
        double betaEnd,
        Prediction prediction,
        double eta,
        String respacing) {
      this(steps, schedule, betaStart, betaEnd, prediction, eta, respacing, null, null, null);
    }
  }

  /** The samplers that a model can be meant for. */
  public enum Sampler {
    /** DPM-Solver++(2M), good in few steps. */
    DPMPP,
    /** DDIM with the model's own η. */
    DDIM,
    /** Euler's method. */
    EULER,
    /** Its ancestral form, whose fresh noise at each step mends what the one before got wrong. */
    EULER_A
  }

  /** The beta schedules of docs/spec/infd-model.md 6, and that of latent diffusion. */
  public enum Schedule {
    /** β in equal steps; the ends are those for 1000 steps. */
    LINEAR,
    /** By the squared cosine. */
    COSINE,
    /** √β in equal steps between the roots of the ends, for any number of steps. */
    SQRT_LINEAR
  }

  /** What the running product ᾱ of a sampling run is after its last step. */
  public enum LastAlpha {
    /** 1: no noise is left. */
    ONE,
    /** That of training step 0, as latent diffusion's own samplers end. */
    FIRST
  }

  /** What a diffusion network predicts (docs/spec/infd-model.md 6). */
  public enum Prediction {
    EPSILON,
    X0,
    VELOCITY
  }

  /**
   * What the diffusion network is conditioned on.
   *
   * @param classes the number of classes for {@link ConditioningKind#CLASS}; row {@code classes} of
   *     the table means "unconditional"
   * @param contextWidth the width of a context token, 0 without conditioning
   * @param contextLength the number of context tokens, 0 without conditioning
   * @param unconditionalTrained whether the network has seen the unconditional context in training,
   *     so that classifier-free guidance makes sense
   * @param vocabulary what texts become tokens by for {@link ConditioningKind#TEXT}, else null
   * @param padding what stands behind the end marker of a text; null: token 0
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Conditioning(
      ConditioningKind kind,
      int classes,
      int contextWidth,
      int contextLength,
      boolean unconditionalTrained,
      @Nullable Vocabulary vocabulary,
      @Nullable Padding padding) {
    /** Conditioning whose texts, if any, are padded with token 0. */
    public Conditioning(
        ConditioningKind kind,
        int classes,
        int contextWidth,
        int contextLength,
        boolean unconditionalTrained,
        @Nullable Vocabulary vocabulary) {
      this(kind, classes, contextWidth, contextLength, unconditionalTrained, vocabulary, null);
    }

    /** No conditioning. */
    public static Conditioning none() {
      return new Conditioning(ConditioningKind.NONE, 0, 0, 0, false, null);
    }
  }

  /** What fills the positions behind the end marker of a text. */
  public enum Padding {
    /** Token 0. */
    ZERO,
    /** The end marker again. */
    END
  }

  /**
   * The vocabulary of a text tower (docs/spec/clip.md 8).
   *
   * @param file the merges, relative to the bundle
   * @param sha256 its hash
   * @param tokens how many tokens the tower knows
   */
  public record Vocabulary(String file, String sha256, int tokens) {}

  /**
   * A CLIP, whose image tower is the graphs {@code clip_image} and {@code clip_image_vjp}
   * (docs/spec/clip.md 2).
   *
   * @param side the side in pixels of the square crops that it looks at
   * @param embedding the length of both towers' results
   * @param activation "quick_gelu" or "gelu": the weights alone do not tell it
   * @param textGraph the graph of its text tower; may be the one that conditions the network
   * @param contextLength how many tokens that takes
   * @param vocabulary what texts become tokens by
   * @param source the file that it was imported from
   */
  public record Clip(
      int side,
      int embedding,
      String activation,
      String textGraph,
      int contextLength,
      Vocabulary vocabulary,
      Source source) {}

  /** The kinds of conditioning. */
  public enum ConditioningKind {
    NONE,
    CLASS,
    TEXT
  }

  /**
   * One graph of the bundle.
   *
   * @param file the ONNX file, relative to the bundle
   * @param sha256 the hash of the ONNX file
   * @param weights the file with its external weights, relative to the bundle; several graphs may
   *     share one; null when it has none
   * @param weightsSha256 the hash of the weights file, null when there is none
   * @param form what kind of graph it is, for people: "forward", "vjp", "moments"
   * @param inputs its inputs in order
   * @param outputs its outputs in order
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record GraphEntry(
      String file,
      String sha256,
      @Nullable String weights,
      @Nullable String weightsSha256,
      String form,
      List<Port> inputs,
      List<Port> outputs) {
    /** Copies the lists. */
    public GraphEntry {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * An input or output of a graph.
   *
   * @param type the element type: "float32", "float64", "int64", "int32"
   * @param shape the axes: a number, or a letter where the extent is free
   */
  public record Port(String name, String type, List<String> shape) {
    /** Copies the list. */
    public Port {
      shape = List.copyOf(shape);
    }
  }
}
