package org.infd.app.settings;

import java.nio.file.Path;
import org.infd.app.work.JsonFile;

/**
 * Keeps {@link Settings} in a small JSON file. A missing or damaged file means the defaults; what
 * cannot be written is forgotten.
 */
public final class SettingsStore {
  /** Ours are below a kilobyte; anything large is not ours. */
  private static final long LARGEST_FILE = 256 << 10;

  private final JsonFile<Settings> file;

  /**
   * @param file where settings are kept; its folder is made when needed
   */
  public SettingsStore(Path file) {
    this.file = new JsonFile<>(file, Settings.class, LARGEST_FILE, "settings");
  }

  /** What was remembered, or the defaults. Never throws. */
  public Settings load() {
    return file.readKept().orElseGet(Settings::defaults);
  }

  /** Remembers. Never throws. */
  public void save(Settings settings) {
    file.write(settings);
  }
}
