package org.infd.app.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.infd.exporter.ImportOptions.LatentDiffusion;
import org.infd.inference.generation.Benchmark;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.ProbeResult;
import org.junit.jupiter.api.Test;

/** The commands about models and devices. */
class ModelCommandsTest extends CommandLineCase {
  @Test
  void importPassesEverythingOn() throws IOException {
    var checkpoint = Files.writeString(work.resolve("c.pth"), "x");
    assertEquals(
        0,
        run(
            "import",
            checkpoint.toString(),
            "--out=" + path("b"),
            "--id=tiny",
            "--name=Tiny one",
            "--fp16",
            "--trained-scale=256..1024",
            "--sharp-side=1024",
            "--overwrite",
            "--licence=CC0"));
    assertEquals("Found 3 tensors.", out.strip());
    assertEquals(
        new Services.ImportRequest(
            checkpoint,
            work.resolve("b"),
            "tiny",
            "Tiny one",
            true,
            new ScaleRange(256, 1024),
            1024,
            LatentDiffusion.usual(),
            true,
            "CC0"),
        services.imported);
    assertEquals(0, run("import", checkpoint.toString()));
    assertNotNull(services.imported);
    assertNull(services.imported.folder());
  }

  @Test
  void aClipGoesIntoAModel() throws IOException {
    var clip = Files.writeString(work.resolve("clip.pt"), "x");
    assertFails(
        1, "There is no model", "import", "--clip=" + clip, "--vocab=" + path("m"), "--into=none");
    assertFails(2, "of no use", "import", "--clip=" + clip, "--into=mountains", "--fp16");
    assertNull(services.importedClip);
    assertEquals(0, run("import", "--clip=" + clip, "--vocab=" + path("m"), "--into=mountains"));
    assertEquals("A CLIP.", out.strip());
    var folder = services.models().find("mountains").folder();
    assertEquals(
        new Services.ClipRequest(clip, work.resolve("m"), null, folder, false),
        services.importedClip);
    assertFails(
        2,
        "quick_gelu or gelu",
        "import",
        "--clip=" + clip,
        "--into=mountains",
        "--activation=relu");
    assertFails(2, "belong to --clip", "import", clip.toString(), "--activation=gelu");
    assertEquals(
        0,
        run(
            "import",
            "--clip=" + clip,
            "--vocab=" + path("m"),
            "--activation=gelu",
            "--into=mountains"));
    assertEquals(
        new Services.ClipRequest(clip, work.resolve("m"), "gelu", folder, false),
        services.importedClip);
  }

  @Test
  void modelsListsBrokenOnesToo() throws IOException {
    services.install("animals", 10);
    Files.writeString(services.install("cut", 0).resolve("bundle.json"), "{");
    assertEquals(0, run("models"));
    assertTrue(out.contains("mountains            The mountains (installed)"), out);
    assertTrue(out.contains("pictures of 10 classes"), out);
    assertTrue(out.contains("cannot be used: "), out);
    assertFails(1, "One model is damaged", "verify");
    assertEquals(0, run("verify", "mountains"));
    assertTrue(out.contains("mountains: all files are as they were imported"), out);
  }

  @Test
  void devicesSaysWhatAndWhy() {
    services.findings =
        List.of(
            new ProbeResult.Works(Device.Kind.CUDA, "Pretend 9", 12L << 30, true),
            new ProbeResult.Fails(
                Device.Kind.TENSORRT, ProbeResult.Cause.FAILED, "It is broken.", "Mend it."));
    assertEquals(0, run("devices", "--threads=2"));
    assertTrue(out.contains("CUDA: works: Pretend 9, 12 GB, float32 and float16"), out);
    assertTrue(out.contains("TensorRT: It is broken. Mend it."), out);
    assertTrue(out.contains("In use:    CPU, 2 threads"), out);
    assertTrue(out.contains("Because:   asked for."), out);
  }

  @Test
  void benchPrintsATableAndALine() {
    services.rows =
        List.of(
            new Benchmark.Row(Benchmark.Stage.STEP, "CPU, 2 threads", 40.2, 41.5, 9, 0, null, null),
            new Benchmark.Row(Benchmark.Stage.TILE, "CUDA fp16 NHWC", 2, 2.5, 99, 26, 0.001, null),
            new Benchmark.Row(
                Benchmark.Stage.EXPORT, "CUDA fp32 NCHW", 0, 0, 0, 0, null, "It is full."));
    assertEquals(0, run("bench", "--seconds", "1"));
    assertTrue(out.contains("UNet step         CPU, 2 threads"), out);
    assertTrue(out.contains("26.00  0.1000 %"), out);
    assertTrue(out.contains("CUDA fp32 NCHW            It is full."), out);
    var last = out.lines().toList().getLast();
    assertTrue(last.contains("| UNet step, CPU, 2 threads: 41.5 ms |"), last);
    assertTrue(last.endsWith("| Export of 2048², CUDA fp32 NCHW: failed"), last);
    assertFails(1, "--seconds is between", "bench", "--seconds", "0");
  }

  @Test
  void onlyAGpuComputesInHalfPrecision() {
    assertFails(1, "full precision only", "devices", "--precision", "half");
    assertEquals(0, run("devices", "--precision", "full"));
    assertFails(1, "at least 256 MB", "devices", "--gpu-memory", "3");
  }
}
