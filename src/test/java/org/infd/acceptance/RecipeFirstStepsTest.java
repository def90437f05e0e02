package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.infd.app.cli.CommandLineInterface;
import org.infd.app.cli.EngineServices;
import org.infd.inference.bundle.Manifest.ConditioningKind;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Npz;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The training recipe of the embedded model, its first steps of every stage in a clean folder, and
 * its checkpoint on the way to a picture of a prompt. Needs PyTorch, NumPy and Pillow.
 */
class RecipeFirstStepsTest {
  /** It takes under a minute of a free core; test machines are not always free. */
  private static final long LONGEST_MINUTES = 20;

  private static final String PROMPT = "Sunset over a lake, pine forest";

  /** What the training's own classes make of a prompt and of no prompt. */
  private static final String REFERENCE =
      """
      import pathlib, sys
      sys.dont_write_bytecode = True
      sys.path.insert(0, sys.argv[1])
      import numpy, torch
      from clip import load_clip
      from common import load_config
      from first_steps import SMALL
      from pictures import load_model
      work, config = pathlib.Path(sys.argv[2]), load_config("cpu", SMALL)
      clip, tokenizer, _ = load_clip(work, config["clip"])
      _, network = load_model(work / "pack" / "last-model.pth", config, "cpu")
      torch.manual_seed(3)
      tokens = tokenizer([sys.argv[4], ""])
      side = config["store"]["whole"] // 2 ** (len(config["autoencoder"]["encoder_mult"]) - 1)
      z, t = torch.randn(2, config["autoencoder"]["z_channels"], side, side), torch.tensor([250, 750])
      with torch.no_grad():
          states = clip.states(tokens)
          prediction = network(z, t, states)
      numpy.savez(sys.argv[3], tokens=tokens.numpy(), states=states.numpy(), z=z.numpy(), t=t.numpy(),
                  prediction=prediction.numpy())
      """;

  @TempDir Path folder;

  private String said = "";

  /** A Python with all that the recipe imports, or an empty text. */
  private static String python() throws IOException, InterruptedException {
    for (var candidate : List.of("python3", "/usr/bin/python3", "python")) {
      try {
        var process =
            new ProcessBuilder(candidate, "-c", "import torch, numpy, PIL, tomllib")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0) {
          return candidate;
        }
        process.destroyForcibly();
      } catch (IOException e) {
        // there is no such program; the next one may be there
      }
    }
    return "";
  }

  @Test
  void theFirstStepsOfEveryStageGiveAModelThatTakesPrompts() throws Exception {
    var python = python();
    assumeTrue(
        !python.isEmpty(),
        "SKIPPED: the training recipe needs Python 3.11 with PyTorch, NumPy and Pillow (Debian:"
            + " apt install python3-torch python3-pil)");
    var work = folder.resolve("work");
    train(python, work);

    var bundle = folder.resolve("bundle");
    var checkpoint = work.resolve("pack/last-model.pth");
    run("import", checkpoint.toString(), "--out=" + bundle, "--id=steps");
    assertTrue(said.contains("extension"), said);
    assertFalse(said.contains("Missing") || said.contains("Unexpected"), said);
    assertEquals(ConditioningKind.TEXT, ModelBundle.open(bundle).manifest().conditioning().kind());

    compare(python, work, ModelBundle.open(bundle));

    var free = picture(bundle, "free");
    var pines = picture(bundle, "pines", "--prompt=" + PROMPT);
    var away =
        picture(bundle, "away", "--prompt=" + PROMPT, "--negative=clear blue sky", "--guidance=5");
    assertFalse(Arrays.equals(free, pines));
    assertFalse(Arrays.equals(pines, away));
    // no context holds this
    picture(bundle, "long", "--prompt=" + "a lake below a ridge, ".repeat(200));
    assertTrue(said.contains("Left out: “"), said);
  }

  private static String recipe() {
    return Path.of(System.getProperty("infd.root", "."), "assets/mountains/recipe").toString();
  }

  private void train(String python, Path work) throws IOException, InterruptedException {
    var text =
        runPython(
            python, Path.of(recipe(), "first_steps.py").toString(), "--work", work.toString());
    assertTrue(text.strip().endsWith("ok"), text);
  }

  /** Runs a program of the recipe, and fails with all that it said if it fails. */
  private String runPython(String python, String... arguments)
      throws IOException, InterruptedException {
    var log = folder.resolve("python.log");
    var command = new ArrayList<>(List.of(python, "-B"));
    command.addAll(List.of(arguments));
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    // several threads of such small steps wait for each other most of the time
    builder.environment().put("OMP_NUM_THREADS", "1");
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    var process = builder.start();
    try {
      boolean ended = process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES);
      var text = Files.readString(log);
      assertTrue(ended, () -> "not done after " + LONGEST_MINUTES + " minutes: " + text);
      assertEquals(0, process.exitValue(), text);
      return text;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Tokens, states and predictions of the bundle against those of the training's classes. */
  private void compare(String python, Path work, ModelBundle bundle)
      throws IOException, InterruptedException {
    var script = Files.writeString(folder.resolve("reference.py"), REFERENCE);
    var file = folder.resolve("reference.npz");
    runPython(python, script.toString(), recipe(), work.toString(), file.toString(), PROMPT);
    var expected = Npz.read(file);
    var conditioning = bundle.manifest().conditioning();
    var vocabulary = conditioning.vocabulary();
    var tokenizer =
        ClipTokenizer.read(
            "merges",
            Files.readAllBytes(bundle.vocabulary()),
            vocabulary == null ? 0 : vocabulary.tokens(),
            conditioning.contextLength());
    var tokens = expected.longs("tokens");
    var first = Arrays.copyOf(tokens.toArray(), tokenizer.contextLength());
    assertArrayEquals(first, tokenizer.encode(PROMPT).row().toArray());
    try (var tower = bundle.load("clip_text", Device.cpu());
        var unet = bundle.load("unet", Device.cpu())) {
      var states =
          tower.run(Map.of("tokens", tokens), Set.of("states"), Cancellation.never()).get("states");
      assertNear(expected.floats("states"), (Tensor) states);
      var inputs =
          Map.of(
              "z", expected.floats("z"),
              "t", expected.longs("t"),
              "context", expected.floats("states"));
      assertNear(expected.floats("prediction"), unet.run(inputs, Cancellation.never()));
    }
  }

  private static void assertNear(Tensor expected, @Nullable Tensor actual) {
    assertNotNull(actual);
    double error = Npz.relativeError(actual, expected);
    assertTrue(error <= 1e-5, () -> "off by " + error);
  }

  /** The latent of a picture. */
  private float[] picture(Path bundle, String name, String... arguments) {
    var field = folder.resolve(name + ".infd");
    var all = new ArrayList<>(List.of("generate", "--model=" + bundle, "--seed=7"));
    all.addAll(List.of("--steps=4", "--size=64", "--field=" + field));
    all.add("--out=" + folder.resolve(name + ".png"));
    all.addAll(List.of(arguments));
    run(all.toArray(String[]::new));
    return FieldFile.read(field).base().z().toArray();
  }

  private void run(String... arguments) {
    var text = new StringWriter();
    int code =
        new CommandLineInterface(
                new EngineServices(),
                (_, _) -> {},
                new PrintWriter(text),
                new PrintWriter(text),
                false)
            .run(arguments);
    said = text.toString();
    assertEquals(0, code, said);
  }
}
