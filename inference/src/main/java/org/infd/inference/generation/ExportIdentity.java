package org.infd.inference.generation;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.PngText;

/**
 * All that decides about the bytes of an export, in words by name. An export that was interrupted
 * goes on where these are equal, whoever began it.
 */
public final class ExportIdentity {
  private ExportIdentity() {}

  /**
   * The identity of an export.
   *
   * @param metadata which pixels of it are written, and on what they are made
   * @param text what the file says of itself
   */
  public static Map<String, String> of(
      FieldImage image,
      ModelBundle model,
      PictureMetadata metadata,
      PngText text,
      ExportSettings settings) {
    var frame = metadata.frame();
    var place = frame.rectangle();
    var identity = new LinkedHashMap<String, String>();
    identity.put("field", field(image));
    identity.put("model", metadata.recipe().modelHash() + " " + model.hash());
    identity.put("size", place.width() + "x" + place.height());
    identity.put("region", region(metadata));
    identity.put("format", settings.inWords());
    var page = settings.page();
    identity.put("page", page == null ? "none" : page.title());
    identity.put("device", metadata.device() + ", " + metadata.precision());
    identity.put("kind of statistics", metadata.statistics());
    identity.put("version of the program", metadata.software());
    identity.put("text", sha256(text.toString()));
    return identity;
  }

  /** Of what the pixels follow from, whatever else its file holds. */
  private static String field(FieldImage image) {
    var layers = new StringBuilder();
    for (var layer : image.layers()) {
      layers.append(Generator.hash(layer.z())).append(' ').append(layer.mask()).append('\n');
    }
    return sha256(layers.toString());
  }

  private static String region(PictureMetadata metadata) {
    var frame = metadata.frame();
    var place = frame.rectangle();
    var dive = metadata.dive();
    return dive == null
        ? place.row() + "," + place.column() + " of " + frame.imageSide()
        : dive.row() + "," + dive.column() + " of " + dive.side() + ", invented";
  }

  private static String sha256(String text) {
    return ModelBundle.sha256(text.getBytes(StandardCharsets.UTF_8));
  }
}
