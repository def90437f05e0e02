package org.infd.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.infd.exporter.torch.Checkpoint;
import org.infd.exporter.torch.Safetensors;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.Layout;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.GraphFile;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every reader of files meets damaged and hostile ones: nothing but a {@link Problem} comes out,
 * with little work and memory, and nothing is written. {@code -Dinfd.hostile=100000} tries that
 * many; a failure names the seed of its file.
 */
class HostileFilesTest {
  private static final Path ROOT = Path.of(System.getProperty("infd.root", "../.."));
  private static final int INPUTS = Integer.getInteger("infd.hostile", 3600);

  /** Beginnings of each file. */
  private static final int CUTS = 60;

  /** Of a thread's own processor time, so that a busy machine does not matter. */
  private static final long MOST_NANOS = 2_000_000_000L;

  private static final long MOST_BYTES = 512L << 20;

  /** What only a programmer understands, and what does something to a screen. */
  private static final Pattern TECHNICAL =
      Pattern.compile(
          "Cannot invoke|Exception|Feature|\\bnull\\b|java\\.|tools\\.jackson|\\$\\w|[\\x00-\\x1f\\x7f-\\x9f]");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  private interface Reader {
    void read(Path file) throws IOException;
  }

  /**
   * @param name of the file, which some readers look at
   * @param json whether its values can be replaced
   */
  private record Kind(String name, byte[] file, boolean json, Reader reader) {}

  private static byte[] resource(String name) throws IOException {
    return Files.readAllBytes(ROOT.resolve("src/test/resources/golden").resolve(name));
  }

  private List<Kind> kinds() throws IOException {
    var mountains = ROOT.resolve("assets/mountains");
    var manifest = Files.readAllBytes(mountains.resolve("bundle/bundle.json"));
    return List.of(
        new Kind("a.pth", resource("infd-tiny/ae-stage.pth"), false, HostileFilesTest::checkpoint),
        new Kind(
            "a.safetensors",
            resource("clip-tiny/hub.safetensors"),
            false,
            file -> {
              try (var tensors = Safetensors.open(file)) {
                tensors.stateDict().values().forEach(tensor -> tensor.elements());
              }
            }),
        new Kind("a.infd", field(), false, HostileFilesTest::field),
        new Kind("a.json", layout(), true, Layout::read),
        new Kind("bundle.json", manifest, true, file -> ModelBundle.open(file.getParent())),
        new Kind("a.png", picture(), true, HostileFilesTest::metadata),
        new Kind(
            "decode.onnx",
            Files.readAllBytes(mountains.resolve("bundle/render.onnx")),
            false,
            HostileFilesTest::graph));
  }

  private static void checkpoint(Path file) {
    try (var checkpoint = Checkpoint.open(file)) {
      checkpoint.stateDict().values().forEach(tensor -> tensor.elements());
    }
  }

  private static void field(Path file) {
    try {
      FieldFile.recipe(file);
    } catch (Problem e) {
      // the whole says it again
    }
    FieldFile.thumbnail(file);
    FieldFile.read(file);
  }

  private static void metadata(Path file) throws IOException {
    PictureMetadata.read(file).ifPresent(PictureMetadata::toPngText);
    ForeignRecipe.read(file);
  }

  private static void graph(Path file) throws IOException {
    GraphFile.read(Files.readAllBytes(file));
  }

  private byte[] field() throws IOException {
    var file = folder.resolve("seed.infd");
    var z = Tensor.zeros(1, 4, 8, 8);
    FieldFile.write(
        file, new FieldImage(List.of(new FieldImage.Layer(z, recipe(), null))), picture());
    var bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static Recipe recipe() {
    return Recipe.builder("mountains", "0".repeat(64)).seed(7).prompt("a lake").build();
  }

  private static byte[] layout() {
    return """
    {"version": 1, "prompt": "a lake", "boxes": [
      {"row": 0.1, "column": 0.2, "height": 0.3, "width": 0.4, "prompt": "a barn", "weight": 2},
      {"row": 0.5, "column": 0.5, "height": 0.5, "width": 0.5, "prompt": "snow", "start": 0.1,
       "end": 0.9, "negativePrompt": "fog"}]}
    """
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A PNG of nothing but a recipe. */
  private static byte[] picture() {
    var texts =
        PictureMetadata.of(recipe(), Frame.square(64), false, Device.cpu(), false)
            .toPngText()
            .texts();
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    chunk(out, "IHDR", new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0});
    chunk(out, "iTXt", ("infd\0\0\0\0\0" + texts.get("infd")).getBytes(StandardCharsets.UTF_8));
    chunk(out, "tEXt", ("parameters\0" + texts.get("parameters")).getBytes(StandardCharsets.UTF_8));
    chunk(
        out,
        "iTXt",
        ("prompt\0\0\0\0\0{\"3\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":7,\"positive\":"
                + "[\"6\",0]}},\"6\":{\"inputs\":{\"text\":\"a lake\"}}}")
            .getBytes(StandardCharsets.UTF_8));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    var name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(name);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  @Test
  void nothingButProblemsComesOutOfReaders() throws IOException {
    int tried = 0;
    var faults = new ArrayList<String>();
    var kinds = kinds();
    for (var kind : kinds) {
      var place = Files.createDirectory(folder.resolve("of-" + kind.name));
      var file = place.resolve(kind.name);
      // as it is it can be read
      Files.write(file, kind.file);
      assertEquals("", fault(kind.reader, file, false), kind.name);
      int cut = 0;
      for (var beginning : Mutations.cuts(kind.file, CUTS)) {
        Files.write(file, beginning);
        note(faults, kind, "cut " + cut++, fault(kind.reader, file, true));
        tried++;
      }
      for (int seed = 0; seed < INPUTS / kinds.size(); seed++) {
        var random = new Random(seed);
        boolean json = kind.json && random.nextInt(3) > 0;
        Files.write(
            file,
            json ? Mutations.hostileJson(kind.file, random) : Mutations.spoiled(kind.file, random));
        note(faults, kind, "seed " + seed, fault(kind.reader, file, true));
        tried++;
      }
      try (var left = Files.list(place)) {
        assertEquals(List.of(file), left.toList(), "nothing else is written");
      }
    }
    assertTrue(faults.isEmpty(), faults.size() + " faults, the first:\n" + first(faults));
    assertTrue(tried >= INPUTS, "tried " + tried);
  }

  private static void note(List<String> faults, Kind kind, String input, String fault) {
    if (!fault.isEmpty()) {
      faults.add(kind.name + ", " + input + ": " + fault);
    }
  }

  private static String first(List<String> faults) {
    return String.join("\n", faults.subList(0, Math.min(20, faults.size())));
  }

  /** What is wrong with how a reader takes a file; empty if nothing is. */
  private static String fault(Reader reader, Path file, boolean mayRefuse) {
    long thread = Thread.currentThread().threadId();
    long bytes = THREADS.getThreadAllocatedBytes(thread);
    long nanos = THREADS.getCurrentThreadCpuTime();
    try {
      reader.read(file);
    } catch (Problem e) {
      if (!mayRefuse
          || TECHNICAL.matcher(e.getMessage()).find()
          || e.getMessage().length() > 2000) {
        return "said: " + e.getMessage();
      }
    } catch (IOException e) {
      // a picture that the system does not give is told by who opens it
      if (!mayRefuse) {
        return e.toString();
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?");
    }
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    bytes = THREADS.getThreadAllocatedBytes(thread) - bytes;
    return nanos > MOST_NANOS || bytes > MOST_BYTES
        ? nanos / 1_000_000 + " ms and " + (bytes >> 20) + " MB"
        : "";
  }
}
