package org.infd.app.opening;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javafx.stage.DirectoryChooser;
import javafx.stage.FileChooser;
import javafx.stage.FileChooser.ExtensionFilter;
import javafx.stage.Window;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.FilmFormat;

/** The system's file dialogs; remembers the folder of the last file. */
public final class SystemFileDialogs implements FileDialogs {
  private static final System.Logger LOG = System.getLogger(SystemFileDialogs.class.getName());
  private static final ExtensionFilter FIELDS = new ExtensionFilter("INFD field", "*.infd");
  private static final ExtensionFilter CHECKPOINTS =
      new ExtensionFilter("PyTorch checkpoint", "*.pth", "*.pt", "*.ckpt", "*.safetensors");
  private static final ExtensionFilter MERGES =
      new ExtensionFilter("List of merges", "*.txt", "*.gz");
  private static final ExtensionFilter OPENED =
      new ExtensionFilter(
          "Fields, pictures and layouts",
          Stream.concat(
                  Stream.of("*.infd", "*.json"),
                  DroppedFile.PICTURES.stream()
                      .flatMap(e -> Stream.of("*" + e, "*" + e.toUpperCase(Locale.ROOT))))
              .toList());
  private static final ExtensionFilter LAYOUTS = new ExtensionFilter("Layout", "*.json");
  private static final ExtensionFilter ANY = new ExtensionFilter("Folder", "*");
  private static final ExtensionFilter TEXT = new ExtensionFilter("Text", "*.txt");

  private final Window owner;
  private final Consumer<String> browser;
  private String folder;

  /**
   * @param owner the window that waits for the answer
   * @param browser shows an address in the system's own window
   * @param folder where to begin, empty for the system's choice
   */
  public SystemFileDialogs(Window owner, Consumer<String> browser, String folder) {
    this.owner = owner;
    this.browser = browser;
    this.folder = folder;
  }

  /** The folder of the last file, empty if there is none. */
  public String folder() {
    return folder;
  }

  @Override
  public Optional<Path> open() {
    var chooser = chooser("Open a field or a photo", OPENED, "");
    return chosen(chooser.showOpenDialog(owner), "");
  }

  @Override
  public Optional<Path> openCheckpoint() {
    var chooser = chooser("Import a checkpoint", CHECKPOINTS, "");
    return chosen(chooser.showOpenDialog(owner), "");
  }

  @Override
  public Optional<Path> openMerges() {
    return chosen(chooser("Choose the merges", MERGES, "").showOpenDialog(owner), "");
  }

  @Override
  public Optional<Path> openLayout() {
    return chosen(chooser("Open a layout", LAYOUTS, "").showOpenDialog(owner), "");
  }

  @Override
  public Optional<Path> saveLayout(String name) {
    return chosen(chooser("Save the layout", LAYOUTS, name).showSaveDialog(owner), ".json");
  }

  @Override
  public Optional<Path> folder(String title) {
    var chooser = new DirectoryChooser();
    chooser.setTitle(title);
    return Optional.ofNullable(chooser.showDialog(owner)).map(File::toPath);
  }

  @Override
  public Optional<Path> saveText(String name) {
    var chooser = chooser("Save as text", TEXT, name + ".txt");
    return chosen(chooser.showSaveDialog(owner), ".txt");
  }

  @Override
  public void show(Path shown) {
    try {
      // one that holds nothing yet may not be there
      Files.createDirectories(shown);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "folder not made: " + shown, e);
    }
    browser.accept(shown.toUri().toString());
  }

  @Override
  public Optional<Path> saveField(String name) {
    var chooser = chooser("Save the field", FIELDS, name + ".infd");
    return chosen(chooser.showSaveDialog(owner), ".infd");
  }

  @Override
  public void open(Path file) {
    browser.accept(file.toUri().toString());
  }

  @Override
  public Optional<Path> export(String name, ExportFormat format) {
    if (format.isFolder()) {
      var chooser = chooser("Export to a new folder", ANY, name);
      return chosen(chooser.showSaveDialog(owner), "");
    }
    var endings = format.endings();
    var ending = endings.getFirst();
    var chooser =
        chooser(
            "Export as " + format.title(),
            new ExtensionFilter(
                format.title() + " picture", endings.stream().map(of -> "*" + of).toList()),
            name + ending);
    return chosen(chooser.showSaveDialog(owner), ending);
  }

  @Override
  public Optional<Path> film(String name, FilmFormat format) {
    var ending =
        switch (format) {
          case MP4 -> ".mp4";
          case AVI -> ".avi";
          case GIF -> ".gif";
          case FRAMES -> "";
        };
    if (ending.isEmpty()) {
      return chosen(chooser("Frames to a new folder", ANY, name).showSaveDialog(owner), "");
    }
    var chooser =
        chooser("Export the film", new ExtensionFilter("Film", "*" + ending), name + ending);
    return chosen(chooser.showSaveDialog(owner), ending);
  }

  private FileChooser chooser(String title, ExtensionFilter filter, String name) {
    var chooser = new FileChooser();
    chooser.setTitle(title);
    chooser.getExtensionFilters().setAll(filter);
    chooser.setInitialFileName(name);
    start(folder, home()).ifPresent(chooser::setInitialDirectory);
    return chooser;
  }

  private static String home() {
    var asked = System.getenv("HOME");
    return asked == null || asked.isBlank() ? System.getProperty("user.home", "") : asked;
  }

  /**
   * Where a dialog begins: where the last one ended, or else with the user's pictures; never in the
   * folder that the program was started from.
   */
  static Optional<File> start(String last, String home) {
    return Stream.of(last, home.isEmpty() ? "" : home + File.separator + "Pictures", home)
        .filter(path -> !path.isEmpty())
        .map(File::new)
        .filter(File::isDirectory)
        .findFirst();
  }

  private Optional<Path> chosen(@org.jspecify.annotations.Nullable File file, String ending) {
    if (file == null) {
      return Optional.empty();
    }
    var path = file.toPath();
    var parent = path.toAbsolutePath().getParent();
    folder = parent == null ? "" : parent.toString();
    var name = String.valueOf(path.getFileName());
    return Optional.of(
        ending.isEmpty() || name.contains(".") ? path : path.resolveSibling(name + ending));
  }
}
