package org.infd.inference.generation;

/** The version of this program. */
public final class Version {
  private Version() {}

  /** As the jar says, or "development" when run from classes. */
  public static String text() {
    var version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
