package org.infd.inference.export;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.infd.inference.Folders;
import org.infd.inference.Problem;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.runtime.Cancellation;

/**
 * An export that goes on where it stopped. Beside the target lie what is done ({@code .part}) and a
 * journal ({@code .journal}); the target itself appears when it is whole. Whatever ended the
 * program (a signal, a crash, a full disk), the same export made again keeps the pieces whose
 * checksums are right, makes the others, and leaves the same bytes as one that was never
 * interrupted. For one thread.
 */
public final class ResumableExport {

  private final Path target;
  private final Path part;
  private final Path journalFile;
  private final Path scratch;
  private final PictureLayout layout;
  private final Map<String, String> identity;

  /**
   * @param target the file or folder to make
   * @param identity all that decides about the pixels, in words by name; the layout's kind and
   *     sizes come on top
   * @throws Problem if the place cannot take it
   */
  public ResumableExport(Path target, PictureLayout layout, Map<String, String> identity) {
    this.target = target.toAbsolutePath().normalize();
    this.layout = layout;
    this.identity = new LinkedHashMap<>(identity);
    part = beside(this.target, ".part");
    journalFile = journal(target);
    scratch = beside(this.target, ".reduced");
  }

  private static Path beside(Path target, String ending) {
    return target.resolveSibling(target.getFileName() + ending);
  }

  /** The journal beside a target, there while the export is not finished. */
  public static Path journal(Path target) {
    return beside(target.toAbsolutePath().normalize(), ".journal");
  }

  /**
   * What an interrupted export was to write.
   *
   * @param identity all that decides about the bytes, in words by name
   * @param pieces how many pieces are done
   */
  public record Unfinished(Map<String, String> identity, int pieces) {}

  /**
   * What a journal says.
   *
   * @return empty if the file is none
   * @throws IOException if it cannot be read
   */
  public static Optional<Unfinished> unfinished(Path journal) throws IOException {
    return ExportJournal.summary(journal);
  }

  /** How many pieces the picture has. */
  int pieces() {
    return layout.plan().count();
  }

  /** Whether an export of this name was begun and not finished. */
  public boolean isBegun() {
    return Files.exists(journalFile);
  }

  /** Removes what an interrupted export left. */
  public void forget() {
    forget(target);
  }

  /** Removes what an interrupted export of a name left, whatever it was to write. */
  public static void forget(Path target) {
    var place = target.toAbsolutePath().normalize();
    var journal = journal(place);
    try {
      if (Files.exists(journal)) {
        Folders.delete(beside(place, ".part"));
        Files.deleteIfExists(beside(place, ".reduced"));
        Files.deleteIfExists(journal);
      }
    } catch (IOException e) {
      throw AtomicFile.explain(journal, e);
    }
  }

  /**
   * Makes the picture, or what is missing of it. Blocks until it is whole under its name.
   *
   * @throws Problem if it cannot be written, another export of this name was interrupted, or a
   *     folder of this name holds something; what is done stays
   * @throws CancellationException if it was asked for; what is done stays
   */
  public void run(FieldRenderer renderer, PngExport.Progress progress, Cancellation cancellation) {
    requirePlace(target, layout instanceof PictureLayout.OfFolder);
    boolean isNew = !isBegun();
    try {
      try (var journal = ExportJournal.open(journalFile, identity, layout.plan().count())) {
        if (isNew && Files.exists(part, LinkOption.NOFOLLOW_LINKS)) {
          Files.delete(journalFile);
          throw new Problem(
              part
                  + " is in the way, and no export of ours made it. Move it, or choose another"
                  + " name.");
        }
        if (!journal.isFinishing() || Files.exists(part)) {
          make(journal, renderer, progress, cancellation);
        }
      }
      Files.deleteIfExists(scratch);
      Files.deleteIfExists(journalFile);
    } catch (IOException e) {
      throw explain(e);
    }
  }

  /**
   * Checks, before any long work, that a picture could be made here.
   *
   * @param isFolder whether it is a folder, which must be new, empty, or begun by us
   * @throws Problem if it could not
   */
  public static void requirePlace(Path target, boolean isFolder) {
    var place = target.toAbsolutePath().normalize();
    if (!isFolder) {
      AtomicFile.requireWritable(place);
      return;
    }
    // a journal without a part is of an export that was given its name when the program ended
    boolean isNamed = Files.exists(journal(place)) && !Files.exists(beside(place, ".part"));
    if (place.getFileName() == null
        || (!isNamed && Files.exists(place) && !(Files.isDirectory(place) && isEmpty(place)))) {
      throw new Problem(
          target
              + (Files.isDirectory(place)
                  ? " holds something already. Name a new folder, or an empty one."
                  : " is a file. Name a folder."));
    }
    AtomicFile.requireWritable(journal(place));
  }

  private static boolean isEmpty(Path folder) {
    try (var entries = Files.newDirectoryStream(folder)) {
      return !entries.iterator().hasNext();
    } catch (IOException e) {
      throw new Problem("The folder " + folder + " cannot be read. Choose another.", e);
    }
  }

  private Problem explain(IOException reason) {
    var said = AtomicFile.explain(target, reason).getMessage();
    int end = said.indexOf(": ");
    return said.startsWith("The disk is full")
        ? new Problem(
            said.substring(0, end)
                + ": "
                + target
                + " is not finished. Make room and begin the same export again: it goes on where it"
                + " stopped.",
            reason)
        : new Problem(
            said.replace(" Nothing was left behind.", "")
                + " What is done was kept: begin the same export again to go on.",
            reason);
  }

  private void make(
      ExportJournal journal,
      FieldRenderer renderer,
      PngExport.Progress progress,
      Cancellation cancellation)
      throws IOException {
    var plan = layout.plan();
    try (var reduced = ReducedLevels.areNeeded(plan) ? new ReducedLevels(plan, scratch) : null;
        var store =
            switch (layout) {
              case PictureLayout.OfFile file -> new FileStore(file, part);
              case PictureLayout.OfFolder folder -> new FolderStore(folder, part);
            }) {
      var done = new PieceTable(plan.count());
      for (var entry : journal.entries()) {
        var tile = plan.tile(done.count());
        if (!store.isWhole(tile, entry)
            || (reduced != null && !reduced.isWhole(tile, entry.sum()))) {
          break;
        }
        done.add(entry.length(), entry.sum());
        cancellation.throwIfCancelled();
      }
      journal.keep(done.count());
      store.begin(done);
      new PiecePipeline(layout, renderer, reduced, progress)
          .run(
              done.count(),
              (tile, piece) -> {
                store.put(tile, piece);
                journal.add(
                    tile.index(),
                    new ExportJournal.Entry(
                        piece.bytes().length, FileBytes.sum(piece.bytes()), piece.sum()));
                done.add(piece.bytes().length, piece.sum());
              },
              cancellation);
      store.finish(done);
    }
    if (!journal.isFinishing()) {
      journal.finishing();
    }
    if (layout instanceof PictureLayout.OfFolder) {
      Files.deleteIfExists(target);
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.Disk.REAL.forceFolder(target.resolveSibling("."));
  }

  /** Where the pieces go. */
  private sealed interface Store extends AutoCloseable {
    /** Whether a piece is there as it was written. Asked from the first on, in order. */
    boolean isWhole(PyramidPlan.Tile tile, ExportJournal.Entry entry) throws IOException;

    /** Gets ready for the pieces behind those that are there. */
    void begin(PieceTable done) throws IOException;

    void put(PyramidPlan.Tile tile, PictureLayout.Encoded piece) throws IOException;

    /** Writes what is no piece, and forces everything to the disk. */
    void finish(PieceTable done) throws IOException;

    @Override
    void close() throws IOException;
  }

  private static final class FileStore implements Store {
    private final PictureLayout.OfFile layout;
    private final FileChannel channel;
    private final byte[] head;
    private long checked;

    FileStore(PictureLayout.OfFile layout, Path part) throws IOException {
      this.layout = layout;
      head = layout.head();
      checked = head.length;
      channel =
          FileChannel.open(
              part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public boolean isWhole(PyramidPlan.Tile tile, ExportJournal.Entry entry) throws IOException {
      if (entry.length() < 0 || entry.length() > channel.size() - checked) {
        return false;
      }
      try {
        var bytes = FileBytes.read(channel, checked, entry.length()).array();
        checked += entry.length();
        return FileBytes.sum(bytes) == entry.check();
      } catch (EOFException e) {
        return false;
      }
    }

    @Override
    public void begin(PieceTable done) throws IOException {
      channel.position(0);
      write(head);
      long end = head.length + done.bytes();
      if (channel.size() > end) {
        channel.truncate(end);
      }
      channel.position(end);
    }

    private void write(byte[] bytes) throws IOException {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }

    @Override
    public void put(PyramidPlan.Tile tile, PictureLayout.Encoded piece) throws IOException {
      write(piece.bytes());
    }

    @Override
    public void finish(PieceTable done) throws IOException {
      long tail = head.length + done.bytes();
      write(layout.tail(done, tail));
      channel.force(true);
      var patch = layout.patch(tail);
      if (patch.length > 0) {
        channel.position(layout.patchAt());
        write(patch);
        channel.force(true);
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class FolderStore implements Store {
    private final PictureLayout.OfFolder layout;
    private final Path part;
    private Path folder;

    FolderStore(PictureLayout.OfFolder layout, Path part) throws IOException {
      this.layout = layout;
      this.part = part;
      folder = Files.createDirectories(part);
    }

    @Override
    public boolean isWhole(PyramidPlan.Tile tile, ExportJournal.Entry entry) {
      var file = part.resolve(layout.place(tile));
      try {
        return Files.size(file) == entry.length()
            && FileBytes.sum(Files.readAllBytes(file)) == entry.check();
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void begin(PieceTable done) {
      // a piece that was not whole is written over
    }

    @Override
    public void put(PyramidPlan.Tile tile, PictureLayout.Encoded piece) throws IOException {
      var file = part.resolve(layout.place(tile));
      var parent = file.getParent();
      if (parent != null && !parent.equals(folder)) {
        folder = Files.createDirectories(parent);
      }
      Files.write(file, piece.bytes());
    }

    @Override
    public void finish(PieceTable done) throws IOException {
      layout.finish(part);
    }

    @Override
    public void close() {
      // each file was closed
    }
  }
}
