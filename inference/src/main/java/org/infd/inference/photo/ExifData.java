package org.infd.inference.photo;

import com.drew.imaging.ImageProcessingException;
import com.drew.imaging.jpeg.JpegMetadataReader;
import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads Exif data. What is damaged comes with all sorts of exceptions. */
final class ExifData {
  private ExifData() {}

  /** Those of a JPEG. */
  static Metadata ofJpeg(byte[] file) throws ImageProcessingException, IOException {
    return JpegMetadataReader.readMetadata(
        new ByteArrayInputStream(file), List.of(new ExifReader()));
  }

  /** Those that other files keep as they are; nothing for none. */
  static Metadata of(Optional<byte[]> data) {
    var found = new Metadata();
    data.ifPresent(exif -> new ExifReader().extract(new ByteArrayReader(exif), found));
    return found;
  }
}
