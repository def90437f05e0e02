package org.infd.app.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps {@link Settings} in a small JSON file. Settings are a comfort: a missing or damaged file
 * means the defaults, and what cannot be written is forgotten.
 */
public final class SettingsStore {
  private static final System.Logger LOG = System.getLogger(SettingsStore.class.getName());

  /** Ours are below a kilobyte; anything large is not ours. */
  private static final long LARGEST_FILE = 64 << 10;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final Path file;

  /**
   * @param file where settings are kept; its folder is made when needed
   */
  public SettingsStore(Path file) {
    this.file = file;
  }

  /** What was remembered, or the defaults. Never throws. */
  public Settings load() {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST_FILE) {
        return Settings.defaults();
      }
      var settings = JSON.readValue(Files.readAllBytes(file), Settings.class);
      return settings == null ? Settings.defaults() : settings;
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      LOG.log(System.Logger.Level.WARNING, "settings not read from " + file, e);
      return Settings.defaults();
    }
  }

  /** Remembers. Never throws. */
  public void save(Settings settings) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var bytes = JSON.writeValueAsBytes(settings);
      AtomicFile.write(file, stream -> stream.write(bytes));
    } catch (IOException | JacksonException | Problem e) {
      LOG.log(System.Logger.Level.WARNING, "settings not written to " + file, e);
    }
  }
}
