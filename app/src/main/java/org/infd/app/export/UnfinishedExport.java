package org.infd.app.export;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.ExportTask;
import org.infd.app.engine.FilmShot;
import org.infd.app.engine.FilmTask;
import org.infd.app.engine.PictureTask;
import org.infd.app.work.Place;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.jspecify.annotations.Nullable;

/**
 * An export that was not finished when the program ended, as the session file has it; it goes on
 * where it was. Any part is null where the file does not say it.
 *
 * @param picture the field file of the picture
 * @param title the picture's title
 * @param area the pixels that are written; null for a film
 * @param settings how they become bytes; null for a film
 * @param film what a film shows; null for a picture
 * @param target the file or folder to write
 * @param paused whether it waits for the user
 * @param begun whether any of it may be on the disk
 */
public record UnfinishedExport(
    @Nullable String picture,
    @Nullable String title,
    @Nullable ExportArea area,
    @Nullable ExportSettings settings,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable FilmShot film,
    @Nullable String target,
    boolean paused,
    boolean begun) {
  /**
   * Reads one of any version of the file.
   *
   * @param frame of version 2: the pixels, nothing of them invented
   * @param encoding of version 2: as PNG, JPEG or TIFF
   */
  @JsonCreator
  static UnfinishedExport read(
      @JsonProperty("picture") @Nullable String picture,
      @JsonProperty("title") @Nullable String title,
      @JsonProperty("area") @Nullable ExportArea area,
      @JsonProperty("settings") @Nullable ExportSettings settings,
      @JsonProperty("film") @Nullable FilmShot film,
      @JsonProperty("target") @Nullable String target,
      @JsonProperty("paused") boolean paused,
      @JsonProperty("begun") boolean begun,
      @JsonProperty("frame") @Nullable Frame frame,
      @JsonProperty("encoding") PictureExport.@Nullable Encoding encoding) {
    return new UnfinishedExport(
        picture,
        title,
        area == null && frame != null && frame.rectangle() != null
            ? ExportArea.of(frame, false)
            : area,
        settings == null && encoding != null && encoding.format() != null
            ? settings(encoding)
            : settings,
        film,
        target,
        paused,
        begun);
  }

  private static ExportSettings settings(PictureExport.Encoding encoding) {
    var usual = ExportSettings.of(ExportFormat.valueOf(encoding.format().name()));
    return new ExportSettings(
        usual.format(), encoding.quality(), usual.tiles(), false, null, usual.address());
  }

  /** Whether one that was read from a file lacks nothing. */
  @JsonIgnore
  public boolean isWhole() {
    return item().isPresent();
  }

  /** The export, to be put in line; empty where something of it is missing. */
  Optional<ExportItem> item() {
    var source = Place.of(picture);
    var file = Place.of(target);
    var task = file.flatMap(this::task);
    if (source.isEmpty() || task.isEmpty()) {
      return Optional.empty();
    }
    var name = title == null ? String.valueOf(source.get().getFileName()) : title;
    var item = new ExportItem(name, task.get(), Optional.empty(), source);
    item.begun(begun);
    item.state(paused ? new ExportState.Paused(-1) : new ExportState.Waiting());
    return Optional.of(item);
  }

  private Optional<ExportTask> task(Path file) {
    if (film != null) {
      return ((@Nullable Object) film.path()) == null
          ? Optional.empty()
          : Optional.of(new FilmTask(film, file));
    }
    return area == null || !isUsable(settings)
        ? Optional.empty()
        : Optional.of(new PictureTask(area, Objects.requireNonNull(settings), file));
  }

  /** The reader fills records without asking whether a component may be null. */
  private static boolean isUsable(@Nullable ExportSettings read) {
    if (read == null) {
      return false;
    }
    @Nullable Object format = read.format();
    @Nullable Object tiles = read.tiles();
    @Nullable Object address = read.address();
    var page = read.page();
    return format != null
        && tiles != null
        && address != null
        && (page == null || ((@Nullable Object) page.title()) != null);
  }
}
