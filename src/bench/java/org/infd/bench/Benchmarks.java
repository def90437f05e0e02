package org.infd.bench;

import java.util.Collection;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the benchmarks (arguments as JMH takes them) and prints the ratios that matter. */
public final class Benchmarks {
  private Benchmarks() {}

  /** See the class. */
  public static void main(String[] arguments) throws RunnerException, CommandLineOptionException {
    var options =
        new OptionsBuilder()
            .parent(new CommandLineOptions(arguments))
            .jvmArgsAppend(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dinfd.home=" + System.getProperty("infd.home", "."))
            .build();
    var results = new Runner(options).run();
    tiles(results);
    gradients(results);
    exports(results);
  }

  /** How fast exports are beside the bare rendering of their pieces, both measured in this run. */
  private static void exports(Collection<RunResult> results) {
    var bare = new TreeMap<String, RunResult>();
    var whole = new TreeMap<String, RunResult>();
    for (var result : results) {
      var parameters = result.getParams();
      if (parameters.getBenchmark().startsWith(ExportBenchmark.class.getName() + ".")) {
        (parameters.getBenchmark().endsWith(".bare") ? bare : whole)
            .put(parameters.getParam("format"), result);
      }
    }
    if (bare.isEmpty()) {
      return;
    }
    System.out.println(
        "\nformat      bare ms min/mean   export ms min/mean   rate by minima, by means");
    for (var entry : bare.entrySet()) {
      var format = entry.getKey();
      var export = whole.get(format);
      if (export == null) {
        continue;
      }
      var there = entry.getValue().getPrimaryResult().getStatistics();
      var all = export.getPrimaryResult().getStatistics();
      System.out.printf(
          "%-8s %9.0f %9.0f %10.0f %9.0f %12.1f%% %9.1f%%%n",
          format,
          there.getMin(),
          there.getMean(),
          all.getMin(),
          all.getMean(),
          100 * there.getMin() / all.getMin(),
          100 * there.getMean() / all.getMean());
    }
  }

  /** What a VJP costs over its forward, both measured in this run. */
  private static void gradients(Collection<RunResult> results) {
    var forward = new TreeMap<String, Double>();
    var back = new TreeMap<String, Double>();
    for (var result : results) {
      var parameters = result.getParams();
      if (parameters.getBenchmark().startsWith(GradientBenchmark.class.getName() + ".")) {
        (parameters.getBenchmark().endsWith(".back") ? back : forward)
            .put(parameters.getParam("network"), result.getPrimaryResult().getScore());
      }
    }
    if (back.isEmpty()) {
      return;
    }
    System.out.println("\nnetwork        forward ms       back ms   back/forward");
    for (var network : back.keySet()) {
      double there = forward.getOrDefault(network, Double.NaN);
      double andBack = back.getOrDefault(network, Double.NaN);
      System.out.printf("%-12s %12.1f %13.1f %14.2f%n", network, there, andBack, andBack / there);
    }
  }

  private static void tiles(Collection<RunResult> results) {
    var milliseconds = new TreeMap<String, Double>();
    for (var result : results) {
      var parameters = result.getParams();
      if (parameters.getBenchmark().equals(TileBenchmark.class.getName() + ".tile")) {
        milliseconds.put(
            key(
                parameters.getParam("hidden"),
                parameters.getParam("threads"),
                parameters.getParam("graph")),
            result.getPrimaryResult().getScore());
      }
    }
    if (milliseconds.isEmpty()) {
      return;
    }
    System.out.println(
        "\nhidden threads   conv GFLOP/s  frozen GFLOP/s   frozen/conv   live ms/frozen ms");
    for (var hidden : new String[] {"64", "256"}) {
      for (var threads : new String[] {"1", "2"}) {
        var conv = milliseconds.get(key(hidden, threads, "conv"));
        var frozen = milliseconds.get(key(hidden, threads, "frozen"));
        var live = milliseconds.get(key(hidden, threads, "live"));
        if (conv != null && frozen != null && live != null) {
          double bare = gigaflops(hidden, "conv", conv);
          double whole = gigaflops(hidden, "frozen", frozen);
          System.out.printf(
              "%6s %7s %14.1f %15.1f %12.1f%% %19.2f%n",
              hidden, threads, bare, whole, 100 * whole / bare, live / frozen);
        }
      }
    }
  }

  private static String key(String hidden, String threads, String graph) {
    return hidden + " " + threads + " " + graph;
  }

  private static double gigaflops(String hidden, String graph, double milliseconds) {
    return 2
        * TileBenchmark.multiplyAccumulates(Integer.parseInt(hidden), graph)
        / milliseconds
        / 1e6;
  }
}
