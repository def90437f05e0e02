package org.infd.app.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.collections.FXCollections;
import javafx.collections.ObservableList;
import org.infd.app.work.JsonFile;
import org.jspecify.annotations.Nullable;

/**
 * The presets that the user keeps, behind those that come with the program. All methods belong to
 * the user interface's thread.
 */
public final class ExportPresets {
  /** More do not fit in a list that is looked through. */
  static final int MOST = 50;

  private static final int VERSION = 1;
  private static final long LARGEST_FILE = 256 << 10;

  /** What is in the file. */
  private record Kept(int version, @Nullable List<@Nullable ExportPreset> presets) {}

  private final JsonFile<Kept> file;
  private final Executor disk;
  private final ObservableList<ExportPreset> all =
      FXCollections.observableArrayList(ExportPreset.BUILT_IN);
  private final ObservableList<ExportPreset> shown = FXCollections.unmodifiableObservableList(all);
  private boolean read;

  /**
   * @param file where they are kept; read when they are first asked for
   * @param disk where the file is written
   */
  public ExportPresets(Path file, Executor disk) {
    this.file = new JsonFile<>(file, Kept.class, LARGEST_FILE, "presets of exports");
    this.disk = disk;
  }

  /** All of them: those of the program, then the user's by their age. */
  public ObservableList<ExportPreset> all() {
    if (!read) {
      read = true;
      all.addAll(own());
    }
    return shown;
  }

  private List<ExportPreset> own() {
    var kept = file.readKept();
    if (kept.filter(of -> of.version() != VERSION).isPresent()) {
      // of a newer program, which wants to find it again
      file.setAside();
      return List.of();
    }
    var names = new HashSet<String>();
    ExportPreset.BUILT_IN.forEach(preset -> names.add(preset.title()));
    var whole = new ArrayList<ExportPreset>();
    for (var preset : kept.flatMap(of -> Optional.ofNullable(of.presets())).orElse(List.of())) {
      if (preset != null && preset.isWhole() && whole.size() < MOST && names.add(preset.title())) {
        whole.add(preset);
      }
    }
    return whole;
  }

  /** Whether one came with the program, so that it stays as it is. */
  boolean isBuiltIn(ExportPreset preset) {
    return ExportPreset.BUILT_IN.contains(preset);
  }

  /** Why the present choices cannot be kept under a name; empty where they can. */
  String whyNot(String name) {
    var called = name.strip();
    if (!ExportPreset.isName(called)) {
      return called.isEmpty() ? "Give it a name." : "Give it a shorter name.";
    }
    if (ExportPreset.BUILT_IN.stream().anyMatch(of -> of.title().equals(called))) {
      return "This one comes with the program. Give yours another name.";
    }
    return all().size() - ExportPreset.BUILT_IN.size() >= MOST && find(called).isEmpty()
        ? "There are many already. Remove one first."
        : "";
  }

  private Optional<ExportPreset> find(String name) {
    return all().stream().filter(preset -> preset.title().equals(name)).findFirst();
  }

  /**
   * Keeps the present choices, in place of what the user kept under the same name.
   *
   * @return what was kept; empty where the name cannot be
   */
  Optional<ExportPreset> keep(String name, ExportChoices choices) {
    if (!whyNot(name).isEmpty()) {
      return Optional.empty();
    }
    var preset = ExportPreset.of(name, choices);
    find(preset.title())
        .ifPresentOrElse(old -> all.set(all.indexOf(old), preset), () -> all.add(preset));
    write();
    return Optional.of(preset);
  }

  /** Forgets one that the user kept. */
  void remove(ExportPreset preset) {
    if (!isBuiltIn(preset) && all.remove(preset)) {
      write();
    }
  }

  private void write() {
    var own = all.stream().filter(of -> !isBuiltIn(of)).toList();
    var kept = new Kept(VERSION, new ArrayList<>(own));
    disk.execute(() -> file.write(kept));
  }
}
