package org.infd.inference.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipOutputStream;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.export.AtomicFile;
import org.infd.inference.field.Rectangle;
import org.infd.inference.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * The {@code .infd} file: an image without a resolution, some tens of kilobytes. A zip archive of
 * {@code field.json} (version, layers with recipe, shape and mask), one entry of raw little-endian
 * float32 per latent, a {@code thumbnail.png} for others to show, and a {@code dive.json} where
 * somebody chose how what lies below the image's scale is made. The same image gives the same
 * bytes. Reading trusts nothing: sizes and counts are bounded, other entries are ignored, nothing
 * is unpacked to disk.
 */
public final class FieldFile {
  /** The version that this program writes, and the newest that it reads. */
  public static final int VERSION = 1;

  /** The usual extension, with its dot. */
  public static final String EXTENSION = ".infd";

  private static final String JSON_ENTRY = "field.json";
  private static final String THUMBNAIL_ENTRY = "thumbnail.png";
  private static final String DIVE_ENTRY = "dive.json";
  private static final int LARGEST_JSON = 1 << 20;
  private static final int LARGEST_THUMBNAIL = 4 << 20;

  /** The most layers that a file can hold. */
  static final int MOST_LAYERS = 64;

  private static final int LARGEST_EXTENT = 4096;
  private static final int MOST_ELEMENTS = 16 << 20;
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  /** For every entry. A month after the earliest date, which is written with a time zone. */
  private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private FieldFile() {}

  /** {@code field.json}. */
  private record Description(int version, @Nullable List<@Nullable LayerDescription> layers) {}

  /** One layer in {@code field.json}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record LayerDescription(
      @Nullable String latent,
      @Nullable List<@Nullable Integer> shape,
      @Nullable Recipe recipe,
      @Nullable Rectangle mask) {}

  /**
   * Writes an image.
   *
   * @param file the file to make or to replace
   * @param thumbnail a small PNG of it, or null for none
   * @throws Problem if the file cannot be written
   */
  public static void write(Path file, FieldImage image, byte @Nullable [] thumbnail) {
    AtomicFile.write(file, stream -> write(stream, image, thumbnail));
  }

  private static void write(OutputStream stream, FieldImage image, byte @Nullable [] thumbnail)
      throws IOException {
    var zip = new ZipOutputStream(stream);
    put(zip, JSON_ENTRY, toJson(image).getBytes(StandardCharsets.UTF_8));
    for (int i = 0; i < image.layers().size(); i++) {
      put(zip, latentEntry(i), toBytes(image.layers().get(i).z()));
    }
    if (image.dive() != null) {
      put(zip, DIVE_ENTRY, toJson(image.dive()).getBytes(StandardCharsets.UTF_8));
    }
    if (thumbnail != null) {
      put(zip, THUMBNAIL_ENTRY, thumbnail);
    }
    zip.finish();
  }

  /** {@code field.json} of an image. */
  static String toJson(FieldImage image) {
    var layers = new ArrayList<@Nullable LayerDescription>();
    for (int i = 0; i < image.layers().size(); i++) {
      var layer = image.layers().get(i);
      var z = layer.z();
      var shape = List.of(z.extent(0), z.extent(1), z.extent(2), z.extent(3));
      layers.add(
          new LayerDescription(
              latentEntry(i), new ArrayList<>(shape), layer.recipe(), layer.mask()));
    }
    return StrictJson.files().writeValueAsString(new Description(VERSION, layers)) + "\n";
  }

  private static String toJson(DiveSettings dive) {
    return StrictJson.files().writeValueAsString(dive) + "\n";
  }

  private static String latentEntry(int layer) {
    return "latent-" + layer + ".f32";
  }

  /** Stored, not deflated: latents do not shrink, and deflaters differ in their bytes. */
  private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(NO_TIME);
    entry.setSize(content.length);
    var crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** The values of a tensor as little-endian float32, row-major. */
  static byte[] toBytes(Tensor z) {
    var bytes = ByteBuffer.allocate(z.elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(z.data());
    return bytes.array();
  }

  /**
   * Reads an image. The model that it belongs to is named in its recipes and not needed for this.
   *
   * @throws Problem if the file cannot be read, is no field, is damaged, or was made by a newer
   *     version
   */
  public static FieldImage read(Path file) {
    return open(file, archive -> parse(file, archive));
  }

  /**
   * The thumbnail in a file, a PNG, if it has one.
   *
   * @throws Problem if the file cannot be read or is no field
   */
  public static Optional<byte[]> thumbnail(Path file) {
    return open(
        file,
        archive -> {
          var bytes = archive.content(THUMBNAIL_ENTRY, LARGEST_THUMBNAIL);
          if (bytes == null || bytes.length < PNG.length) {
            return Optional.empty();
          }
          boolean png = Arrays.equals(bytes, 0, PNG.length, PNG, 0, PNG.length);
          return png ? Optional.of(bytes) : Optional.empty();
        });
  }

  private interface Reading<T> {
    T from(FieldArchive archive) throws IOException;
  }

  private static <T> T open(Path file, Reading<T> reading) {
    try (var archive = FieldArchive.open(file)) {
      return reading.from(archive);
    } catch (IOException e) {
      if (e instanceof ZipException || e instanceof EOFException) {
        throw FieldArchive.damaged(file, FileReason.of(e), e);
      }
      throw FileReason.unreadable(file, e);
    } catch (IllegalArgumentException | JacksonException e) {
      throw FieldArchive.damaged(file, FileReason.of(e), e);
    }
  }

  /**
   * The recipe of the whole image in a file, without reading its latents: for lists of many files.
   *
   * @throws Problem as {@link #read}
   */
  public static Recipe recipe(Path file) {
    return open(
        file,
        archive -> {
          var layer = describe(file, archive).getFirst();
          return requireRecipe(archive, layer == null ? null : layer.recipe());
        });
  }

  /** The layers as they are described: at least one. */
  private static List<@Nullable LayerDescription> describe(Path file, FieldArchive archive)
      throws IOException {
    var json = archive.content(JSON_ENTRY, LARGEST_JSON);
    if (json == null) {
      throw archive.damaged("it has no " + JSON_ENTRY, null);
    }
    var tree = StrictJson.files().readTree(json);
    double version = StrictJson.number(tree.path("version"));
    if (version > VERSION && version == Math.rint(version)) {
      throw new Problem(
          file
              + " was made by a newer INFD Studio (format "
              + StrictJson.shown(tree.path("version"))
              + "; this one reads up to "
              + VERSION
              + "). Update it.");
    }
    var description = StrictJson.files().treeToValue(tree, Description.class);
    // without a version it may be anything, even nothing
    var described = version != VERSION ? null : description.layers();
    if (described == null || described.isEmpty()) {
      throw archive.damaged("its description has no version or no layers", null);
    }
    if (described.size() > MOST_LAYERS) {
      throw archive.damaged("it has " + described.size() + " layers", null);
    }
    return described;
  }

  private static FieldImage parse(Path file, FieldArchive archive) throws IOException {
    var layers = new ArrayList<FieldImage.Layer>();
    long elements = 0;
    for (var layer : describe(file, archive)) {
      if (layer == null || layer.latent() == null || layer.shape() == null) {
        throw archive.damaged("a layer has no latent or no shape", null);
      }
      var z = latent(archive, layer.latent(), layer.shape());
      elements += z.elements();
      if (elements > MOST_ELEMENTS) {
        throw archive.damaged("its latents are far too large", null);
      }
      var mask = layer.mask();
      if (mask != null && !FieldLayers.fits(mask, z.extent(2), z.extent(3))) {
        throw archive.damaged("a box that was made anew lies outside of the picture", null);
      }
      if (mask == null && !layers.isEmpty()) {
        throw archive.damaged("a layer over the picture does not say where it lies", null);
      }
      layers.add(new FieldImage.Layer(z, requireRecipe(archive, layer.recipe()), mask));
    }
    return new FieldImage(layers, dive(archive));
  }

  /** How what lies below the image's scale is made; what a newer version means by it is unknown. */
  private static @Nullable DiveSettings dive(FieldArchive archive) throws IOException {
    var json = archive.content(DIVE_ENTRY, LARGEST_JSON);
    if (json == null) {
      return null;
    }
    var tree = StrictJson.files().readTree(json);
    double version = StrictJson.number(tree.path("version"));
    if (version > DiveSettings.VERSION && version == Math.rint(version)) {
      return null;
    }
    @Nullable DiveSettings dive = StrictJson.files().treeToValue(tree, DiveSettings.class);
    if (dive == null) {
      throw archive.damaged("its " + DIVE_ENTRY + " is empty", null);
    }
    try {
      // whether there can be such children
      dive.options();
      return dive;
    } catch (Problem e) {
      throw archive.damaged("its " + DIVE_ENTRY + " is impossible (" + e.getMessage() + ")", e);
    }
  }

  private static Tensor latent(FieldArchive archive, String entry, List<@Nullable Integer> shape)
      throws IOException {
    long elements = 1;
    var extents = new long[shape.size()];
    int axis = 0;
    for (var extent : shape) {
      if (extent == null || extent < 1 || extent > LARGEST_EXTENT) {
        throw archive.damaged(
            "a latent has "
                + (extent == null ? "an extent that is no number" : "an extent of " + extent),
            null);
      }
      extents[axis++] = extent;
      elements = Math.min(elements * extent, Integer.MAX_VALUE);
    }
    if (extents.length != 4 || extents[0] != 1 || elements > MOST_ELEMENTS) {
      throw archive.damaged("a latent has an impossible shape", null);
    }
    int size = (int) elements * Float.BYTES;
    var bytes = archive.content(entry, size);
    if (bytes == null || bytes.length != size) {
      throw archive.damaged(
          "the latent '"
              + entry.substring(0, Math.min(entry.length(), 40))
              + "' is missing or too short",
          null);
    }
    var z = Tensor.zeros(extents);
    z.data().put(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
    if (!z.isFinite()) {
      throw archive.damaged("a latent holds values that are not numbers", null);
    }
    return z;
  }

  private static Recipe requireRecipe(FieldArchive archive, @Nullable Recipe recipe) {
    if (recipe == null || !recipe.isUsable()) {
      throw archive.damaged("a recipe is incomplete or impossible", null);
    }
    return recipe;
  }
}
