package org.infd.acceptance.hostile;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipInputStream;
import org.infd.app.engine.PreviewFiles;
import org.infd.app.gallery.GalleryFiles;
import org.infd.app.layout.LayoutDrafts;
import org.infd.app.models.SampleFile;
import org.infd.exporter.BundleExporter;
import org.infd.exporter.ClipFile;
import org.infd.exporter.ImportOptions;
import org.infd.exporter.RandomCheckpoint;
import org.infd.exporter.TinyClip;
import org.infd.exporter.TinyModel;
import org.infd.exporter.torch.Checkpoint;
import org.infd.exporter.torch.Safetensors;
import org.infd.exporter.torch.SafetensorsFileWriter;
import org.infd.exporter.torch.TensorFile;
import org.infd.exporter.torch.TestZip;
import org.infd.exporter.torch.TorchFileWriter;
import org.infd.inference.Problem;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.dive.DiveKey;
import org.infd.inference.dive.DiveOptions;
import org.infd.inference.export.Frame;
import org.infd.inference.field.Rectangle;
import org.infd.inference.generation.DiveSettings;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.Layout;
import org.infd.inference.photo.PictureDecoding;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.GraphFile;
import org.infd.inference.tensor.Tensor;
import org.infd.inference.text.ClipTokenizer;

/** Every reader of files that the program has, with sound files and makers of hostile ones. */
final class Kinds {
  private static final Path ROOT = Path.of(System.getProperty("infd.root", "../.."));

  /** A lossless WebP of 16 × 16 pixels. */
  private static final String WEBP =
      "5249464640000000574542505650384c330000002f0fc002001f201020948811ae53209044b23fc56c028124b6fd"
          + "118699ffb02f4c0061b6d1242739c9fb1e4244ff63d30fea030057";

  private final Path scratch;
  private final Path mountains = ROOT.resolve("assets/mountains");
  private final List<Kind> kinds = new ArrayList<>();

  private Kinds(Path scratch) {
    this.scratch = scratch;
  }

  /** All of them; files are made in a folder. */
  static List<Kind> all(Path scratch) throws IOException {
    var all = new Kinds(scratch);
    all.checkpoints();
    all.clips();
    all.fields();
    all.bundles();
    all.layouts();
    all.pictures();
    all.kinds.addAll(RememberedFiles.all());
    all.kinds.addAll(new ExportFiles(scratch).all());
    return List.copyOf(all.kinds);
  }

  /** A file and its reader; its bytes are spoiled as well. */
  private void add(String title, String name, byte[] sound, Kind.Reader reader) {
    add(title, name, sound, Map.of(), Map.of(), reader);
  }

  private void add(
      String title,
      String name,
      byte[] sound,
      Map<String, byte[]> beside,
      Map<String, Source> sources,
      Kind.Reader reader) {
    var all = new LinkedHashMap<>(sources);
    all.put("spoiled", random -> Mutations.spoiled(sound, random));
    kinds.add(new Kind(title, name, sound, beside, all, reader));
  }

  private interface Writing {
    void to(Path file) throws IOException;
  }

  private byte[] written(String name, Writing writing) throws IOException {
    var file = scratch.resolve(name);
    writing.to(file);
    var bytes = Files.readAllBytes(file);
    Files.delete(file);
    return bytes;
  }

  private static void look(TensorFile file) {
    for (var tensor : file.stateDict().values()) {
      tensor.verify();
      if (tensor.elements() < 1 << 20) {
        tensor.toFloats();
      }
    }
    Looked.at(file.wrappers());
    Looked.at(file.remarks());
  }

  private void checkpoints() throws IOException {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/data.pkl", TestZip.soundPickle());
    entries.put("m/data/0", new byte[16]);
    entries.put("m/version", "3\n".getBytes(StandardCharsets.US_ASCII));
    var sources = new LinkedHashMap<String, Source>();
    sources.putAll(HostileZips.sources(entries));
    HostilePickles.sources()
        .forEach(
            (name, pickle) ->
                sources.put(
                    name, random -> HostileZips.with(entries, "m/data.pkl", pickle.make(random))));
    var args = TinyModel.textArgs();
    var tensors = RandomCheckpoint.tensors(args, 1);
    var official = TorchFileWriter.infd(args, tensors);
    var tiny = written("tiny.pth", file -> TorchFileWriter.write(file, official));
    var pickle = pickle(tiny);
    sources.put(
        "spoiled pickle",
        random -> HostileZips.with(entries, "m/data.pkl", Mutations.spoiled(pickle, random)));
    add(
        "checkpoint",
        "a.pth",
        TestZip.checkpoint().bytes(),
        Map.of(),
        sources,
        file -> {
          try (var checkpoint = Checkpoint.open(file)) {
            look(checkpoint);
            Looked.at(checkpoint.modelArgs());
            Looked.at(checkpoint.cfg());
          }
        });
    add(
        "state dict",
        "a.pt",
        TestZip.checkpoint().bytes(),
        Map.of(),
        sources,
        file -> {
          try (var dict = Checkpoint.openStateDict(file)) {
            look(dict);
          }
        });
    add(
        "model",
        "a.pth",
        tiny,
        Map.of(),
        Map.of(
            "arguments",
            random ->
                written(
                    "args-" + Thread.currentThread().threadId() + ".pth",
                    file ->
                        TorchFileWriter.write(
                            file,
                            TorchFileWriter.infd(HostileArguments.of(args, random), Map.of())))),
        file -> Looked.at(BundleExporter.inspect(file, ImportOptions.defaults()).toText()));
  }

  private static byte[] pickle(byte[] zip) throws IOException {
    try (var in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      // the writer stores it first, with its size behind it
      in.getNextEntry();
      return in.readAllBytes();
    } catch (java.util.zip.ZipException e) {
      return pickleOfStored(zip);
    }
  }

  private static byte[] pickleOfStored(byte[] zip) {
    var text = new String(zip, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("\u0080\2", text.indexOf("data.pkl"));
    int end = text.indexOf("PK\7\b", start);
    return java.util.Arrays.copyOfRange(zip, start, end);
  }

  private void clips() throws IOException {
    add(
        "safetensors",
        "a.safetensors",
        HostileTensorFiles.sound(),
        Map.of(),
        HostileTensorFiles.sources(),
        file -> {
          try (var tensors = Safetensors.open(file)) {
            look(tensors);
            Looked.at(tensors.metadata());
          }
        });
    var image = TinyClip.image();
    var clip = written("clip.safetensors", file -> SafetensorsFileWriter.write(file, image));
    var config =
        """
        {"model_cfg": {"embed_dim": 24, "quick_gelu": true,
          "vision_cfg": {"image_size": 16, "layers": 1, "width": 64, "patch_size": 8,
            "head_width": 64},
          "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 64, "heads": 1,
            "layers": 1}}}
        """
            .getBytes(StandardCharsets.UTF_8);
    add(
        "clip configuration",
        "open_clip_config.json",
        config,
        Map.of("clip.safetensors", clip),
        HostileJson.sources(config),
        file -> clip(file.resolveSibling("clip.safetensors")));
    var hub = Files.readAllBytes(resource("clip-tiny/hub-config.json"));
    add(
        "hub configuration",
        "config.json",
        hub,
        Map.of("hub.safetensors", Files.readAllBytes(resource("clip-tiny/hub.safetensors"))),
        HostileJson.sources(hub),
        file -> clip(file.resolveSibling("hub.safetensors")));
    add(
        "clip",
        "clip.safetensors",
        clip,
        Map.of("open_clip_config.json", config),
        Map.of(),
        Kinds::clip);
    var merges = Files.readAllBytes(mountains.resolve("bundle/merges.txt.gz"));
    add(
        "merges",
        "merges.txt.gz",
        merges,
        Map.of(),
        Map.of("packed bomb", Source.slow(HostileTexts::packedBomb), "lines", HostileTexts::merges),
        file -> {
          var tokenizer = ClipTokenizer.read("merges", Files.readAllBytes(file), 600, 77);
          Looked.at(tokenizer.encode("a lake, \u00e9t\u00e9"));
        });
  }

  private static void clip(Path file) {
    try (var clip = ClipFile.open(file, null, null)) {
      Looked.at(clip.settings());
      Looked.at(clip.logitScale());
    }
  }

  private static Path resource(String name) {
    return ROOT.resolve("src/test/resources/golden").resolve(name);
  }

  private void fields() throws IOException {
    var z = Tensor.zeros(1, 4, 8, 8);
    var image =
        new FieldImage(
                List.of(
                    new FieldImage.Layer(z, recipe(), null),
                    new FieldImage.Layer(z, recipe(), new Rectangle(0, 0, 4, 4))))
            .withDive(dive());
    var sound =
        written("a.infd", file -> FieldFile.write(file, image, metadataPicture(metadata())));
    var entries = new LinkedHashMap<String, byte[]>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(sound))) {
      for (var entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }
    var sources = new LinkedHashMap<String, Source>(HostileZips.sources(entries));
    HostileJson.sources(entries.getOrDefault("field.json", new byte[0]))
        .forEach(
            (name, json) ->
                sources.put(
                    name, random -> HostileZips.with(entries, "field.json", json.make(random))));
    HostileJson.sources(entries.getOrDefault("dive.json", new byte[0]))
        .forEach(
            (name, json) ->
                sources.put(
                    "dive: " + name,
                    random -> HostileZips.with(entries, "dive.json", json.make(random))));
    sources.put("latent", random -> HostileZips.with(entries, "latent-0.f32", noise(random)));
    sources.put("thumbnail", random -> HostileZips.with(entries, "thumbnail.png", noise(random)));
    add("field", "a.infd", sound, Map.of(), sources, Kinds::field);
    add("gallery", "a.infd", sound, Map.of(), sources, GalleryFiles::picture);
  }

  private static DiveSettings dive() {
    return DiveSettings.of(
        new DiveOptions(
            7, 0.4, 0.5, 8, 64, Map.of(2, "rock"), Map.of(new DiveKey(3, 1L << 40, 5), -1L)),
        512);
  }

  private static byte[] noise(Random random) {
    var noise = new byte[random.nextInt(3000)];
    random.nextBytes(noise);
    return noise;
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

  /** How a picture was made. */
  static Recipe recipe() {
    return Recipe.builder("mountains", "0".repeat(64)).seed(7).prompt("a lake").build();
  }

  private void bundles() throws IOException {
    var beside = new LinkedHashMap<String, byte[]>();
    try (var graphs = Files.newDirectoryStream(mountains.resolve("bundle"), "render*.onnx")) {
      for (var graph : graphs) {
        beside.put(graph.getFileName().toString(), Files.readAllBytes(graph));
      }
    }
    var manifest = Files.readAllBytes(mountains.resolve("bundle/bundle.json"));
    add(
        "bundle",
        "bundle.json",
        manifest,
        beside,
        HostileJson.sources(manifest),
        file -> Looked.at(ModelBundle.open(file.getParent()).manifest()));
    add(
        "graph",
        "render.onnx",
        Files.readAllBytes(mountains.resolve("bundle/render.onnx")),
        file -> GraphFile.read(Files.readAllBytes(file)));
    var samples = Files.readAllBytes(mountains.resolve("samples/samples.json"));
    var bundle = ModelBundle.open(mountains.resolve("bundle"));
    add(
        "samples",
        "samples.json",
        samples,
        Map.of(),
        HostileJson.sources(samples),
        file -> SampleFile.read(file.getParent(), bundle).forEach(Looked::at));
    var map = "[0.1,0.2,0.3,0.4,0.5,0.1,0.2,0.3,0.4,0.5,0.1,0.2,0.3,0.4,0.5]";
    var bytes = map.getBytes(StandardCharsets.UTF_8);
    add(
        "preview map",
        PreviewFiles.name(bundle),
        bytes,
        Map.of(),
        HostileJson.sources(bytes),
        file -> PreviewFiles.read(file.getParent(), bundle));
  }

  private void layouts() {
    var layout =
        """
        {"version": 1, "prompt": "a lake", "boxes": [
          {"row": 0.1, "column": 0.2, "height": 0.3, "width": 0.4, "prompt": "a barn", "weight": 2},
          {"row": 0.5, "column": 0.5, "height": 0.5, "width": 0.5, "prompt": "snow", "start": 0.1,
           "end": 0.9, "negativePrompt": "fog"}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    add(
        "layout",
        "a.json",
        layout,
        Map.of(),
        HostileJson.sources(layout),
        file -> Looked.at(Layout.read(file).toBytes()));
    var draft =
        """
        {"open": true, "followed": true, "boxes": [
          {"id": 1, "place": {"row": 0.1, "column": 0.2, "height": 0.3, "width": 0.4},
           "prompt": "a barn", "negative": "", "weight": 2, "start": 0, "end": 1,
           "locked": false, "hidden": false}],
         "steering": {"rule": "DSG", "depth": "FAST", "strength": 0.8, "every": 2, "crops": 5},
         "file": "/home/a/lake.json"}
        """
            .getBytes(StandardCharsets.UTF_8);
    add(
        "layout draft",
        "layout.json",
        draft,
        Map.of(),
        HostileJson.sources(draft),
        LayoutDrafts::restore);
  }

  private static byte[] metadata() {
    return PictureMetadata.of(recipe(), Frame.square(64), false, Device.cpu(), false)
        .toPngText()
        .texts()
        .getOrDefault("infd", "")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** A PNG of one pixel that says this of itself. */
  private static byte[] metadataPicture(byte[] json) {
    var text = new java.io.ByteArrayOutputStream();
    text.writeBytes("infd\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
    text.writeBytes(json);
    var chunks = new LinkedHashMap<String, byte[]>();
    chunks.put("iTXt", text.toByteArray());
    chunks.put("IDAT", HostilePictures.deflated(new byte[4], 1));
    return HostilePictures.png(HostilePictures.header(1, 1, 8, 2, 0), chunks);
  }

  /** A PNG of one pixel with the words of two other programs. */
  private static byte[] foreignPicture() {
    var chunks = new LinkedHashMap<String, byte[]>();
    chunks.put(
        "tEXt",
        ("parameters\0a lake\nNegative prompt: fog\nSteps: 20, Sampler: DPM++ 2M, CFG scale: 7,"
                + " Seed: 7, Size: 512x512")
            .getBytes(StandardCharsets.ISO_8859_1));
    chunks.put(
        "iTXt",
        ("prompt\0\0\0\0\0{\"3\":{\"class_type\":\"KSampler\",\"inputs\":{\"seed\":7,\"positive\":"
                + "[\"6\",0]}},\"6\":{\"inputs\":{\"text\":\"a lake\"}}}")
            .getBytes(StandardCharsets.UTF_8));
    chunks.put("IDAT", HostilePictures.deflated(new byte[4], 1));
    return HostilePictures.png(HostilePictures.header(1, 1, 8, 2, 0), chunks);
  }

  private void pictures() throws IOException {
    var json = metadata();
    var metadata = new LinkedHashMap<String, Source>();
    HostileJson.sources(json)
        .forEach((name, text) -> metadata.put(name, random -> metadataPicture(text.make(random))));
    metadata.putAll(HostilePictures.ofText());
    add(
        "metadata",
        "a.png",
        metadataPicture(json),
        Map.of(),
        metadata,
        file -> PictureMetadata.read(file).map(PictureMetadata::toPngText).ifPresent(Looked::at));
    add(
        "metadata of other programs",
        "b.png",
        foreignPicture(),
        Map.of(),
        HostilePictures.ofText(),
        file -> ForeignRecipe.read(file).ifPresent(Looked::at));
    picture("png", HostilePictures.ofPng(), 16, 20);
    picture("jpg", HostilePictures.ofJpeg());
    picture("gif", Map.of(), 6, 8);
    picture("bmp", Map.of(), 18, 22);
    picture("tif", HostilePictures.ofTiff());
    var webp = HexFormat.of().parseHex(WEBP);
    add(
        "webp picture",
        "a.webp",
        webp,
        Map.of(),
        HostilePictures.sources(webp, 12, 16, 20, 21, 22),
        PictureDecoding::read);
  }

  private void picture(String format, Map<String, Source> sources, int... placesOfSides)
      throws IOException {
    var sound = HostilePictures.sound(format);
    var all = new LinkedHashMap<>(sources);
    all.putAll(HostilePictures.sources(sound, placesOfSides));
    add(format + " picture", "a." + format, sound, Map.of(), all, PictureDecoding::read);
  }
}
