package org.infd.inference.export;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import tools.jackson.core.JacksonException;

/**
 * What is done of an export, in a file beside its target: first what is being written, then a line
 * for each piece that is on the disk. Each line ends with its own checksum, so what a crash cut off
 * is known. While it is open nobody else can open it. For one thread; format:
 * docs/formats/large-pictures.md.
 */
final class ExportJournal implements Closeable {
  private static final String MARK = "infd-export 1 ";
  private static final String FINISHING = "finishing";
  private static final int LARGEST_HEADER = 1 << 20;
  private static final int CHECK = 8;

  /**
   * A piece that is done.
   *
   * @param length its bytes
   * @param check CRC-32 of its bytes
   * @param sum what its format remembers of it
   */
  record Entry(int length, int check, int sum) {}

  private final Path file;
  private final FileChannel channel;
  private final List<Entry> entries = new ArrayList<>();
  private boolean finishing;

  private ExportJournal(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Opens the journal of an export, or begins it.
   *
   * @param identity what is being written, in words by name; a journal of anything else is refused
   * @param pieces how many pieces there are at most
   * @throws Problem if the journal belongs to another export, or another program has it open
   */
  static ExportJournal open(Path file, Map<String, String> identity, int pieces)
      throws IOException {
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      lock(channel, file);
      var journal = new ExportJournal(file, channel);
      journal.read(identity, pieces);
      return journal;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @SuppressWarnings("ReturnValueIgnored") // closing the channel releases the lock
  private static void lock(FileChannel channel, Path file) throws IOException {
    boolean free;
    try {
      free = channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      free = false;
    } catch (UnsupportedOperationException e) {
      free = true;
    }
    if (!free) {
      throw new Problem(
          file
              + " is being written by another export just now. Wait for it, or choose another"
              + " name.");
    }
  }

  private void read(Map<String, String> identity, int pieces) throws IOException {
    long end = 0;
    var first = "";
    try (var lines = new JournalLines(file)) {
      first = lines.next().orElse("");
      if (!first.isEmpty()) {
        requireSame(identity, first);
        end = lines.at();
        for (var line = lines.next(); line.isPresent(); line = lines.next()) {
          if (line.get().equals(FINISHING)) {
            finishing = entries.size() == pieces;
          } else if (!take(line.get(), pieces)) {
            break;
          }
          end = lines.at();
        }
      }
    }
    if (first.isEmpty()) {
      requireOurs();
    }
    channel.truncate(end);
    channel.position(end);
    if (first.isEmpty()) {
      line(MARK + StrictJson.lines().writeValueAsString(identity));
      channel.force(true);
    }
  }

  /** A first line that a crash cut off may be begun anew; what somebody else wrote may not. */
  private void requireOurs() throws IOException {
    var start = ByteBuffer.allocate((int) Math.min(MARK.length(), channel.size()));
    channel.read(start, 0);
    if (!MARK.startsWith(new String(start.array(), StandardCharsets.UTF_8))) {
      throw new Problem(
          file + " is in the way, and no export of ours made it. Move it, or choose another name.");
    }
  }

  private boolean take(String line, int pieces) {
    var words = line.split(" ");
    if (words.length != 4 || entries.size() == pieces) {
      return false;
    }
    try {
      if (Integer.parseInt(words[0]) != entries.size()) {
        return false;
      }
      entries.add(
          new Entry(
              Integer.parseInt(words[1]),
              Integer.parseUnsignedInt(words[2], 16),
              Integer.parseUnsignedInt(words[3], 16)));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void requireSame(Map<String, String> identity, String first) {
    var there = identity(first).orElse(Map.of());
    if (there.equals(identity)) {
      return;
    }
    var different = new ArrayList<String>();
    for (var entry : identity.entrySet()) {
      if (!entry.getValue().equals(there.get(entry.getKey()))) {
        different.add(entry.getKey());
      }
    }
    throw new OtherExport(file, different);
  }

  /** What an export that was interrupted was to write, from the first line of its journal. */
  private static Optional<Map<String, String>> identity(String first) {
    if (!first.startsWith(MARK)) {
      return Optional.empty();
    }
    try {
      var found = new LinkedHashMap<String, String>();
      StrictJson.lines()
          .readTree(first.substring(MARK.length()))
          .properties()
          .forEach(entry -> found.put(entry.getKey(), entry.getValue().asString()));
      return Optional.of(found);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads a journal without opening the export.
   *
   * @return empty if the file is no journal
   * @throws IOException if it cannot be read
   */
  static Optional<ResumableExport.Unfinished> summary(Path file) throws IOException {
    try (var lines = new JournalLines(file)) {
      var identity = lines.next().flatMap(ExportJournal::identity);
      if (identity.isEmpty()) {
        return Optional.empty();
      }
      int pieces = 0;
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        pieces += line.get().equals(FINISHING) ? 0 : 1;
      }
      return Optional.of(new ResumableExport.Unfinished(identity.get(), pieces));
    }
  }

  /** The pieces that are done, in their order. */
  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Whether every piece was done and the final name was about to be given. */
  boolean isFinishing() {
    return finishing;
  }

  /**
   * Forgets the pieces from one on, which turned out not to be on the disk.
   *
   * @param pieces how many are left
   */
  void keep(int pieces) throws IOException {
    if (pieces == entries.size()) {
      return;
    }
    entries.subList(pieces, entries.size()).clear();
    finishing = false;
    long end = 0;
    try (var lines = new JournalLines(file)) {
      for (int i = 0; i <= pieces; i++) {
        lines.next();
        end = lines.at();
      }
    }
    channel.truncate(end);
    channel.position(end);
  }

  /** Notes a piece that is on the disk. */
  void add(int piece, Entry entry) throws IOException {
    line(
        piece
            + " "
            + entry.length()
            + " "
            + Integer.toHexString(entry.check())
            + " "
            + Integer.toHexString(entry.sum()));
  }

  /** Notes that every piece is on the disk and the final name is about to be given. */
  void finishing() throws IOException {
    line(FINISHING);
    channel.force(true);
  }

  private void line(String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var line = ByteBuffer.allocate(bytes.length + CHECK + 2);
    line.put(bytes).put((byte) ' ').put(check(bytes)).put((byte) '\n').flip();
    long before = channel.position();
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      // half a line would hide those that come after room was made
      channel.truncate(before);
      throw e;
    }
  }

  private static byte[] check(byte[] bytes) {
    var digits = Integer.toHexString(FileBytes.sum(bytes));
    return ("0".repeat(CHECK - digits.length()) + digits).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /** The lines of a journal, up to the first that is not whole. */
  private static final class JournalLines implements Closeable {
    private final InputStream stream;
    private long at;

    JournalLines(Path file) throws IOException {
      stream = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    /** Where the next line begins. */
    long at() {
      return at;
    }

    /** The next line without its checksum; empty at the end or at a line that is not whole. */
    Optional<String> next() throws IOException {
      var line = new ByteArrayOutputStream();
      for (int value = stream.read(); value != '\n'; value = stream.read()) {
        if (value < 0 || line.size() > LARGEST_HEADER) {
          return Optional.empty();
        }
        line.write(value);
      }
      var bytes = line.toByteArray();
      int length = bytes.length - CHECK - 1;
      if (length < 1) {
        return Optional.empty();
      }
      var text = Arrays.copyOf(bytes, length);
      var said = Arrays.copyOfRange(bytes, length + 1, bytes.length);
      if (!Arrays.equals(check(text), said)) {
        return Optional.empty();
      }
      at += bytes.length + 1;
      return Optional.of(new String(text, StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }
}
