package org.infd.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.infd.exporter.torch.Checkpoint;
import org.infd.exporter.torch.Safetensors;
import org.infd.exporter.torch.TensorFile;
import org.infd.exporter.torch.TestZip;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.guidance.Layout;
import org.infd.inference.runtime.Device;
import org.infd.inference.tensor.Tensor;

/** What is fuzzed: a reader, and how bytes become a file for it. */
enum Target {
  /** The pickle of a checkpoint, in a sound zip. */
  UNPICKLER("a.pth") {
    @Override
    byte[] file(byte[] bytes) {
      return TestZip.checkpoint(bytes).bytes();
    }

    @Override
    void read(Path file) {
      look(Checkpoint.open(file));
    }

    @Override
    List<byte[]> seeds(Path folder) {
      return List.of(TestZip.soundPickle());
    }
  },

  /** The zip of a checkpoint. */
  ZIP("a.pth") {
    @Override
    void read(Path file) {
      look(Checkpoint.openStateDict(file));
    }

    @Override
    List<byte[]> seeds(Path folder) {
      return List.of(TestZip.checkpoint().bytes());
    }
  },

  /** A file of tensors. */
  SAFETENSORS("a.safetensors") {
    @Override
    void read(Path file) {
      look(Safetensors.open(file));
    }

    @Override
    List<byte[]> seeds(Path folder) {
      var header =
          "{\"__metadata__\":{\"a\":\"b\"},\"w\":{\"dtype\":\"F16\",\"shape\":[2,2],\"data_offsets\":[0,8]}}"
              .getBytes(StandardCharsets.UTF_8);
      var file = ByteBuffer.allocate(16 + header.length).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      return List.of(file.putLong(header.length).put(header).array());
    }
  },

  /** The manifest of a model. */
  BUNDLE(ModelBundle.MANIFEST) {
    @Override
    void read(Path file) {
      ModelBundle.open(file.resolveSibling("."));
    }

    @Override
    List<byte[]> seeds(Path folder) throws IOException {
      return List.of(
          Files.readAllBytes(
              Path.of(System.getProperty("infd.home", "."))
                  .resolve("assets/mountains/bundle/bundle.json")));
    }
  },

  /** A field file. */
  FIELD("a.infd") {
    @Override
    void read(Path file) {
      FieldFile.thumbnail(file);
      FieldFile.read(file);
    }

    @Override
    List<byte[]> seeds(Path folder) throws IOException {
      var file = folder.resolve("seed.infd");
      var layer = new FieldImage.Layer(Tensor.zeros(1, 1, 2, 2), recipe(), null);
      FieldFile.write(file, new FieldImage(List.of(layer)), null);
      return List.of(Files.readAllBytes(file));
    }
  },

  /** The description in a field file, in a sound zip. */
  DESCRIPTION("a.infd") {
    @Override
    byte[] file(byte[] bytes) {
      var zip = new TestZip();
      zip.stored("field.json", bytes);
      zip.stored("latent-0.f32", new byte[16]);
      return zip.bytes();
    }

    @Override
    void read(Path file) {
      FieldFile.read(file);
    }

    @Override
    List<byte[]> seeds(Path folder) {
      var json =
          "{\"version\":1,\"layers\":[{\"latent\":\"latent-0.f32\",\"shape\":[1,1,2,2],\"recipe\":"
              + StrictJson.lines().writeValueAsString(recipe())
              + "}]}";
      return List.of(json.getBytes(StandardCharsets.UTF_8));
    }
  },

  /** A layout. */
  LAYOUT("a.json") {
    @Override
    void read(Path file) {
      Layout.read(file).toBytes();
    }

    @Override
    List<byte[]> seeds(Path folder) {
      return List.of(
          "{\"version\":1,\"prompt\":\"a\",\"boxes\":[{\"row\":0.1,\"column\":0.2,\"height\":0.3,\"width\":0.4,\"prompt\":\"b\",\"weight\":2}]}"
              .getBytes(StandardCharsets.UTF_8));
    }
  },

  /** What a picture says of itself, in a sound PNG. */
  METADATA("a.png") {
    @Override
    byte[] file(byte[] bytes) {
      var out = new ByteArrayOutputStream();
      out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
      chunk(out, "IHDR", new byte[] {0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0});
      var text = new ByteArrayOutputStream();
      text.writeBytes("infd\0\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
      text.writeBytes(bytes);
      chunk(out, "iTXt", text.toByteArray());
      chunk(out, "IEND", new byte[0]);
      return out.toByteArray();
    }

    @Override
    void read(Path file) throws IOException {
      PictureMetadata.read(file).ifPresent(PictureMetadata::toPngText);
    }

    @Override
    List<byte[]> seeds(Path folder) {
      var metadata = PictureMetadata.of(recipe(), Frame.square(8), false, Device.cpu(), false);
      return List.of(StrictJson.lines().writeValueAsBytes(metadata));
    }
  };

  private final String file;

  Target(String file) {
    this.file = file;
  }

  /** The name of the files that it reads. */
  String fileName() {
    return file;
  }

  /** The file that the fuzzer's bytes become. */
  byte[] file(byte[] bytes) {
    return bytes;
  }

  /**
   * Reads a file.
   *
   * @throws org.infd.inference.Problem if it is not as it should be
   * @throws IOException if the system does not give it
   */
  abstract void read(Path file) throws IOException;

  /** Bytes to begin with. */
  abstract List<byte[]> seeds(Path folder) throws IOException;

  private static Recipe recipe() {
    return Recipe.builder("mountains", "0".repeat(64)).seed(7).prompt("a lake").build();
  }

  private static void look(TensorFile file) {
    try (file) {
      for (var tensor : file.stateDict().values()) {
        tensor.verify();
        if (tensor.elements() < 1 << 20) {
          tensor.toFloats();
        }
      }
    }
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
}
