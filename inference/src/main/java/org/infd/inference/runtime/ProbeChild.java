package org.infd.inference.runtime;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.runtime.CudaDriver.CallFailed;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.ProbeResult.Cause;

/**
 * The other process of {@link Probe}: goes from the driver to a real run, says each step before it
 * begins, so that a crash or a hang can be told where it was, and what it found at the end.
 */
final class ProbeChild {
  /** The steps, in the order in which they are gone. */
  enum Step {
    START("was started"),
    DRIVER("started the driver"),
    LIBRARIES("loaded CUDA and cuDNN"),
    RUN("ran a small network");

    private final String words;

    Step(String words) {
      this.words = words;
    }

    /** What the test did then, for "while it …". */
    String words() {
      return words;
    }
  }

  private static final int NO_DEVICE = 100;
  private static final int STUB_LIBRARY = 34;

  private final Kind kind;
  private final CudaRequirements flavour;
  private final boolean windows;
  private final PrintStream out;
  private String name;
  private long memory;

  private ProbeChild(Kind kind, CudaRequirements flavour, PrintStream out) {
    this.kind = kind;
    this.flavour = flavour;
    this.out = out;
    this.windows = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    name = kind.title() + " device 0";
  }

  /** Takes the kind of device and the major versions of CUDA and cuDNN. */
  public static void main(String[] arguments) {
    var flavour =
        new CudaRequirements(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    new ProbeChild(Kind.valueOf(arguments[0]), flavour, out).probe();
    // a driver's threads must not keep this process
    System.out.flush();
    Runtime.getRuntime().halt(0);
  }

  private void probe() {
    boolean nvidia = kind == Kind.CUDA || kind == Kind.TENSORRT;
    if (nvidia && !(driver() && libraries())) {
      return;
    }
    step(Step.RUN);
    var device = new Device(kind, 0, name, "");
    try {
      if (!ProbeNetwork.isRight(device, false)) {
        fails(
            Cause.FAILED,
            name + " computes wrong numbers.",
            "Update the driver; if it stays so, the device may be damaged.");
        return;
      }
    } catch (Problem e) {
      fails(
          Cause.FAILED,
          String.valueOf(e.getMessage()).contains("fallback to CPU")
              ? name + " leaves a part of a small network to the CPU."
              : name + " refused a small network: " + inShort(String.valueOf(e.getMessage())) + ".",
          kind == Kind.TENSORRT
              ? "See whether TensorRT is installed and fits " + flavour.needs() + "."
              : "Update the driver, and see whether " + flavour.needs() + " are complete.");
      return;
    }
    say("name", name);
    say("memory", Long.toString(memory));
    say("half", Boolean.toString(half(device)));
    say("works", "");
  }

  /** Without the runtime's own addresses before the error. */
  private static String inShort(String message) {
    var mark = "with error: ";
    int error = message.lastIndexOf(mark);
    var text = error < 0 ? message : message.substring(error + mark.length());
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static boolean half(Device device) {
    try {
      return ProbeNetwork.isRight(device, true);
    } catch (Problem e) {
      // older devices cannot: full precision is what they are used with
      return false;
    }
  }

  private boolean driver() {
    step(Step.DRIVER);
    var loaded = CudaDriver.load(windows);
    if (loaded.isEmpty()) {
      fails(
          Cause.NO_DRIVER,
          "There is no NVIDIA driver ("
              + (windows ? "nvcuda.dll" : "libcuda.so.1")
              + " was not found).",
          "If this machine has an NVIDIA GPU, install its driver.");
      return false;
    }
    var driver = loaded.get();
    try {
      driver.start();
      int version = driver.version();
      if (version / 1000 < flavour.cuda()) {
        fails(
            Cause.WRONG_CUDA,
            NumberText.format(
                "The NVIDIA driver knows CUDA up to %d.%d, and this build needs CUDA %d.",
                version / 1000, version % 1000 / 10, flavour.cuda()),
            "Update the NVIDIA driver.");
        return false;
      }
      if (driver.count() == 0) {
        throw new CallFailed("cuDeviceGetCount", NO_DEVICE);
      }
      name = driver.name(0);
      memory = driver.memory(0);
      return true;
    } catch (CallFailed e) {
      switch (e.code()) {
        case NO_DEVICE ->
            fails(
                Cause.NO_DEVICE,
                "The NVIDIA driver finds no GPU.",
                "See whether the GPU is switched on, and not given to another system.");
        case STUB_LIBRARY ->
            fails(
                Cause.NO_DRIVER,
                "There is only the stand-in of the NVIDIA driver that CUDA brings for compilers.",
                "Install the driver, and take CUDA's folder 'stubs' off the library path.");
        default ->
            fails(
                Cause.FAILED,
                "The NVIDIA driver does not start: " + e.getMessage() + ".",
                "Restart the machine; if it stays so, install the driver again.");
      }
      return false;
    }
  }

  private boolean libraries() {
    step(Step.LIBRARIES);
    var lack =
        new CudaLibraries(windows, file -> CudaDriver.library(file).isPresent()).missing(flavour);
    lack.ifPresent(missing -> fails(missing.cause(), missing.reason(), missing.nextStep()));
    return lack.isEmpty();
  }

  private void step(Step step) {
    say("step", step.name());
  }

  private void fails(Cause cause, String reason, String nextStep) {
    say("reason", reason);
    say("next", nextStep);
    say("fails", cause.name());
  }

  private void say(String key, String value) {
    out.println(key + "=" + value.replace('\n', ' ').replace('\r', ' '));
    out.flush();
  }
}
