package org.infd.acceptance.golden;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.infd.exporter.torch.TensorFile;

/**
 * Finds golden sets: files of arrays with the models that they were made of, in a folder or in
 * folders below it. Arrays {@code x.npz} belong to the weights {@code x.…} or {@code x-….…}, {@code
 * golden.npz} to {@code last-model.pth}, and what has no namesake to all weights beside it.
 */
final class GoldenSets {
  private static final int DEEPEST = 4;

  /**
   * One file of arrays, or all loose arrays of a folder.
   *
   * @param name for people
   * @param folder where it lies
   * @param arrays the files of arrays
   * @param models the weights that they were made of
   * @param guessed whether the weights are only those that lie beside the arrays
   */
  record GoldenSet(
      String name, Path folder, List<Path> arrays, List<Path> models, boolean guessed) {
    @Override
    public String toString() {
      return name;
    }
  }

  private GoldenSets() {}

  /** The folder of the sets of the test resources. */
  static Path own() {
    var resource = GoldenSets.class.getResource("/golden/infd-tiny/golden.npz");
    if (resource == null) {
      throw new IllegalStateException("the golden arrays are not among the test resources");
    }
    return Path.of(URI.create(resource.toString())).getParent().getParent();
  }

  /** The folders that the system property {@code infd.golden} names. */
  static List<Path> given() {
    var roots = new ArrayList<Path>();
    var more = System.getProperty("infd.golden");
    for (var text : more == null ? new String[0] : more.split(File.pathSeparator)) {
      var folder = Path.of(text);
      var root = System.getProperty("infd.root");
      if (!folder.isAbsolute() && !Files.isDirectory(folder) && root != null) {
        folder = Path.of(root).resolve(folder);
      }
      if (!Files.isDirectory(folder)) {
        throw new IllegalArgumentException("-Dinfd.golden names " + text + ", which is no folder");
      }
      roots.add(folder);
    }
    return roots;
  }

  /** All folders with files that are or may belong to golden sets. */
  static List<Path> folders(Path root) {
    try (var paths = Files.walk(root, DEEPEST)) {
      return paths.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All sets at or below a folder. */
  static List<GoldenSet> below(Path root) {
    var sets = new ArrayList<GoldenSet>();
    for (var folder : folders(root)) {
      var inside = root.relativize(folder).toString().replace('\\', '/');
      sets.addAll(inFolder(inside.isEmpty() ? name(root.toAbsolutePath()) : inside, folder));
    }
    return sets;
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static List<GoldenSet> inFolder(String title, Path folder) {
    var models = new ArrayList<Path>();
    var groups = new ArrayList<List<Path>>();
    var loose = new ArrayList<Path>();
    for (var file : files(folder)) {
      var name = name(file);
      if (name.endsWith(".npz") || (name.endsWith(".safetensors") && holdsArrays(file))) {
        groups.add(List.of(file));
      } else if (name.endsWith(".npy")) {
        loose.add(file);
      } else if (name.matches(".*\\.(pth|pt|ckpt|bin|safetensors)")) {
        models.add(file);
      }
    }
    if (!loose.isEmpty()) {
      groups.add(loose);
    }
    var sets = new ArrayList<GoldenSet>();
    var free = new ArrayList<>(models);
    for (var group : groups) {
      free.removeAll(namesakes(group, models));
    }
    for (var group : groups) {
      var own = namesakes(group, models);
      var beside = own.isEmpty() ? (free.isEmpty() ? models : free) : own;
      var label = group.size() == 1 ? stem(group.getFirst()) : "arrays";
      sets.add(
          new GoldenSet(title + "/" + label, folder, group, List.copyOf(beside), own.isEmpty()));
    }
    return sets;
  }

  private static List<Path> files(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> namesakes(List<Path> group, List<Path> models) {
    var stem = stem(group.getFirst());
    return group.size() > 1
        ? List.of()
        : models.stream().filter(model -> belongs(stem, stem(model))).toList();
  }

  private static boolean belongs(String arrays, String model) {
    return model.equals(arrays)
        || model.matches(java.util.regex.Pattern.quote(arrays) + "[-_.].*")
        || arrays.matches(java.util.regex.Pattern.quote(model) + "[-_.].*")
        || (arrays.equals("golden") && model.equals("last-model"));
  }

  static String stem(Path file) {
    return name(file).replaceFirst("\\.[a-z]+$", "");
  }

  /** Whether a safetensors file holds arrays and no weights: then no name ends as weights do. */
  private static boolean holdsArrays(Path file) {
    try (var tensors = TensorFile.open(file)) {
      return tensors.stateDict().keySet().stream().noneMatch(name -> name.endsWith(".weight"));
    } catch (RuntimeException e) {
      return false;
    }
  }
}
