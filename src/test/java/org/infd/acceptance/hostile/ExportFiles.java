package org.infd.acceptance.hostile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.zip.CRC32;
import org.infd.inference.Folders;
import org.infd.inference.export.ExportFormat;
import org.infd.inference.export.ExportSettings;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.export.PictureText;
import org.infd.inference.export.PngExport;
import org.infd.inference.export.PngText;
import org.infd.inference.export.ResumableExport;
import org.infd.inference.export.ViewerPage;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;

/** What exports leave on the disk, and its readers. */
final class ExportFiles {
  private static final FieldRenderer FLAT =
      (_, at, _) -> Tensor.zeros(1, 3, at.height(), at.width());

  private final Path scratch;

  ExportFiles(Path scratch) {
    this.scratch = scratch;
  }

  /** All of them. */
  List<Kind> all() throws IOException {
    return List.of(
        described("deep zoom", "a.dzi"),
        described("page", "index.html"),
        iiif(),
        bigTiff(),
        journal());
  }

  private static PngText text() {
    return PictureMetadata.of(Kinds.recipe(), Frame.square(64), false, Device.cpu(), false)
        .toPngText();
  }

  private static ExportSettings settings(ExportFormat format) {
    return new ExportSettings(
        format,
        0.9f,
        PictureFormat.PNG,
        false,
        format.isFolder() ? new ViewerPage("a lake", null) : null,
        "");
  }

  /** The bytes of a file of an export. */
  private byte[] written(ExportFormat format, String file) throws IOException {
    var target = scratch.resolve("a");
    var layout = settings(format).layout(Frame.square(64), target, text());
    new ResumableExport(target, layout, Map.of())
        .run(FLAT, PngExport.Progress.NONE, Cancellation.never());
    var bytes = Files.readAllBytes(file.isEmpty() ? target : target.resolve(file));
    Folders.delete(target);
    return bytes;
  }

  private Kind described(String title, String name) throws IOException {
    var sound = written(ExportFormat.DZI, name);
    return new Kind(
        title,
        name,
        sound,
        Map.of(),
        Map.of("spoiled", random -> Mutations.spoiled(sound, random)),
        ExportFiles::recipe);
  }

  private static void recipe(Path file) throws IOException {
    PictureText.recipe(file).ifPresent(Looked::at);
  }

  private Kind iiif() throws IOException {
    var sound = written(ExportFormat.IIIF, "info.json");
    var sources = new LinkedHashMap<>(HostileJson.sources(sound));
    sources.put("spoiled", random -> Mutations.spoiled(sound, random));
    return new Kind("iiif", "info.json", sound, Map.of(), sources, ExportFiles::recipe);
  }

  private Kind bigTiff() throws IOException {
    var sound = written(ExportFormat.BIGTIFF, "");
    return new Kind(
        "bigtiff",
        "a.tif",
        sound,
        Map.of(),
        Map.of(
            "spoiled", random -> Mutations.spoiled(sound, random),
            "offsets", random -> offsets(sound.clone(), random)),
        ExportFiles::recipe);
  }

  /** A BigTIFF whose directory counts and points anywhere. */
  private static byte[] offsets(byte[] bytes, Random random) {
    for (int i = 0; i < 1 + random.nextInt(6); i++) {
      int at = 8 + random.nextInt(Math.min(600, bytes.length - 16)) / 4 * 4;
      long value = random.nextBoolean() ? random.nextLong() : random.nextLong(1 << 20);
      for (int k = 0; k < 8; k++) {
        bytes[at + k] = (byte) (value >>> (8 * k));
      }
    }
    return bytes;
  }

  private Kind journal() throws IOException {
    var target = scratch.resolve("j");
    var layout = settings(ExportFormat.DZI).layout(Frame.square(2048), target, text());
    var stop = new Cancellation();
    try {
      new ResumableExport(target, layout, Map.of("field", "0", "size", "2048x2048"))
          .run(
              FLAT,
              (done, total) -> {
                if (2 * done > total) {
                  stop.cancel();
                }
              },
              stop);
    } catch (CancellationException e) {
      // as it should be
    }
    var sound = Files.readAllBytes(ResumableExport.journal(target));
    for (var left : List.of("j.part", "j.journal", "j.reduced")) {
      Folders.delete(scratch.resolve(left));
    }
    return new Kind(
        "journal",
        "a.png.journal",
        sound,
        Map.of(),
        Map.of(
            "spoiled",
            random -> Mutations.spoiled(sound, random),
            "sealed lines",
            ExportFiles::sealed),
        file -> ResumableExport.unfinished(file).ifPresent(Looked::at));
  }

  /** Lines that are whole and say nonsense. */
  private static byte[] sealed(Random random) {
    var words =
        List.of(
            "infd-export 1 {\"field\":\"0\"}",
            "infd-export 1 [1]",
            "infd-export 1 {\"a\":{\"b\":null}}",
            "infd-export 2 {}",
            "0 5 0 0",
            "0 -5 0 0",
            "1 2147483647 ffffffff ffffffff",
            "4294967296 1 0 0",
            "x y z w",
            "finishing",
            "",
            " ",
            "\u001b[31m");
    var text = new StringBuilder();
    for (int i = 0; i < 1 + random.nextInt(40); i++) {
      var line = words.get(i == 0 ? random.nextInt(4) : random.nextInt(words.size()));
      var sum = new CRC32();
      sum.update(line.getBytes(StandardCharsets.UTF_8));
      text.append(line)
          .append(' ')
          .append("%08x".formatted(sum.getValue()))
          .append(random.nextInt(20) == 0 ? "" : "\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
