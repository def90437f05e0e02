package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Words of other programs, as they write them and as nobody should. */
class ForeignRecipeTest {
  private static final String WEB_UI =
      """
      (a lake:1.2), pine forest,
      at dusk, Seed: nothing
      Negative prompt: people, blurry
      text
      Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 18446744073709551615, Size: 512x768, \
      Model: dream, Note: "a, Steps: 5, b", Version: v1.9.4\
      """;

  @TempDir private Path folder;

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (var part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] chunk(String type, byte[] content) {
    var crc = new CRC32();
    crc.update(latin(type));
    crc.update(content);
    return join(
        ByteBuffer.allocate(4).putInt(content.length).array(),
        latin(type),
        content,
        ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private static byte[] plain(String keyword, String text) {
    return chunk("tEXt", join(latin(keyword), new byte[1], latin(text)));
  }

  private static byte[] deflated(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var stream = new DeflaterOutputStream(out, new Deflater(9))) {
      stream.write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  private static byte[] international(String keyword, String text, boolean compressed) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return chunk(
        "iTXt",
        join(
            latin(keyword),
            new byte[] {0, (byte) (compressed ? 1 : 0), 0},
            latin("en"),
            new byte[1],
            latin("x"),
            new byte[1],
            compressed ? deflated(bytes) : bytes));
  }

  private Optional<ForeignRecipe> read(byte[]... chunks) throws IOException {
    var file = folder.resolve("picture.png");
    Files.write(
        file,
        join(
            new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'},
            chunk("IHDR", new byte[13]),
            join(chunks),
            chunk("IEND", new byte[0])));
    return ForeignRecipe.read(file);
  }

  private Optional<ForeignRecipe> parameters(String text) throws IOException {
    return read(plain("parameters", text));
  }

  @Test
  void parametersOfWebUiAreRead() throws IOException {
    assertEquals(
        new ForeignRecipe(
            "(a lake:1.2), pine forest,\nat dusk, Seed: nothing",
            "people, blurry\ntext",
            Optional.of(-1L),
            Optional.of(28),
            Optional.of(6.5),
            Optional.of(SamplerKind.DPMPP),
            List.of(
                "Model: dream", "Note: \"a, Steps: 5, b\"", "Size: 512x768", "Version: v1.9.4")),
        parameters(WEB_UI).orElseThrow());
  }

  @Test
  void everyKindOfTextChunkIsRead() throws IOException {
    var wanted = parameters(WEB_UI);
    assertEquals(wanted, read(international("parameters", WEB_UI, false)));
    assertEquals(wanted, read(international("parameters", WEB_UI, true)));
    assertEquals(
        wanted,
        read(chunk("zTXt", join(latin("parameters"), new byte[2], deflated(latin(WEB_UI))))));
    assertEquals(
        "テスト café 🏔",
        read(international("parameters", "テスト café 🏔\nSteps: 20", true)).orElseThrow().prompt());
    assertEquals("café", parameters("café\nSteps: 20").orElseThrow().prompt());
    assertEquals(
        "テスト",
        read(chunk("tEXt", "parameters\0テスト\nSteps: 20".getBytes(StandardCharsets.UTF_8)))
            .orElseThrow()
            .prompt());
  }

  @Test
  void valuesThatMeanNothingHereAreLeftOut() throws IOException {
    var read =
        parameters(
                "a lake\nSteps: 5000, Sampler: DPM adaptive, CFG scale: -7, Seed: 1e9, Size: 8x8")
            .orElseThrow();
    assertEquals("a lake", read.prompt());
    assertEquals("", read.negativePrompt());
    assertTrue(read.seed().isEmpty() && read.steps().isEmpty());
    assertTrue(read.guidance().isEmpty() && read.sampler().isEmpty());
    assertEquals(
        Optional.of(SamplerKind.DDIM),
        parameters("x\nSteps: 20, Sampler: DDIM").orElseThrow().sampler());
    assertEquals(
        Optional.empty(),
        parameters("x\nSteps: 20, Sampler: DPM++ 2M SDE").orElseThrow().sampler());
    assertEquals(
        Optional.of(7.0), parameters("x\nSteps: 20, CFG scale: 7").orElseThrow().guidance());
  }

  @ParameterizedTest
  @CsvSource({
    "Euler, EULER",
    "Euler a, EULER_A",
    "euler, EULER",
    "euler_ancestral, EULER_A",
    "euler_a, EULER_A",
    "euler_k, EULER",
    "k_euler, EULER",
    "k_euler_a, EULER_A"
  })
  void eulersMethodIsKnownByItsNames(String name, SamplerKind ours) throws IOException {
    var read =
        parameters("x\nSteps: 20, Sampler: " + name + ", Schedule type: Karras").orElseThrow();
    assertEquals(Optional.of(ours), read.sampler());
    assertEquals(List.of("Schedule type: Karras"), read.others());
    var graph = graph("KSampler", "[\"6\", 0]").replace("dpmpp_2m", name);
    assertEquals(Optional.of(ours), read(plain("prompt", graph)).orElseThrow().sampler());
    var invoke = "{\"positive_prompt\": \"x\", \"scheduler\": \"" + name + "\"}";
    assertEquals(
        Optional.of(ours), read(plain("invokeai_metadata", invoke)).orElseThrow().sampler());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " \n ",
        "any text of any program",
        "Steps: 20, Seed: 7",
        "Negative prompt: people\nSteps: 20",
        "{\"prompt\": \"a lake\"}"
      })
  void whatHasNoPromptOfThisFormSaysNothing(String text) throws IOException {
    assertEquals(Optional.empty(), parameters(text));
  }

  @Test
  void lengthsAreBoundedAndControlsGoNowhere() throws IOException {
    assertEquals(Optional.empty(), parameters("x".repeat(10_001) + "\nSteps: 20"));
    assertEquals(
        Optional.empty(), parameters("x\nNegative prompt: " + "y".repeat(10_001) + "\nSteps: 20"));
    var bomb = deflated(latin("x".repeat(3 << 20)));
    assertEquals(
        Optional.empty(), read(chunk("zTXt", join(latin("parameters"), new byte[2], bomb))));
    var read = parameters("a\u001b[31m lake\u0007\nSteps: 20, Seed: 7").orElseThrow();
    assertTrue(read.prompt().chars().noneMatch(Character::isISOControl), read.prompt());
    assertEquals(Optional.of(7L), read.seed());
  }

  @Test
  void damagedChunksSayNothing() throws IOException {
    for (var chunk :
        new byte[][] {
          chunk("tEXt", latin("parameters")),
          chunk("zTXt", latin("parameters\0")),
          chunk("zTXt", latin("parameters\0\0no deflate stream")),
          chunk("zTXt", latin("parameters\0\u0001x")),
          chunk("iTXt", latin("parameters\0")),
          chunk("iTXt", latin("parameters\0\0\0en")),
          chunk("iTXt", latin("parameters\0\u0001\0en\0\0no stream"))
        }) {
      assertEquals(Optional.empty(), read(chunk));
    }
    Files.writeString(folder.resolve("no.png"), "no picture");
    assertEquals(Optional.empty(), ForeignRecipe.read(folder.resolve("no.png")));
  }

  private static String graph(String sampler, String positive) {
    return """
    {"3": {"class_type": "%s", "inputs": {"seed": 156680208700286, "steps": 20, "cfg": 8.0,
      "sampler_name": "dpmpp_2m", "scheduler": "karras", "positive": %s, "negative": ["7", 0]}},
     "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a lake", "clip": ["4", 1]}},
     "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "people", "clip": ["4", 1]}},
     "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0]}}}\
    """
        .formatted(sampler, positive);
  }

  @Test
  void aSimpleGraphOfComfyIsRead() throws IOException {
    var wanted =
        Optional.of(
            new ForeignRecipe(
                "a lake",
                "people",
                Optional.of(156680208700286L),
                Optional.of(20),
                Optional.of(8.0),
                Optional.of(SamplerKind.DPMPP),
                List.of("scheduler: karras")));
    assertEquals(wanted, read(plain("prompt", graph("KSampler", "[\"6\", 0]"))));
    assertEquals(
        wanted,
        read(
            plain(
                "prompt",
                graph("KSamplerAdvanced", "[\"6\", 0]").replace("\"seed\"", "\"noise_seed\""))));
  }

  @Test
  void anyOtherGraphSaysNothing() throws IOException {
    for (var json :
        new String[] {
          graph("KSampler", "[\"8\", 0]"),
          graph("KSampler", "[\"99\", 0]"),
          graph("KSampler", "\"6\""),
          graph("KSampler", "[6, 0]"),
          graph("Upscale", "[\"6\", 0]"),
          graph("KSampler", "[\"6\", 0]").replace("\"a lake\"", "[\"9\", 0]"),
          graph("KSampler", "[\"6\", 0]").replace("VAEDecode", "KSampler"),
          "[]",
          "\"a lake\"",
          "{\"3\": 7}",
          "{\"3\": {\"class_type\": \"KSampler\"}}",
          "[".repeat(100_000)
        }) {
      assertEquals(Optional.empty(), read(plain("prompt", json)), json);
    }
  }

  @Test
  void theMetadataOfInvokeAreRead() throws IOException {
    var read =
        read(plain(
                "invokeai_metadata",
                "{\"positive_prompt\": \"a lake\", \"negative_prompt\": null, \"seed\": 7,"
                    + " \"steps\": 30, \"cfg_scale\": 7.5, \"scheduler\": \"ddim\"}"))
            .orElseThrow();
    assertEquals(
        new ForeignRecipe(
            "a lake",
            "",
            Optional.of(7L),
            Optional.of(30),
            Optional.of(7.5),
            Optional.of(SamplerKind.DDIM),
            List.of()),
        read);
  }

  @Test
  void weightsOfPromptsAreTakenAsTheyAreHere() throws IOException {
    assertEquals(
        "a (lake:1.3), [fog]", parameters("a (lake:1.3), [fog]\nSteps: 20").orElseThrow().prompt());
    var invoked =
        read(plain(
                "invokeai_metadata",
                "{\"positive_prompt\": \"a lake++\", \"negative_prompt\": \"(fog)1.5\"}"))
            .orElseThrow();
    assertEquals("a (lake:1.21)", invoked.prompt());
    assertEquals("(fog:1.5)", invoked.negativePrompt());
    assertEquals(List.of(), invoked.others());
    var blended =
        read(plain(
                "invokeai_metadata",
                "{\"positive_prompt\": \"(a, b).blend(1, 1)\", \"negative_prompt\": \"\"}"))
            .orElseThrow();
    assertEquals("(a, b).blend(1, 1)", blended.prompt());
    assertEquals(List.of("weights of InvokeAI: .blend() is read as words"), blended.others());
  }

  /** Exif data with one text in the first directory, or in the second as a comment. */
  private static byte[] exif(int tag, byte[] text) {
    boolean isComment = tag == 0x9286;
    var out = ByteBuffer.allocate(64 + text.length);
    out.put(latin("MM")).putShort((short) 42).putInt(8).putShort((short) 1);
    if (isComment) {
      out.putShort((short) 0x8769).putShort((short) 4).putInt(1).putInt(26).putInt(0);
      out.putShort((short) 1);
    }
    int type = isComment ? 7 : 2;
    out.putShort((short) tag).putShort((short) type).putInt(text.length);
    out.putInt(out.position() + 8).putInt(0).put(text);
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] jpeg(byte[] exif) {
    var content = join(latin("Exif\0\0"), exif);
    return join(
        latin("\u00FF\u00D8\u00FF\u00E1"),
        ByteBuffer.allocate(2).putShort((short) (content.length + 2)).array(),
        content,
        latin("\u00FF\u00D9"));
  }

  private static byte[] webp(byte[] exif) {
    var chunk =
        join(
            latin("EXIF"),
            ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(exif.length).array(),
            exif,
            new byte[exif.length % 2]);
    var size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(chunk.length + 4);
    return join(latin("RIFF"), size.array(), latin("WEBP"), chunk);
  }

  private Optional<ForeignRecipe> readFile(byte[] content) throws IOException {
    var file = folder.resolve("picture");
    Files.write(file, content);
    return ForeignRecipe.read(file);
  }

  @Test
  void theExifCommentOfAJpegOrWebpIsRead() throws IOException {
    var wanted = parameters(WEB_UI);
    for (var charset :
        List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE, StandardCharsets.UTF_8)) {
      var code = charset == StandardCharsets.UTF_8 ? "ASCII\0\0\0" : "UNICODE\0";
      var exif = exif(0x9286, join(latin(code), WEB_UI.getBytes(charset)));
      assertEquals(wanted, readFile(jpeg(exif)), charset.name());
      assertEquals(wanted, readFile(webp(exif)), charset.name());
    }
    assertEquals(Optional.empty(), readFile(jpeg(exif(0x9286, latin("UNICODE\0\0T\0h\0e\0 \0s")))));
  }

  @Test
  void theGraphInAWebpOfComfyIsRead() throws IOException {
    var exif = exif(0x0110, latin("prompt:" + graph("KSampler", "[\"6\", 0]") + "\0"));
    assertEquals("a lake", readFile(webp(exif)).orElseThrow().prompt());
  }
}
