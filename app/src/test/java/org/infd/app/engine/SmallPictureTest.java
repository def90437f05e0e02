package org.infd.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.infd.app.FakeEngine;
import org.infd.inference.generation.FieldFile;
import org.infd.inference.generation.FieldImage;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small pictures that stand in for large ones. */
class SmallPictureTest {
  @TempDir private Path folder;

  @Test
  void isReadFromAField() {
    var file = folder.resolve("x.infd");
    FakeEngine.write(
        file,
        Recipe.builder("hills", "00").seed(1).steps(9).sampler(SamplerKind.DPMPP).eta(1).build());
    assertEquals(64, SmallPicture.ofField(file).orElseThrow().width());
  }

  @Test
  void whatIsLargeOrDamagedOrGoneIsNone() throws IOException {
    var recipe =
        Recipe.builder("hills", "00").seed(1).steps(9).sampler(SamplerKind.DPMPP).eta(1).build();
    var file = folder.resolve("x.infd");
    var image = FieldImage.of(Tensor.zeros(1, 4, 8, 8), recipe);
    FieldFile.write(file, image, png(1100));
    assertEquals(Optional.empty(), SmallPicture.ofField(file));
    FieldFile.write(file, image, Arrays.copyOf(png(64), 60));
    assertEquals(Optional.empty(), SmallPicture.ofField(file));
    FieldFile.write(file, image, null);
    assertEquals(Optional.empty(), SmallPicture.ofField(file));
    Files.writeString(file, "text");
    assertEquals(Optional.empty(), SmallPicture.ofField(file));
    assertEquals(Optional.empty(), SmallPicture.ofField(folder.resolve("gone.infd")));
  }

  private static byte[] png(int side) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", bytes);
    return bytes.toByteArray();
  }
}
