package org.infd.inference.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The versions that the runtime of this build needs. The build writes them beside this class.
 *
 * @param cuda the major version of CUDA, 0 for a runtime without
 * @param cudnn the major version of cuDNN, 0 for a runtime without
 */
public record CudaRequirements(int cuda, int cudnn) {
  private static final String FILE = "runtime.properties";

  /** That of this build. */
  public static CudaRequirements ofBuild() {
    var properties = new Properties();
    try (var in = CudaRequirements.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + " is missing from the program");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new CudaRequirements(
        Integer.parseInt(properties.getProperty("cuda.major")),
        Integer.parseInt(properties.getProperty("cudnn.major")));
  }

  /** What a machine needs for it, for people: "CUDA 12 and cuDNN 9". */
  public String needs() {
    return cuda == 0 ? "no GPU" : "CUDA " + cuda + " and cuDNN " + cudnn;
  }
}
