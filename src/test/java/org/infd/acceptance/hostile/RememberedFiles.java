package org.infd.acceptance.hostile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.infd.app.bookmark.BookmarkFiles;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.FilmShot;
import org.infd.app.export.Aspect;
import org.infd.app.export.ExportChoices;
import org.infd.app.export.ExportPreset;
import org.infd.app.export.ExportPresets;
import org.infd.app.export.UnfinishedExport;
import org.infd.app.gallery.GalleryFiles;
import org.infd.app.photo.PhotoOriginals;
import org.infd.app.runs.ParentPicture;
import org.infd.app.runs.Run;
import org.infd.app.runs.UnfinishedRun;
import org.infd.app.session.Session;
import org.infd.app.session.SessionStore;
import org.infd.app.settings.Settings;
import org.infd.app.settings.SettingsStore;
import org.infd.app.tab.SavedTab;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Background;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.FilmPath;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.generation.Recipe;

/** What the program remembers for itself: nothing in it may keep the program from starting. */
final class RememberedFiles {
  /** No process has it: numbers are given up to 2^22. */
  private static final int NO_PROCESS = 2_000_000_000;

  private final List<Kind> kinds = new ArrayList<>();

  private RememberedFiles() {}

  /** All of them, with their readers. */
  static List<Kind> all() {
    return new RememberedFiles().kinds();
  }

  private List<Kind> kinds() {
    var tabs = List.of(new SavedTab("a lake", "/home/a/x.infd", new SavedView(0.5, 0.5, 0.5)));
    var settings = Settings.defaults();
    memory(
        "settings",
        "settings.json",
        new Settings(
            settings.preferences(),
            800,
            600,
            false,
            1024,
            true,
            "/home/a",
            Kinds.recipe(),
            1 << 30,
            tabs,
            0),
        file -> {
          var read = new SettingsStore(file).load();
          Looked.at(read.preferences().summary());
          tabs(read.tabs());
          Optional.ofNullable(read.recipe()).ifPresent(RememberedFiles::look);
        });
    var parent = ParentPicture.in("/home/a/x.infd");
    var photo = new Recipe.Photo("a.jpg", "0".repeat(64), 0, 0, 64);
    var session =
        new Session(
            Kinds.recipe(),
            5,
            false,
            3,
            1024,
            tabs,
            0,
            List.of(
                new UnfinishedRun(new Run.Batch(Kinds.recipe(), 3, List.of("/home/a/x.infd")), ""),
                new UnfinishedRun(new Run.Vary(parent, Kinds.recipe(), 0.5), "/home/a/x.infd"),
                new UnfinishedRun(new Run.Redo(parent, Frame.Region.WHOLE, Kinds.recipe()), ""),
                new UnfinishedRun(new Run.Encode(photo, "mountains"), null)),
            List.of(
                new UnfinishedExport(
                    "/home/a/x.infd",
                    "Mountains",
                    ExportArea.of(Frame.square(64), false),
                    ExportSettings.of(ExportFormat.DZI),
                    null,
                    "/home/a/x",
                    true,
                    true),
                new UnfinishedExport(
                    "/home/a/x.infd",
                    "Mountains",
                    null,
                    null,
                    new FilmShot(new FilmPath(0.5, 0.5, 1 << 20, 300, 360, 640), 30),
                    "/home/a/x.gif",
                    true,
                    true)));
    memory(
        "session",
        "session-2.json",
        Map.of("version", 2, "process", NO_PROCESS, "wanted", true, "session", session),
        RememberedFiles::session);
    memory(
        "favourites",
        "favourites.json",
        List.of("a.infd", "b.infd"),
        file -> GalleryFiles.favourites(file.getParent()));
    memory(
        "bookmarks",
        "0123456789abcdef.json",
        List.of(Map.of("name", "barn", "view", new SavedView(0.1, 0.5, 0.5))),
        BookmarkFiles::read);
    memory(
        "presets of exports",
        "export-presets.json",
        Map.of("version", 1, "presets", List.of(preset("poster"), preset("card"))),
        file ->
            new ExportPresets(file, Runnable::run)
                .all()
                .forEach(
                    preset -> {
                      var choices = new ExportChoices();
                      preset.use(choices);
                      Looked.at(preset.title());
                      Looked.at(choices.areaProperty().get());
                    }));
    memory(
        "photos",
        "photos.json",
        Map.of("files", Map.of(photo.sha256(), "/home/a/a.jpg")),
        file -> {
          var originals = new PhotoOriginals(file, new Background(Runnable::run));
          Looked.at(originals.knows(photo));
          try {
            Looked.at(originals.find(photo));
          } catch (Problem e) {
            // the file that it names is not there
            Looked.at(e.getMessage());
          }
        });
    return List.copyOf(kinds);
  }

  private static ExportPreset preset(String name) {
    return new ExportPreset(
        name, Aspect.WIDE, 1920, 1080, ExportFormat.JPEG, 0.9, PictureFormat.JPEG, true);
  }

  private void memory(String title, String name, Object content, Kind.Reader reader) {
    var sound = StrictJson.memory().writeValueAsBytes(content);
    var sources = new LinkedHashMap<>(HostileJson.sources(sound));
    sources.put("spoiled", random -> Mutations.spoiled(sound, random));
    kinds.add(new Kind(title, name, sound, Map.of(), sources, reader));
  }

  private static void session(Path file) {
    var left = new SessionStore(file, new Background(Runnable::run)).left();
    if (left.isEmpty()) {
      throw new Problem("Nothing was left.");
    }
    var session = left.get().session();
    look(session.recipe());
    tabs(session.tabs());
    for (var unfinished : session.queue()) {
      var run = unfinished.whole().orElseThrow();
      Looked.at(run.title());
      Looked.at(run.parentPicture());
      if (run instanceof Run.Batch batch) {
        batch.files().stream().map(Path::of).forEach(Looked::at);
      }
    }
    for (var export : session.exports()) {
      Looked.at(Path.of(String.valueOf(export.picture())));
      Looked.at(Path.of(String.valueOf(export.target())));
    }
  }

  private static void look(Recipe recipe) {
    Looked.at(recipe.seedText());
    Looked.at(recipe.withSeed(1));
    Looked.at(StrictJson.lines().writeValueAsString(recipe));
  }

  /** As a start takes them. */
  private static void tabs(List<SavedTab> tabs) {
    for (var tab : tabs) {
      Looked.at(Path.of(tab.file()));
      var view = tab.view();
      if (view != null) {
        Looked.at(view.in(800, 600));
      }
    }
  }
}
