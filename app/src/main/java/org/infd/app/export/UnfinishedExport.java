package org.infd.app.export;

import com.fasterxml.jackson.annotation.JsonIgnore;
import org.infd.app.work.Place;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.jspecify.annotations.Nullable;

/**
 * A picture file that was being written when the program ended, as the session file has it; it is
 * begun anew. Any part is null where the file does not say it.
 *
 * @param picture the field file of the picture
 * @param frame the pixels that the file holds
 * @param encoding how they become bytes
 * @param target the file to write
 */
public record UnfinishedExport(
    @Nullable String picture,
    @Nullable Frame frame,
    PictureExport.@Nullable Encoding encoding,
    @Nullable String target) {
  /** Whether one that was read from a file lacks nothing. */
  @JsonIgnore
  public boolean isWhole() {
    return Place.of(picture).isPresent()
        && frame != null
        && encoding != null
        && encoding.format() != null
        && Place.of(target).isPresent();
  }
}
