package org.infd.inference.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.infd.inference.UserData;
import org.infd.inference.runtime.Device.Kind;
import org.infd.inference.runtime.Device.Precision;

/** The execution providers of the runtime: which it has, and the options they are used with. */
final class Providers {
  private Providers() {}

  /** Those that the runtime holds. Proves nothing about the machine. */
  static Set<Kind> offered() {
    RuntimeLibraries.load();
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
    add(options, device, channelsLast, device.memoryLimit());
  }

  /**
   * Lets a session run on a device.
   *
   * @param memory what this session may take of the device's memory, in bytes; 0 for no limit
   */
  static void add(
      OrtSession.SessionOptions options, Device device, boolean channelsLast, long memory)
      throws OrtException {
    switch (device.kind()) {
      case CPU -> {}
      case CUDA -> addCuda(options, device, channelsLast, memory);
      case TENSORRT -> {
        RuntimeLibraries.require("tensorrt");
        try (var tensorrt = new OrtTensorRTProviderOptions(device.index())) {
          for (var option : tensorRtOptions(memory / 2, UserData.folder()).entrySet()) {
            tensorrt.add(option.getKey(), option.getValue());
          }
          options.addTensorrt(tensorrt);
        }
        // takes what TensorRT leaves
        addCuda(options, device, false, memory / 2);
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
      OrtSession.SessionOptions options, Device device, boolean channelsLast, long memory)
      throws OrtException {
    RuntimeLibraries.require("cuda");
    try (var cuda = new OrtCUDAProviderOptions(device.index())) {
      for (var option : cudaOptions(device, channelsLast, memory).entrySet()) {
        cuda.add(option.getKey(), option.getValue());
      }
      options.addCUDA(cuda);
    }
  }

  /**
   * The TensorRT provider's options. It builds an engine for every shape, which takes minutes: they
   * are kept.
   *
   * @param memory the bound of its work space in bytes; 0 for none
   * @param data the folder of the user's data
   */
  static Map<String, String> tensorRtOptions(long memory, Path data) {
    var options = new LinkedHashMap<String, String>();
    options.put("trt_engine_cache_enable", "1");
    options.put("trt_engine_cache_path", data.resolve("tensorrt").toString());
    options.put("trt_timing_cache_enable", "1");
    options.put("trt_timing_cache_path", data.resolve("tensorrt").toString());
    if (memory > 0) {
      options.put("trt_max_workspace_size", Long.toString(memory));
    }
    return options;
  }

  /**
   * The CUDA provider's options. No exhaustive search of convolutions, which takes seconds per
   * shape; an arena that grows by what is asked for; TF32 only where full precision was given up.
   *
   * @param channelsLast whether convolutions are laid out as NHWC
   * @param memory the bound of the session's arena in bytes; 0 for none
   */
  static Map<String, String> cudaOptions(Device device, boolean channelsLast, long memory) {
    var options = new LinkedHashMap<String, String>();
    options.put("cudnn_conv_algo_search", "HEURISTIC");
    options.put("arena_extend_strategy", "kSameAsRequested");
    options.put("use_tf32", device.precision() == Precision.FULL ? "0" : "1");
    if (memory > 0) {
      options.put("gpu_mem_limit", Long.toString(memory));
      // the largest work space of a convolution would not fit into a bounded arena
      options.put("cudnn_conv_use_max_workspace", "0");
    }
    if (channelsLast) {
      options.put("prefer_nhwc", "1");
    }
    return options;
  }
}
