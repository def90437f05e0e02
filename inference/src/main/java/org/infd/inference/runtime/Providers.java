package org.infd.inference.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.Device.Precision;

/** The execution providers of the runtime: which it has, and the options they are used with. */
final class Providers {
  private Providers() {}

  /** Those that the runtime holds. Proves nothing about the machine. */
  static Set<Kind> offered() {
    var kinds = EnumSet.of(Kind.CPU);
    for (var provider : OrtEnvironment.getAvailableProviders()) {
      switch (provider) {
        case CUDA -> kinds.add(Kind.CUDA);
        case TENSOR_RT -> kinds.add(Kind.TENSORRT);
        case DIRECT_ML -> kinds.add(Kind.DIRECTML);
        case CORE_ML -> kinds.add(Kind.COREML);
        default -> {}
      }
    }
    return kinds;
  }

  /** Lets a session run on a device. */
  static void add(OrtSession.SessionOptions options, Device device, boolean channelsLast)
      throws OrtException {
    switch (device.kind()) {
      case CPU -> {}
      case CUDA -> addCuda(options, device, channelsLast);
      case TENSORRT -> {
        try (var tensorrt = new OrtTensorRTProviderOptions(device.index())) {
          if (device.memoryLimit() > 0) {
            tensorrt.add("trt_max_workspace_size", Long.toString(device.memoryLimit()));
          }
          options.addTensorrt(tensorrt);
        }
        // takes what TensorRT leaves
        addCuda(options, device, false);
      }
      case DIRECTML -> {
        // the provider's own demands
        options.setMemoryPatternOptimization(false);
        options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
        options.addDirectML(device.index());
      }
      case COREML -> options.addCoreML();
    }
  }

  private static void addCuda(
      OrtSession.SessionOptions options, Device device, boolean channelsLast) throws OrtException {
    try (var cuda = new OrtCUDAProviderOptions(device.index())) {
      for (var option : cudaOptions(device, channelsLast).entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      options.addCUDA(cuda);
    }
  }

  /**
   * The CUDA provider's options. No exhaustive search of convolutions, which takes seconds per
   * shape; an arena that grows by what is asked for; TF32 only where full precision was given up.
   *
   * @param channelsLast whether convolutions are laid out as NHWC
   */
  static Map<String, String> cudaOptions(Device device, boolean channelsLast) {
    var options = new LinkedHashMap<String, String>();
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    options.put("arena_extend_strategy", "kSameAsRequested");
    options.put("use_tf32", device.precision() == Precision.FULL ? "0" : "1");
    if (device.memoryLimit() > 0) {
      options.put("gpu_mem_limit", Long.toString(device.memoryLimit()));
    }
    if (channelsLast) {
      options.put("prefer_nhwc", "1");
    }
    return options;
  }
}
