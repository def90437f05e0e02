package org.infd.app.opening;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.infd.app.models.ModelsModel;
import org.infd.app.work.Notice;
import org.infd.inference.NumberText;
import org.infd.inference.generation.FieldFile;

/**
 * What was dropped together, by what is done with it: fields and pictures open in tabs, one layout
 * opens, and a checkpoint is imported when nothing else opens.
 */
final class DroppedFiles {
  /** More are dropped by a slip of the hand. */
  static final int MOST = 20;

  private enum Kind {
    FIELD,
    PICTURE,
    LAYOUT,
    CHECKPOINT,
    FOLDER,
    OTHER
  }

  private final Map<Kind, List<Path>> files = new EnumMap<>(Kind.class);

  DroppedFiles(List<Path> dropped) {
    dropped.forEach(file -> files.computeIfAbsent(kind(file), kind -> new ArrayList<>()).add(file));
  }

  private static Kind kind(Path file) {
    if (ModelsModel.isCheckpoint(file)) {
      return Kind.CHECKPOINT;
    }
    if (Files.isDirectory(file)) {
      return Kind.FOLDER;
    }
    return switch (DroppedFile.of(file)) {
      case FIELD -> Kind.FIELD;
      case PICTURE -> Kind.PICTURE;
      case LAYOUT -> Kind.LAYOUT;
      case OTHER -> Kind.OTHER;
    };
  }

  private List<Path> of(Kind kind) {
    return files.getOrDefault(kind, List.of());
  }

  /** The fields. */
  List<Path> fields() {
    return of(Kind.FIELD);
  }

  /** The pictures of pixels. */
  List<Path> pictures() {
    return of(Kind.PICTURE);
  }

  /** The layout that opens, if any: one at a time. */
  List<Path> layout() {
    return first(Kind.LAYOUT);
  }

  /** The checkpoint that is imported, if any: it has a page of its own. */
  List<Path> checkpoint() {
    boolean isAlone = fields().isEmpty() && pictures().isEmpty() && of(Kind.LAYOUT).isEmpty();
    return isAlone ? first(Kind.CHECKPOINT) : List.of();
  }

  private List<Path> first(Kind kind) {
    return of(kind).stream().limit(1).toList();
  }

  /** What does not open, and why, in sentences; empty where everything does. */
  String remarks() {
    var remarks = new ArrayList<String>();
    int layouts = of(Kind.LAYOUT).size() - layout().size();
    if (layouts > 0) {
      remarks.add(
          NumberText.format(
              "One layout at a time: '%s' is open, %d more %s not.",
              name(layout().getFirst()), layouts, layouts == 1 ? "is" : "are"));
    }
    var checkpoints = of(Kind.CHECKPOINT).subList(checkpoint().size(), of(Kind.CHECKPOINT).size());
    if (!checkpoints.isEmpty()) {
      remarks.add(
          some(
              checkpoints,
              "is a checkpoint: drop it alone to import it.",
              "are checkpoints: drop one alone to import it."));
    }
    if (!of(Kind.FOLDER).isEmpty()) {
      remarks.add(
          some(
              of(Kind.FOLDER),
              "is a folder: drop the files in it, up to " + MOST + " at once.",
              "are folders: drop the files in them, up to " + MOST + " at once."));
    }
    if (!of(Kind.OTHER).isEmpty()) {
      var known =
          "a field file ("
              + FieldFile.EXTENSION
              + ") nor a picture nor a layout (.json) nor a checkpoint (.pth).";
      remarks.add(some(of(Kind.OTHER), "is neither " + known, "are neither " + known));
    }
    return String.join(" ", remarks);
  }

  private static String some(List<Path> files, String one, String several) {
    var first = "'" + name(files.getFirst()) + "' ";
    return files.size() == 1
        ? first + one
        : first + "and " + (files.size() - 1) + " more " + several;
  }

  private static String name(Path file) {
    return Notice.shortened(String.valueOf(file.getFileName()));
  }
}
