package org.infd.app.settings;

/** Whether movements are animated. */
public enum Movement {
  SYSTEM("As the system"),
  FULL("Glide and fade"),
  REDUCED("As little as possible");

  private final String title;

  Movement(String title) {
    this.title = title;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }

  /**
   * Whether nothing is to glide and fade.
   *
   * @param systemReduces whether the system asks its programs for that
   */
  public boolean isReduced(boolean systemReduces) {
    return this == REDUCED || (this == SYSTEM && systemReduces);
  }
}
