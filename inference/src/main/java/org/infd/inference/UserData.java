package org.infd.inference;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

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
   * @throws Problem if the variable that counts holds no name of a folder
   */
  public static Path folder() {
    return folder(
        System.getenv(), System.getProperty("os.name", ""), System.getProperty("user.home", "."));
  }

  static Path folder(Map<String, String> environment, String system, String account) {
    var override = environment.get(OVERRIDE);
    if (override != null && !override.isBlank()) {
      return path(OVERRIDE, override).toAbsolutePath();
    }
    var name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("windows")) {
      var local = environment.get("LOCALAPPDATA");
      return local != null && !local.isBlank()
          ? path("LOCALAPPDATA", local).resolve(NAME)
          : Path.of(account, "AppData", "Local", NAME);
    }
    var home = home(environment, account);
    if (name.startsWith("mac")) {
      return Path.of(home, "Library", "Application Support", NAME);
    }
    var data = environment.get("XDG_DATA_HOME");
    // the XDG rules say to ignore a relative path
    return data != null && !data.isBlank() && path("XDG_DATA_HOME", data).isAbsolute()
        ? Path.of(data, NAME)
        : Path.of(home, ".local", "share", NAME);
  }

  /** Java asks the system for the account's folder and does not look at the variable. */
  private static String home(Map<String, String> environment, String account) {
    var asked = environment.get("HOME");
    return asked != null && !asked.isBlank() && path("HOME", asked).isAbsolute() ? asked : account;
  }

  private static Path path(String variable, String value) {
    try {
      // what Java puts where bytes are no letters
      if (value.indexOf('\ufffd') < 0) {
        return Path.of(value);
      }
    } catch (InvalidPathException e) {
      // told below
    }
    throw new Problem(
        "The variable "
            + variable
            + " holds '"
            + ShownText.shortened(value, 100)
            + "', which cannot be the name of a folder here, or is not in UTF-8. Set it to another"
            + " folder.");
  }
}
