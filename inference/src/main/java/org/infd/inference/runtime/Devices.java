package org.infd.inference.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.Device.Precision;
import org.infd.inference.runtime.ProbeResult.Cause;

/**
 * Chooses the device. By itself it takes CUDA where the runtime holds it and a real run in another
 * process succeeds, else the CPU with the reason; TensorRT, DirectML and CoreML only when they are
 * asked for and pass the same test.
 */
public final class Devices {
  private final Set<Kind> offered;
  private final Function<Kind, ProbeResult> probe;

  /**
   * @param offered what the runtime holds
   * @param probe tests a kind of device
   */
  Devices(Set<Kind> offered, Function<Kind, ProbeResult> probe) {
    this.offered = offered;
    this.probe = probe;
  }

  /** The devices of this machine. */
  public static Devices ofSystem() {
    return new Devices(Providers.offered(), Probe.ofSystem()::run);
  }

  /** The kinds that the runtime holds, whether they work here or not. */
  public Set<Kind> offered() {
    return Set.copyOf(offered);
  }

  /** What a test says of every kind that the runtime holds, and of CUDA in any case. */
  public List<ProbeResult> survey() {
    var findings = new ArrayList<ProbeResult>();
    for (var kind : Kind.values()) {
      if (kind == Kind.CUDA || (kind != Kind.CPU && offered.contains(kind))) {
        findings.add(find(kind));
      }
    }
    return findings;
  }

  /**
   * The device for a wish of the user.
   *
   * @param wish "auto", or a kind in lower case: "cpu", "cuda", "tensorrt", "directml", "coreml"
   * @throws Problem if the wish is unknown, or a device was asked for that cannot be had
   */
  public Device choose(String wish) {
    if (wish.equalsIgnoreCase("auto")) {
      return best();
    }
    var kind = kind(wish);
    if (kind == Kind.CPU) {
      return Device.cpu("asked for.");
    }
    return switch (find(kind)) {
      case ProbeResult.Works works -> device(works, "it was asked for and passed its test.");
      case ProbeResult.Fails fails ->
          throw new Problem(kind.title() + " cannot be used. " + fails.text());
    };
  }

  /** The device for a wish, or the best that works, whose reason then says why not the wish. */
  public Device chooseOrBest(String wish) {
    if (wish.equalsIgnoreCase("auto") || wish.equalsIgnoreCase("cuda")) {
      return best();
    }
    try {
      return choose(wish);
    } catch (Problem e) {
      return best().because(String.valueOf(e.getMessage()));
    }
  }

  private static Kind kind(String wish) {
    for (var kind : Kind.values()) {
      if (kind.name().equalsIgnoreCase(wish)) {
        return kind;
      }
    }
    var words = new ArrayList<String>(List.of("auto"));
    for (var kind : Kind.values()) {
      words.add(kind.name().toLowerCase(Locale.ROOT));
    }
    throw new Problem(
        "There is no device '" + wish + "'. Use one of: " + String.join(", ", words) + ".");
  }

  private Device best() {
    return switch (find(Kind.CUDA)) {
      case ProbeResult.Works works -> device(works, "it passed its test.");
      case ProbeResult.Fails fails -> {
        var cpu = Device.cpu(fails.text());
        yield new Device(
            cpu.kind(), cpu.index(), cpu.name(), cpu.reason(), cpu.precision(), 0, fails);
      }
    };
  }

  private ProbeResult find(Kind kind) {
    if (offered.contains(kind)) {
      return probe.apply(kind);
    }
    return new ProbeResult.Fails(
        kind,
        Cause.NOT_IN_RUNTIME,
        kind == Kind.CUDA
            ? "This build holds the runtime for the CPU only."
            : "The runtime of this build has no " + kind.title() + ".",
        kind == Kind.CUDA
            ? "If this machine has an NVIDIA GPU, use the CUDA build."
            : "Use --device auto.");
  }

  private static Device device(ProbeResult.Works works, String reason) {
    var memory = works.memory();
    var name =
        memory == 0
            ? works.name()
            : works.name() + NumberText.format(", %.0f GB", memory / (double) (1 << 30));
    return new Device(
        works.kind(),
        0,
        works.kind() == Kind.CUDA ? name : works.kind().title() + ": " + name,
        reason,
        works.half() ? Precision.HALF : Precision.FULL,
        0,
        works);
  }
}
