package org.infd.inference;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where this program keeps what belongs to the user: installed models, settings, logs. */
public final class UserData {
  /** Names the folder instead of the system's usual place. */
  public static final String OVERRIDE = "INFD_DATA";

  private static final String NAME = "infd-studio";

  private UserData() {}

  /**
   * The folder of this user. It need not exist yet.
   *
   * @return {@code INFD_DATA} if set; else under {@code LOCALAPPDATA} on Windows, {@code
   *     Library/Application Support} on macOS, {@code XDG_DATA_HOME} or {@code .local/share}
   *     elsewhere. The home folder is {@code HOME} where that is an absolute path, as other
   *     programs have it, and else the account's
   */
  public static Path folder() {
    return folder(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", "."));
  }

  static Path folder(Map<String, String> environment, String system, String account) {
    var override = environment.get(OVERRIDE);
    if (isSet(override)) {
      return Path.of(override).toAbsolutePath();
    }
    var name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      var local = environment.get("LOCALAPPDATA");
      return isSet(local) ? Path.of(local, NAME) : Path.of(account, "AppData", "Local", NAME);
    }
    var home = home(environment, account);
    if (name.startsWith("mac")) {
      return Path.of(home, "Library", "Application Support", NAME);
    }
    var data = environment.get("XDG_DATA_HOME");
    // the XDG rules say to ignore a relative path
    return isSet(data) && Path.of(data).isAbsolute()
        ? Path.of(data, NAME)
        : Path.of(home, ".local", "share", NAME);
  }

  /** Java asks the system for the account's folder and does not look at the variable. */
  private static String home(Map<String, String> environment, String account) {
    var asked = environment.get("HOME");
    return asked != null && isSet(asked) && Path.of(asked).isAbsolute() ? asked : account;
  }

  private static boolean isSet(@Nullable String value) {
    return value != null && !value.isBlank();
  }
}
