package org.infd.inference.runtime;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.infd.inference.NumberText;
import org.infd.inference.runtime.ProbeResult.Cause;

/**
 * The libraries that the CUDA provider loads, beside the driver: part of CUDA and cuDNN, which
 * users install themselves.
 *
 * @param windows whether they are named as on Windows
 * @param loads whether a library of this file name can be loaded
 */
record CudaLibraries(boolean windows, Predicate<String> loads) {
  private static final int OLDEST = 9;
  private static final int NEWEST = 20;
  private static final int CURAND = 10;

  /** Something that is missing, and why it matters. */
  record Lack(Cause cause, String reason, String nextStep) {}

  /** The first thing that a runtime of this flavour misses here. */
  Optional<Lack> missing(CudaRequirements flavour) {
    for (var library : List.of("cudart", "cublasLt", "cublas", "curand")) {
      var file = file(library, versionOf(library, flavour.cuda()));
      if (!loads.test(file)) {
        return Optional.of(missingCuda(flavour, library, file));
      }
    }
    var cudnn = file("cudnn", flavour.cudnn());
    return loads.test(cudnn) ? Optional.empty() : Optional.of(missingCudnn(flavour, cudnn));
  }

  private Lack missingCuda(CudaRequirements flavour, String library, String file) {
    var other = other(library, versionOf(library, flavour.cuda()));
    var install = "Install CUDA " + flavour.cuda() + "; several versions live side by side.";
    return other.isPresent() && library.equals("cudart")
        ? new Lack(
            Cause.WRONG_CUDA,
            NumberText.format(
                "CUDA %d is installed, and this build needs CUDA %d (%s was not found).",
                other.getAsInt(), flavour.cuda(), file),
            install)
        : new Lack(
            Cause.NO_CUDA,
            NumberText.format(
                "This build needs CUDA %d, and its library %s was not found.",
                flavour.cuda(), file),
            "Install CUDA "
                + flavour.cuda()
                + ", or put the folder of its libraries on "
                + (windows ? "PATH." : "LD_LIBRARY_PATH."));
  }

  private Lack missingCudnn(CudaRequirements flavour, String file) {
    var other = other("cudnn", flavour.cudnn());
    return new Lack(
        Cause.NO_CUDNN,
        other.isPresent()
            ? NumberText.format(
                "cuDNN %d is installed, and this build needs cuDNN %d (%s was not found).",
                other.getAsInt(), flavour.cudnn(), file)
            : NumberText.format("cuDNN %d is missing (%s was not found).", flavour.cudnn(), file),
        "Install cuDNN " + flavour.cudnn() + " for CUDA " + flavour.cuda() + ".");
  }

  private java.util.OptionalInt other(String library, int wanted) {
    return IntStream.rangeClosed(OLDEST - 1, NEWEST)
        .filter(version -> version != wanted && loads.test(file(library, version)))
        .max();
  }

  /** cuRAND has stayed at 10 since CUDA 10. */
  private static int versionOf(String library, int cuda) {
    return library.equals("curand") ? CURAND : cuda;
  }

  private String file(String library, int version) {
    return windows ? library + "64_" + version + ".dll" : "lib" + library + ".so." + version;
  }
}
