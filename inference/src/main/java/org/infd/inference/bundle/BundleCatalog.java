package org.infd.inference.bundle;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.ShownText;
import org.infd.inference.UserData;
import org.jspecify.annotations.Nullable;

/**
 * The models that this machine has: those that come with the program, under {@code
 * <home>/assets/<folder>/bundle}, and those that the user installed, under {@code
 * <data>/models/<folder>}. Reads the folders and manifests anew at every call, and what the graphs
 * say of themselves where they were changed since the last one. Thread-safe.
 */
public final class BundleCatalog {
  /** The system property that names the folder of the program. */
  public static final String HOME = "infd.home";

  private static final System.Logger LOG = System.getLogger(BundleCatalog.class.getName());

  private final @Nullable Path assets;
  private final Path models;

  /** What was listed last, by its folder. */
  private volatile Map<Path, ModelBundle> listed = Map.of();

  /**
   * @param home the folder of the program, or null when it brings no models
   * @param data the user's folder, see {@link UserData#folder()}; need not exist
   */
  public BundleCatalog(@Nullable Path home, Path data) {
    assets = home == null ? null : home.resolve("assets");
    models = data.resolve("models");
  }

  /** The catalog of this process: {@code infd.home} and the user's folder. */
  public static BundleCatalog ofSystem() {
    var home = System.getProperty(HOME);
    return new BundleCatalog(home == null ? null : Path.of(home), UserData.folder());
  }

  /**
   * The merges of the text towers of all usable models, by how many tokens they give. All towers of
   * one size in use have the same ones.
   */
  public Map<Integer, Path> vocabularies() {
    var found = new HashMap<Integer, Path>();
    for (var entry : list()) {
      var bundle = entry.bundle();
      if (bundle == null) {
        continue;
      }
      var manifest = bundle.manifest();
      var clip = manifest.clip();
      for (var vocabulary :
          Arrays.asList(
              manifest.conditioning().vocabulary(), clip == null ? null : clip.vocabulary())) {
        if (vocabulary != null) {
          found.putIfAbsent(vocabulary.tokens(), bundle.folder().resolve(vocabulary.file()));
        }
      }
    }
    return found;
  }

  /** Where a model came from. */
  public enum Origin {
    /** It came with the program. */
    EMBEDDED,
    /** The user installed it. */
    INSTALLED
  }

  /**
   * A model of the catalog, or the rest of one.
   *
   * @param id the bundle's id; the folder's name where the manifest cannot be read
   * @param name what the user is shown
   * @param problem why it cannot be used, a sentence, or null
   * @param bundle the bundle, null where there is a problem
   */
  public record Entry(
      String id,
      String name,
      Origin origin,
      Path folder,
      @Nullable ModelBundle bundle,
      @Nullable String problem) {
    /** Whether the model can be used, as far as its manifest tells. */
    public boolean isUsable() {
      return bundle != null;
    }
  }

  /** Where installed models lie, one folder each. It need not exist yet. */
  public Path modelsFolder() {
    return models;
  }

  /**
   * All models, the embedded ones first, then by id, after what an interrupted import left was put
   * in order. A broken one is an entry with its problem. Of several with one id the embedded comes
   * first and is the one that {@link #find} gives.
   */
  public List<Entry> list() {
    var entries = new ArrayList<Entry>();
    if (assets != null) {
      for (var folder : folders(assets)) {
        // beside the bundle lie the recipe and its figures; assets holds other things as well
        var bundle = folder.resolve("bundle");
        if (Files.exists(bundle.resolve(ModelBundle.MANIFEST))) {
          entries.add(entry(bundle, folder, Origin.EMBEDDED));
        }
      }
    }
    BundlePlace.recover(models);
    for (var folder : folders(models)) {
      entries.add(entry(folder, folder, Origin.INSTALLED));
    }
    listed =
        entries.stream()
            .map(Entry::bundle)
            .filter(Objects::nonNull)
            .collect(
                Collectors.toUnmodifiableMap(ModelBundle::folder, bundle -> bundle, (a, _) -> a));
    entries.sort(
        Comparator.comparing(Entry::origin)
            .thenComparing(Entry::id)
            .thenComparing(entry -> entry.folder().toString()));
    return List.copyOf(entries);
  }

  private static List<Path> folders(Path parent) {
    var found = new ArrayList<Path>();
    try (var children = Files.newDirectoryStream(parent)) {
      for (var child : children) {
        if (Files.isDirectory(child) && !child.getFileName().toString().startsWith(".")) {
          found.add(child);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // no such folder: nothing is installed
    }
    return found;
  }

  private Entry entry(Path folder, Path named, Origin origin) {
    try {
      var bundle = ModelBundle.open(folder, listed.get(folder));
      var manifest = bundle.manifest();
      return new Entry(manifest.id(), manifest.name(), origin, folder, bundle, null);
    } catch (Problem e) {
      return broken(folder, named, origin, e.getMessage());
    } catch (RuntimeException e) {
      // a fault of ours in one folder must not hide the other models
      LOG.log(System.Logger.Level.WARNING, "model not opened in " + folder, e);
      return broken(
          folder, named, origin, folder + " could not be opened: " + FileReason.of(e) + ".");
    }
  }

  private static Entry broken(Path folder, Path named, Origin origin, String problem) {
    var name = ShownText.line(named.getFileName().toString());
    return new Entry(name, name, origin, folder, null, problem);
  }

  /**
   * The model for a wish of the user.
   *
   * @param idOrFolder the id of a model of this catalog, or the folder of any bundle. A path with a
   *     separator is always a folder; a plain word is an id first.
   * @throws Problem if there is none, or it is broken
   */
  public ModelBundle find(String idOrFolder) {
    var entries = list();
    for (var entry : entries) {
      if (entry.id().equals(idOrFolder) && entry.bundle() != null) {
        return entry.bundle();
      }
    }
    for (var entry : entries) {
      if (entry.id().equals(idOrFolder)) {
        throw new Problem(
            "The model '" + idOrFolder + "' cannot be used. " + String.valueOf(entry.problem()));
      }
    }
    if (isFolder(idOrFolder)) {
      var parent = Path.of(idOrFolder).toAbsolutePath().getParent();
      if (parent != null) {
        BundlePlace.recover(parent);
      }
      return ModelBundle.open(Path.of(idOrFolder));
    }
    throw new Problem(
        "There is no model '"
            + idOrFolder
            + "'. "
            + known(entries)
            + " A folder with a bundle can be named as well.");
  }

  /**
   * The model that a file was made with: the one with this hash, else one with this id.
   *
   * @param id the bundle's id
   * @param hash the hash of its manifest, {@link ModelBundle#hash()}
   * @throws Problem if there is none with the id
   */
  public ModelBundle find(String id, String hash) {
    for (var entry : list()) {
      if (entry.bundle() != null && entry.id().equals(id) && entry.bundle().hash().equals(hash)) {
        return entry.bundle();
      }
    }
    for (var entry : list()) {
      if (entry.bundle() != null && entry.id().equals(id)) {
        return entry.bundle();
      }
    }
    throw new Problem(
        "The picture was made with the model '"
            + id
            + "', which is not installed. Import it, or name the folder of its bundle. "
            + known(list()));
  }

  /**
   * The model for someone who named none: the first that can make pictures.
   *
   * @throws Problem if there is none
   */
  public ModelBundle first() {
    var entries = list();
    for (var entry : entries) {
      if (entry.bundle() != null && entry.bundle().manifest().diffusion() != null) {
        return entry.bundle();
      }
    }
    throw new Problem(
        "There is no model that can make pictures. "
            + known(entries)
            + " Make one with 'infd import'.");
  }

  private static String known(List<Entry> entries) {
    var ids =
        entries.stream()
            .filter(Entry::isUsable)
            .map(Entry::id)
            .distinct()
            .collect(Collectors.joining(", "));
    return ids.isEmpty() ? "No models are installed." : "Installed are: " + ids + ".";
  }

  private static boolean isFolder(String text) {
    try {
      return text.contains("/") || text.contains("\\") || Files.isDirectory(Path.of(text));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
