package org.infd.app.settings;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.infd.app.tab.SavedTab;
import org.infd.app.work.JsonFile;

/**
 * Keeps {@link Settings} in a small JSON file. A missing or damaged file means the defaults; what
 * cannot be written is forgotten. Several windows may have one file: each writes what was changed
 * in it, and leaves the rest as the others wrote it. Thread-safe.
 */
public final class SettingsStore {
  /** Ours are below a kilobyte; anything large is not ours. */
  private static final long LARGEST_FILE = 256 << 10;

  private final JsonFile<Settings> file;

  /** What this window remembered last. */
  private Settings known = Settings.defaults();

  /** The tabs that this window ever had. */
  private final Set<SavedTab> seen = new HashSet<>();

  /**
   * @param file where settings are kept; its folder is made when needed
   */
  public SettingsStore(Path file) {
    this.file = new JsonFile<>(file, Settings.class, LARGEST_FILE, "settings");
  }

  /** What was remembered, or the defaults. Never throws. */
  public synchronized Settings load() {
    known = file.readKept().orElseGet(Settings::defaults);
    seen.addAll(known.tabs());
    return known;
  }

  /** Remembers what is other than at the last time, and all tabs. Never throws. */
  public synchronized void save(Settings settings) {
    var before = known;
    // those that are closed since are not another window's
    file.change(there -> settings.over(before, there.orElse(before), seen));
    known = settings;
    seen.addAll(settings.tabs());
  }
}
