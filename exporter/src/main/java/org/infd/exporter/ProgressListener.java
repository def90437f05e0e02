package org.infd.exporter;

/** Is told how an import goes on, on the thread that imports. */
@FunctionalInterface
public interface ProgressListener {
  /**
   * Some work was done.
   *
   * @param stage what is being done, for people: "Reading", "Hashing", "Writing", "Verifying"
   * @param fraction how much of this stage is done, 0 to 1
   */
  void progress(String stage, double fraction);

  /** Takes no notice. */
  static ProgressListener none() {
    return (stage, fraction) -> {};
  }
}
