package org.infd.exporter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.infd.exporter.ldm.LdmFiles;
import org.infd.exporter.ldm.LdmModel;
import org.infd.inference.Problem;
import org.infd.inference.bundle.Manifest.Prediction;
import org.infd.inference.runtime.Device;
import org.jspecify.annotations.Nullable;

/**
 * What the user decides about an import.
 *
 * @param id the bundle's id: lower-case letters, digits, '-'; null: made from the folder's name
 * @param name what the user is shown; null: the id
 * @param description what the model is; null: nothing
 * @param licence the terms of the weights; null: "unknown"
 * @param fp16 whether large weights are stored in half precision; computation is single either way
 * @param trainedScale the image sides the renderer was trained on; null: as the checkpoint says
 * @param sharpSide up to which side pictures are sharp, where somebody chose it; 0: measured
 * @param latentDiffusion what is decided of a model of latent diffusion
 * @param overwrite whether an existing bundle may be replaced
 * @param device what the finished bundle is tried on
 */
public record ImportOptions(
    @Nullable String id,
    @Nullable String name,
    @Nullable String description,
    @Nullable String licence,
    boolean fp16,
    @Nullable Range trainedScale,
    int sharpSide,
    LatentDiffusion latentDiffusion,
    boolean overwrite,
    Device device) {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final int LARGEST_SIDE = 1 << 20;

  /** Checks the id. */
  public ImportOptions {
    if (id != null && !ID.matcher(id).matches()) {
      throw new Problem(
          "'" + id + "' cannot be a model's id: use up to 64 lower-case letters, digits and '-'.");
    }
  }

  /** A range of image sides in pixels, both ends included. */
  public record Range(int min, int max) {
    /** Checks the order. */
    public Range {
      if (min < 1 || max < min || max > LARGEST_SIDE) {
        throw new Problem(
            "A trained scale of "
                + min
                + ".."
                + max
                + " makes no sense: give two image sides, the smaller first.");
      }
    }

    /**
     * Reads "MIN..MAX".
     *
     * @throws Problem if it is something else
     */
    public static Range parse(String text) {
      var matcher = Pattern.compile("(\\d{1,7})\\.\\.(\\d{1,7})").matcher(text.strip());
      if (!matcher.matches()) {
        throw new Problem("'" + text + "' is no trained scale. Write it as MIN..MAX, 256..1024.");
      }
      return new Range(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
  }

  /** Everything as the checkpoint says, single precision, no bundle replaced, tried on the CPU. */
  public static ImportOptions defaults() {
    return new ImportOptions(
        null, null, null, null, false, null, 0, LatentDiffusion.usual(), false, Device.cpu());
  }

  /** These options with or without half precision. */
  public ImportOptions withFp16(boolean half) {
    return new ImportOptions(
        id,
        name,
        description,
        licence,
        half,
        trainedScale,
        sharpSide,
        latentDiffusion,
        overwrite,
        device);
  }

  /** These options, allowed to replace a bundle or not. */
  public ImportOptions withOverwrite(boolean replace) {
    return new ImportOptions(
        id,
        name,
        description,
        licence,
        fp16,
        trainedScale,
        sharpSide,
        latentDiffusion,
        replace,
        device);
  }

  /** These options with other decisions on a model of latent diffusion. */
  public ImportOptions withLatentDiffusion(LatentDiffusion other) {
    return new ImportOptions(
        id, name, description, licence, fp16, trainedScale, sharpSide, other, overwrite, device);
  }

  /**
   * What the user decides about a model of latent diffusion or Stable Diffusion.
   *
   * @param copy which copy of the diffusion network is taken where there are two
   * @param prediction what the network predicts; null: found out
   * @param side of the pictures in pixels; 0: what the model was trained for
   * @param vae a file whose autoencoder takes the place of the model's; null: none
   * @param loras low-rank changes, laid over the networks in this order
   * @param vocabulary the merges by which texts become tokens; null: looked for with the model
   * @param known merges that are taken where none lie with the model, by how many tokens they give
   */
  public record LatentDiffusion(
      LdmModel.Copy copy,
      @Nullable Prediction prediction,
      int side,
      @Nullable Path vae,
      List<LdmFiles.LoraChoice> loras,
      @Nullable Path vocabulary,
      Map<Integer, Path> known) {
    /** Copies the lists and checks the side. */
    public LatentDiffusion {
      loras = List.copyOf(loras);
      known = Map.copyOf(known);
      if (side < 0 || side > 1 << 14) {
        throw new Problem(
            "A side of " + side + " pixels makes no sense for a model. Give 512 or 768.");
      }
    }

    /** Everything as the file says. */
    public static LatentDiffusion usual() {
      return new LatentDiffusion(LdmModel.Copy.EMA, null, 0, null, List.of(), null, Map.of());
    }

    /** The same with merges that are taken where none lie with the model. */
    public LatentDiffusion withKnown(Map<Integer, Path> merges) {
      return new LatentDiffusion(copy, prediction, side, vae, loras, vocabulary, merges);
    }

    /** Whether nothing was decided but where merges may lie. */
    boolean isUsual() {
      return equals(
          new LatentDiffusion(LdmModel.Copy.EMA, null, 0, null, List.of(), vocabulary, known));
    }
  }
}
