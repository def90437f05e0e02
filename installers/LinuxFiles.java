import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What jpackage puts into a deb or an rpm beside the application, from its own templates: the menu
 * entry, which hands a file over, the icons, and the scripts, which put {@code infd} on the PATH
 * and take it away again; the user's pictures stay.
 */
final class LinuxFiles {
  private static final String LINK = "/usr/bin/infd";
  private static final String APPLICATIONS = "/usr/share/applications";
  private static final String REFRESH =
      "update-desktop-database " + APPLICATIONS + " >/dev/null 2>&1";

  private final Commands commands;
  private final Path root;
  private final Path work;
  private final Path resources;
  private final String folder;

  /**
   * @param root the repository
   * @param work a folder for what is in between
   * @param resources where jpackage looks for what replaces its own
   * @param folder the name of the package and of its folder in /opt
   */
  LinuxFiles(Commands commands, Path root, Path work, Path resources, String folder) {
    this.commands = commands;
    this.root = root;
    this.work = work;
    this.resources = resources;
    this.folder = folder;
  }

  /** Writes the files for a type of package. */
  void write(String type) throws Exception {
    var templates = work.resolve("templates");
    Folders.delete(templates);
    commands.run(
        List.of(
            commands.tool("jimage").toString(),
            "extract",
            "--dir=" + templates,
            "--include=glob:/jdk.jpackage/**/template.*",
            commands.jdk().resolve("lib/modules").toString()));
    menu(template(templates, "desktop"));
    if (type.equals("deb")) {
      debScripts(templates);
    } else {
      rpmScripts(templates);
    }
  }

  /**
   * The studio's entry takes a file, and names the launcher whose path has no space, which not
   * every opener reads right; that of the command line only carries its icon.
   */
  private void menu(String template) throws IOException {
    Files.writeString(
        resources.resolve(Package.NAME + ".desktop"),
        template.replace("Exec=APPLICATION_LAUNCHER", "Exec=" + target() + " %f").strip()
            + "\nKeywords=image;picture;diffusion;neural field;\n"
            // the name by which a desktop knows that a window is the program's
            + "StartupWMClass=org.infd.app.window.Studio\n");
    Files.writeString(resources.resolve("infd.desktop"), template.strip() + "\nNoDisplay=true\n");
    for (var launcher : List.of(Package.NAME, "infd")) {
      Files.copy(
          root.resolve("installers/icons/infd-256.png"), resources.resolve(launcher + ".png"));
    }
  }

  private String add() {
    return "\nfind /opt/"
        + folder
        + " \\( -name '*.jar' -o -name modules \\) -type f -exec touch -d "
        + Package.TIME
        + " {} +\n"
        + "ln -sf "
        + target()
        + " "
        + LINK
        + "\n"
        // where there is no menu yet, as with a bare window manager, nothing was put down
        + "if [ ! -e "
        + entry()
        + " ]; then\n  mkdir -p "
        + APPLICATIONS
        + "\n  cp /opt/"
        + folder
        + "/lib/"
        + entryName()
        + " "
        + APPLICATIONS
        + "\nfi\n"
        + REFRESH
        + "\nset -e\n";
  }

  /** What takes away what {@link #add} put there. */
  private String take() {
    return "if "
        + isMine()
        + "; then rm -f "
        + LINK
        + "; fi\nrm -f "
        + entry()
        + "\n"
        + REFRESH
        + "\n";
  }

  private String entryName() {
    return folder + "-" + Package.NAME.replace(' ', '_') + ".desktop";
  }

  private String entry() {
    return APPLICATIONS + "/" + entryName();
  }

  private String target() {
    return "/opt/" + folder + "/bin/infd";
  }

  private String isMine() {
    return "[ \"$(readlink " + LINK + ")\" = " + target() + " ]";
  }

  // a machine without a desktop has no menu: that is no reason to fail, hence 'set +e'

  private void debScripts(Path templates) throws IOException {
    Files.writeString(
        resources.resolve("postinst"),
        template(templates, "postinst")
            .replace("DESKTOP_COMMANDS_INSTALL", "set +e\nDESKTOP_COMMANDS_INSTALL" + add()));
    Files.writeString(
        resources.resolve("prerm"),
        template(templates, "prerm")
            .replace(
                "DESKTOP_COMMANDS_UNINSTALL",
                "set +e\nDESKTOP_COMMANDS_UNINSTALL\n" + take() + "set -e\n"));
    // the flavours share the command's name
    var other = folder.endsWith("-cuda") ? folder.replace("-cuda", "") : folder + "-cuda";
    Files.writeString(
        resources.resolve("control"),
        template(templates, "control").replace("Provides:", "Conflicts: " + other + "\nProvides:"));
  }

  private void rpmScripts(Path templates) throws IOException {
    // on an upgrade the old package goes after the new one has come
    Files.writeString(
        resources.resolve(folder + ".spec"),
        "%define clamp_mtime_to_source_date_epoch 1\n"
            + "%define use_source_date_epoch_as_buildtime 1\n"
            + "%define _buildhost localhost\n"
            + template(templates, "spec")
                .replace("DESKTOP_COMMANDS_INSTALL", "set +e\nDESKTOP_COMMANDS_INSTALL" + add())
                .replace(
                    "DESKTOP_COMMANDS_UNINSTALL",
                    "set +e\nDESKTOP_COMMANDS_UNINSTALL\nif [ \"$1\" = 0 ]; then\n"
                        + take()
                        + "fi\n"));
  }

  /** jpackage's own file, which ours adds to. */
  private static String template(Path folder, String name) throws IOException {
    try (var files = Files.walk(folder)) {
      var file = files.filter(f -> f.endsWith("template." + name)).findFirst();
      return Files.readString(file.orElseThrow(() -> new IOException("no template of " + name)));
    }
  }
}
