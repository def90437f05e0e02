package org.infd.inference.generation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.infd.inference.FileReason;
import org.infd.inference.ForeignFile;
import org.infd.inference.Problem;
import org.jspecify.annotations.Nullable;

/**
 * The zip archive of a field file, opened for reading. Trusts nothing: the number and names of
 * entries are bounded, and what is read of one is compared with the length and the checksum that
 * the archive tells of it, which the JDK's own reader does not do.
 */
final class FieldArchive implements AutoCloseable {
  private static final long LARGEST_FILE = 256L << 20;
  private static final int MOST_ENTRIES = 256;
  private static final int LONGEST_NAME = 40;

  private final Path file;
  private final ZipFile zip;

  private FieldArchive(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
  }

  /**
   * @throws Problem if there is no file, or it is no archive, or one that cannot be a field
   * @throws IOException if the system does not give it
   */
  static FieldArchive open(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new Problem("There is no file " + file + ".");
    }
    if (!Files.isRegularFile(file)) {
      throw new Problem(file + " is no file. Name a field file (.infd).");
    }
    if (Files.size(file) > LARGEST_FILE) {
      throw noField(file, "it is far larger than a field", null);
    }
    byte[] head;
    try (var in = Files.newInputStream(file)) {
      head = in.readNBytes(ForeignFile.HEAD);
    }
    if (head.length == 0) {
      throw damaged(file, "it is empty", null);
    }
    if (head.length < 2 || head[0] != 'P' || head[1] != 'K') {
      throw ForeignFile.of(head)
          .map(found -> found.instead(file, "a field file of INFD Studio"))
          .orElseGet(() -> noField(file, "it holds something else", null));
    }
    var archive = new FieldArchive(file, openZip(file));
    try {
      archive.requirePlainEntries();
      return archive;
    } catch (RuntimeException e) {
      archive.close();
      throw e;
    }
  }

  private static ZipFile openZip(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile(), StandardCharsets.UTF_8);
    } catch (ZipException | IllegalArgumentException e) {
      throw damaged(file, FileReason.of(e), e);
    }
  }

  private void requirePlainEntries() {
    if (zip.size() > MOST_ENTRIES) {
      throw noField(file, "it has " + zip.size() + " entries", null);
    }
    var names = new HashSet<String>();
    for (var entry : Collections.list(zip.entries())) {
      var name = entry.getName();
      if (name.contains("..") || name.startsWith("/") || name.contains("\\")) {
        throw damaged("it names a place outside itself", null);
      }
      if (!names.add(name)) {
        throw damaged("it has two entries '" + inShort(name) + "'", null);
      }
    }
  }

  /**
   * The content of an entry, or null when there is none.
   *
   * @param largest the most bytes that it may have
   * @throws Problem if it is longer, or other than it was written
   * @throws IOException if the system does not give it
   */
  byte @Nullable [] content(String name, int largest) throws IOException {
    var entry = zip.getEntry(name);
    if (entry == null || entry.isDirectory()) {
      return null;
    }
    byte[] bytes;
    try (var in = zip.getInputStream(entry)) {
      // the size that the archive tells may be a lie
      bytes = in.readNBytes(largest + 1);
    }
    if (bytes.length > largest) {
      throw damaged("its entry '" + inShort(name) + "' is larger than it may be", null);
    }
    requireAsWritten(entry, bytes);
    return bytes;
  }

  private void requireAsWritten(ZipEntry entry, byte[] bytes) {
    var checksum = new CRC32();
    checksum.update(bytes);
    if (entry.getSize() != bytes.length || entry.getCrc() != checksum.getValue()) {
      throw damaged(
          "its entry '"
              + inShort(entry.getName())
              + "' was changed after it was written (its checksum does not match)",
          null);
    }
  }

  /** The problem of a file that was a field once. */
  Problem damaged(String why, @Nullable Throwable cause) {
    return damaged(file, why, cause);
  }

  static Problem damaged(Path file, String why, @Nullable Throwable cause) {
    return new Problem(
        file + " is damaged: " + why + ". Use a copy of it, or make the picture again.", cause);
  }

  /** The problem of a file that was never one. */
  static Problem noField(Path file, String why, @Nullable Throwable cause) {
    return new Problem(
        file + " is no field file of INFD Studio: " + why + ". Name a file that was kept as .infd.",
        cause);
  }

  private static String inShort(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      // nothing was written
    }
  }
}
