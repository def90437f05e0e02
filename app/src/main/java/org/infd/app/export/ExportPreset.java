package org.infd.app.export;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.infd.inference.ShownText;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Choices for picture files under a name. Any part is null where a file does not say it.
 *
 * @param name what people call it
 * @param aspect the shape, also of the frame
 * @param width in pixels
 * @param height in pixels
 * @param quality of everything that is JPEG, 0 to 1
 * @param tiles how tiles are compressed
 * @param page whether a folder of tiles has a page that shows it
 */
public record ExportPreset(
    @Nullable String name,
    @Nullable Aspect aspect,
    int width,
    int height,
    @Nullable ExportFormat format,
    double quality,
    @Nullable PictureFormat tiles,
    boolean page) {
  /** A longer name does not fit in a list. */
  static final int LONGEST_NAME = 60;

  /** Those that come with the program. */
  public static final List<ExportPreset> BUILT_IN =
      List.of(
          usual("Wallpaper 4K", Aspect.WIDE, 3840, 2160, ExportFormat.PNG),
          // 420 × 297 mm
          usual("Print A3 at 300 dpi", Aspect.FREE, 4961, 3508, ExportFormat.TIFF),
          usual("Web page", Aspect.SQUARE, 16_384, 16_384, ExportFormat.DZI),
          usual("16K PNG", Aspect.SQUARE, 16_384, 16_384, ExportFormat.PNG));

  private static ExportPreset usual(
      String name, Aspect aspect, int width, int height, ExportFormat format) {
    return new ExportPreset(
        name,
        aspect,
        width,
        height,
        format,
        PictureExport.USUAL_QUALITY,
        ExportSettings.of(format).tiles(),
        true);
  }

  /** The present choices. */
  static ExportPreset of(String name, ExportChoices choices) {
    return new ExportPreset(
        ShownText.line(name).strip(),
        choices.aspectProperty().get(),
        choices.widthProperty().get(),
        choices.heightProperty().get(),
        choices.formatProperty().get(),
        choices.qualityProperty().get(),
        choices.tilesProperty().get(),
        choices.pageProperty().get());
  }

  /** Whether one that was read from a file can be used. */
  @JsonIgnore
  boolean isWhole() {
    return name != null
        && isName(name)
        && aspect != null
        && format != null
        && tiles != null
        && tiles != PictureFormat.TIFF
        && isSide(width)
        && isSide(height)
        && quality >= 0
        && quality <= 1;
  }

  /** Whether a preset can be called so. */
  static boolean isName(String name) {
    return !name.isBlank() && name.length() <= LONGEST_NAME;
  }

  private static boolean isSide(int pixels) {
    return pixels >= ExportChoices.SMALLEST && pixels <= ExportChoices.LARGEST;
  }

  /** What people call it; empty where it is not whole. */
  @JsonIgnore
  public String title() {
    return name == null ? "" : name;
  }

  /** Makes these the present choices. */
  public void use(ExportChoices choices) {
    if (aspect == null || format == null || tiles == null) {
      return;
    }
    choices.formatProperty().set(format);
    choices.qualityProperty().set(quality);
    choices.tilesProperty().set(tiles);
    choices.pageProperty().set(page);
    choices.choose(aspect, width, height);
  }

  /** Whether the present choices are these. */
  boolean isChosen(ExportChoices choices) {
    return of(title(), choices).equals(this);
  }
}
