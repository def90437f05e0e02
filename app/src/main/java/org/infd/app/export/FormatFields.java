package org.infd.app.export;

import atlantafx.base.theme.Styles;
import java.util.List;
import java.util.Locale;
import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.scene.Node;
import javafx.scene.control.CheckBox;
import javafx.scene.control.Label;
import javafx.scene.control.Slider;
import javafx.scene.control.TextField;
import javafx.scene.control.Tooltip;
import javafx.scene.layout.Region;
import javafx.scene.layout.VBox;
import org.infd.app.control.SliderLine;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.PictureFormat;

/** The format of a picture file with what can be chosen for it. */
final class FormatFields {
  private final ExportChoices choices;
  private final BooleanBinding folder;

  FormatFields(ExportChoices choices) {
    this.choices = choices;
    folder =
        Bindings.createBooleanBinding(
            () -> choices.formatProperty().get().isFolder(), choices.formatProperty());
  }

  Node node() {
    return new VBox(16, PaneParts.field("Format", format(), explanation()), tiles(), quality());
  }

  /** What people call a format. */
  static String title(ExportFormat format) {
    return switch (format) {
      case PNG -> "PNG";
      case JPEG -> "JPEG";
      case TIFF -> "TIFF";
      case BIGTIFF -> "BigTIFF pyramid";
      case DZI -> "Deep Zoom folder";
      case IIIF -> "IIIF folder";
    };
  }

  private static String explain(ExportFormat format) {
    return switch (format) {
      case PNG -> "One file without loss, of any size. Holds the recipe.";
      case JPEG -> "One small file with a little loss, to 65,535 pixels a side. Holds the recipe.";
      case TIFF -> "One file, not compressed, for printers and editors; beyond 4 GB as BigTIFF.";
      case BIGTIFF ->
          "One file of tiles with all smaller sizes, which programs for large pictures open at"
              + " once.";
      case DZI -> "A folder of tiles with all smaller sizes, to be put on the web as it is.";
      case IIIF -> "A folder of tiles as archives and museums serve them (IIIF Image API).";
    };
  }

  private Node format() {
    var box =
        PaneParts.box(
            "export-format",
            choices.formatProperty(),
            List.of(ExportFormat.values()),
            FormatFields::title);
    box.setAccessibleText("Format");
    return box;
  }

  private Node explanation() {
    var words = new Label();
    words.setId("export-format-words");
    words.setWrapText(true);
    words.setMinHeight(Region.USE_PREF_SIZE);
    words.getStyleClass().addAll(Styles.TEXT_SMALL, Styles.TEXT_MUTED);
    words.textProperty().bind(choices.formatProperty().map(FormatFields::explain));
    return words;
  }

  private Node tiles() {
    var kinds =
        PaneParts.segments(
            "tiles",
            choices.tilesProperty(),
            List.of(PictureFormat.JPEG, PictureFormat.PNG),
            kind -> kind == PictureFormat.JPEG ? "JPEG" : "Without loss",
            kind ->
                kind == PictureFormat.JPEG
                    ? "Small tiles with a little loss"
                    : "Every pixel as it is rendered; several times as large");
    var page = new CheckBox("With a page for the browser");
    page.setId("export-page");
    page.setTooltip(
        new Tooltip("An index.html in the folder shows the picture, also without a server"));
    page.selectedProperty().bindBidirectional(choices.pageProperty());
    PaneParts.shown(page, folder);
    var address = new TextField();
    address.setId("export-address");
    address.setPromptText("https://example.org/pictures/name");
    address.textProperty().bindBidirectional(choices.addressProperty());
    var where = PaneParts.field("Address on the web", address);
    address.setTooltip(
        new Tooltip("An IIIF folder says itself where it is found. It can be put in later."));
    PaneParts.shown(where, choices.formatProperty().map(kind -> kind == ExportFormat.IIIF));
    var box = new VBox(12, PaneParts.field("Tiles", kinds), page, where);
    PaneParts.shown(
        box, choices.formatProperty().map(kind -> kind.isFolder() || kind == ExportFormat.BIGTIFF));
    return box;
  }

  /** Whether anything is compressed as JPEG. */
  private boolean isLossy() {
    return switch (choices.formatProperty().get()) {
      case JPEG -> true;
      case PNG, TIFF -> false;
      case BIGTIFF, DZI, IIIF -> choices.tilesProperty().get() == PictureFormat.JPEG;
    };
  }

  private Node quality() {
    var slider = new Slider(0.5, 1, choices.qualityProperty().get());
    slider.setId("export-quality");
    slider.setBlockIncrement(0.05);
    slider.setAccessibleText("Quality, 50 to 100 percent");
    slider.setTooltip(new Tooltip("More is larger and nearer to the picture"));
    var line =
        new SliderLine(
            slider,
            choices.qualityProperty(),
            40,
            part -> String.format(Locale.ROOT, "%.0f %%", part * 100));
    var box = PaneParts.field("Quality", line);
    PaneParts.shown(
        box,
        Bindings.createBooleanBinding(
            this::isLossy, choices.formatProperty(), choices.tilesProperty()));
    return box;
  }
}
