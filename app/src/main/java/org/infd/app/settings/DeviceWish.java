package org.infd.app.settings;

/** What pictures are to be computed on. */
public enum DeviceWish {
  AUTO("The best that works", "auto"),
  CPU("The processor", "cpu"),
  CUDA("An NVIDIA GPU", "cuda"),
  TENSORRT("TensorRT", "tensorrt"),
  DIRECTML("DirectML", "directml"),
  COREML("CoreML", "coreml");

  private final String title;
  private final String word;

  DeviceWish(String title, String word) {
    this.title = title;
    this.word = word;
  }

  /** What the user is shown. */
  public String title() {
    return title;
  }

  /** What the engine calls it. */
  public String word() {
    return word;
  }
}
