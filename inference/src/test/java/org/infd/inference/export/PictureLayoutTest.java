package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.Adler32;
import java.util.zip.InflaterInputStream;
import javax.imageio.ImageIO;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the formats of large pictures hold, pixel by pixel. */
class PictureLayoutTest {
  private static final String RECIPE = "{\"prompt\":\"--> 山 <b> </script> --\",\"seed\":7}";
  private static final PngText TEXT =
      new PngText(Map.of(PngText.PARAMETERS, "a hill", PngText.RECIPE, RECIPE));

  @TempDir Path folder;

  private Path write(ExportSettings settings, Frame frame) {
    var target = folder.resolve("pic");
    new ResumableExport(target, settings.layout(frame, target, TEXT), Map.of())
        .run(new FakeRenderer(), PngExport.Progress.NONE, new Cancellation());
    return target;
  }

  private static ExportSettings lossless(ExportFormat format) {
    return new ExportSettings(format, 0.9f, PictureFormat.PNG, false, null, "https://a.example/i");
  }

  /** The byte of a pixel of a size of a picture: rendered there, or the mean of the one before. */
  private static int expected(PyramidPlan plan, int step, int row, int column, int channel) {
    var level = plan.levels().get(step);
    if (level.isRendered()) {
      return FakeRenderer.expected(
          level.imageSide(), level.row() + row, level.column() + column, channel);
    }
    var before = plan.levels().get(step - 1);
    int sum = 0;
    for (int i = 0; i < 4; i++) {
      sum +=
          expected(
              plan,
              step - 1,
              Math.min(2 * row + i / 2, before.height() - 1),
              Math.min(2 * column + i % 2, before.width() - 1),
              channel);
    }
    return (sum + 2) / 4;
  }

  private static int pixel(PyramidPlan plan, int step, int row, int column) {
    int rgb = 0;
    for (int channel = 0; channel < 3; channel++) {
      rgb = rgb << 8 | expected(plan, step, row, column, channel);
    }
    return rgb;
  }

  private static void assertTile(PyramidPlan plan, PyramidPlan.Tile tile, BufferedImage image) {
    assertEquals(tile.area().width(), image.getWidth());
    assertEquals(tile.area().height(), image.getHeight());
    // all of the edge, and a raster inside
    for (int row = 0; row < image.getHeight(); row++) {
      boolean edge = row == 0 || row == image.getHeight() - 1;
      for (int column = 0; column < image.getWidth(); column += edge ? 1 : 7) {
        assertEquals(
            pixel(
                plan, tile.level().step(), tile.area().row() + row, tile.area().column() + column),
            image.getRGB(column, row) & 0xFFFFFF,
            () -> tile.toString());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 1, 1",
    "1024, 0, 0, 1024, 1024",
    "1100, 0, 0, 1100, 1100",
    "2000, 12, 36, 1021, 600",
    "1203, 5, 9, 1100, 1030"
  })
  void everyTileOfADeepZoomPictureHoldsItsPixels(
      int side, int row, int column, int height, int width) throws IOException {
    var frame = new Frame(side, new Rectangle(row, column, height, width));
    var target = write(lossless(ExportFormat.DZI), frame);
    var plan = PyramidPlan.toOnePixel(frame, 510, 1);
    int largest = plan.levels().size() - 1;
    for (int i = 0; i < plan.count(); i++) {
      var tile = plan.tile(i);
      var file =
          target.resolve(
              "pic_files/%d/%d_%d.png"
                  .formatted(largest - tile.level().step(), tile.column(), tile.row()));
      assertTile(plan, tile, ImageIO.read(file.toFile()));
    }
    var description = Files.readString(target.resolve("pic.dzi"));
    assertTrue(description.contains("TileSize=\"510\""));
    assertTrue(description.contains("<Size Width=\"%d\" Height=\"%d\"/>".formatted(width, height)));
    assertFalse(
        description
            .substring(description.indexOf("<!-- ") + 5, description.lastIndexOf("-->"))
            .contains("--"),
        "a comment of XML may not hold two hyphens");
    assertRecipe(PictureText.recipe(target.resolve("pic.dzi")));
    assertRecipe(PictureText.recipe(target));
  }

  private static void assertRecipe(Optional<String> json) {
    assertEquals(
        StrictJson.lines().readTree(RECIPE), StrictJson.lines().readTree(json.orElseThrow()));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "512, 512, 512", "1203, 1100, 1030"})
  void aBigTiffHoldsEverySize(int side, int height, int width) throws IOException {
    var frame = new Frame(side, new Rectangle(0, 0, height, width));
    var target = write(lossless(ExportFormat.BIGTIFF), frame);
    var plan = PyramidPlan.toOneTile(frame, 512);
    var bytes = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(43, bytes.getShort(2));
    long at = bytes.getLong(8);
    for (var level : plan.levels()) {
      var fields = fields(bytes, at);
      assertEquals(level.width(), fields.get(256).getInt(0));
      assertEquals(level.height(), fields.get(257).getInt(0));
      assertEquals(level.step() == 0 ? 0 : 1, fields.get(254).getInt(0));
      for (int i = 0; i < level.tiles(); i++) {
        int place = (int) fields.get(324).getLong(8 * i);
        int length = fields.get(325).getInt(4 * i);
        assertPixels(plan, plan.tile(level.first() + i), bytes.array(), place, length);
      }
      at = bytes.getLong((int) (at + 8 + 20L * bytes.getLong((int) at)));
    }
    assertEquals(0, at);
    assertEquals(Optional.of(RECIPE), PictureText.recipe(target));
  }

  /** The values of a directory's fields by their tags. */
  private static Map<Integer, ByteBuffer> fields(ByteBuffer file, long at) {
    var fields = new TreeMap<Integer, ByteBuffer>();
    int[] sizes = {0, 1, 1, 2, 4, 8};
    int last = 0;
    for (int i = 0; i < file.getLong((int) at); i++) {
      int entry = (int) at + 8 + 20 * i;
      int tag = Short.toUnsignedInt(file.getShort(entry));
      assertTrue(tag > last, "tags rise");
      last = tag;
      int type = file.getShort(entry + 2);
      int size = (int) ((type > 5 ? 8 : sizes[type]) * file.getLong(entry + 4));
      int value = size <= 8 ? entry + 12 : (int) file.getLong(entry + 12);
      fields.put(tag, file.slice(value, size).order(ByteOrder.LITTLE_ENDIAN));
    }
    return fields;
  }

  private static void assertPixels(
      PyramidPlan plan, PyramidPlan.Tile tile, byte[] file, int place, int length)
      throws IOException {
    byte[] rgb;
    try (var stream = new InflaterInputStream(new ByteArrayInputStream(file, place, length))) {
      rgb = stream.readAllBytes();
    }
    assertEquals(512 * 512 * 3, rgb.length);
    var image = new BufferedImage(512, 512, BufferedImage.TYPE_INT_RGB);
    for (int row = 0; row < 512; row++) {
      for (int column = 0; column < 512; column++) {
        int pixel = 0;
        for (int channel = 0; channel < 3; channel++) {
          int at = (row * 512 + column) * 3 + channel;
          if (column > 0) {
            rgb[at] += rgb[at - 3];
          }
          pixel = pixel << 8 | rgb[at] & 0xFF;
        }
        image.setRGB(column, row, pixel);
      }
    }
    assertTile(plan, tile, image.getSubimage(0, 0, tile.area().width(), tile.area().height()));
  }

  @Test
  void theSizesOfABigTiffAreChildrenWhereThatIsAskedFor() throws IOException {
    var settings =
        new ExportSettings(ExportFormat.BIGTIFF, 0.8f, PictureFormat.JPEG, true, null, "");
    var target = write(settings, Frame.square(1100));
    var bytes = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN);
    long first = bytes.getLong(8);
    assertEquals(0, bytes.getLong((int) (first + 8 + 20 * bytes.getLong((int) first))));
    var children = fields(bytes, first).get(330);
    assertEquals(2, children.capacity() / 8);
    var smallest = fields(bytes, children.getLong(8));
    assertEquals(275, smallest.get(256).getInt(0));
    assertEquals(7, smallest.get(259).getShort(0));
    assertEquals(6, smallest.get(262).getShort(0));
    var jpeg =
        new ByteArrayInputStream(
            bytes.array(), (int) smallest.get(324).getLong(0), smallest.get(325).getInt(0));
    assertEquals(512, ImageIO.read(jpeg).getWidth());
    assertEquals(Optional.of(RECIPE), PictureText.recipe(target));
  }

  @Test
  void anIiifFolderIsWhatItsDescriptionSays() throws IOException {
    var frame = new Frame(1203, new Rectangle(0, 0, 1100, 1030));
    var target = write(lossless(ExportFormat.IIIF), frame);
    var info = StrictJson.lines().readTree(Files.readString(target.resolve("info.json")));
    assertEquals("https://a.example/i", info.path("id").asString());
    assertEquals(1030, info.path("width").asInt());
    assertEquals(1100, info.path("height").asInt());
    assertEquals("[1,2,4]", info.path("tiles").path(0).path("scaleFactors").toString());
    // a client asks for what it works out of the description
    for (int factor : new int[] {1, 2, 4}) {
      for (int top = 0; top < 1100; top += 512 * factor) {
        for (int left = 0; left < 1030; left += 512 * factor) {
          int width = Math.min(512 * factor, 1030 - left);
          int height = Math.min(512 * factor, 1100 - top);
          var image =
              ImageIO.read(
                  target
                      .resolve(
                          "%d,%d,%d,%d/%d,%d/0/default.png"
                              .formatted(
                                  left,
                                  top,
                                  width,
                                  height,
                                  Math.ceilDiv(width, factor),
                                  Math.ceilDiv(height, factor)))
                      .toFile());
          assertEquals(Math.ceilDiv(width, factor), image.getWidth());
        }
      }
    }
    var small = info.path("sizes").path(0);
    var name = small.path("width").asInt() + "," + small.path("height").asInt();
    assertArrayEquals(
        Files.readAllBytes(target.resolve("full/" + name + "/0/default.png")),
        Files.readAllBytes(target.resolve("full/max/0/default.png")));
    assertRecipe(PictureText.recipe(target.resolve("info.json")));
    assertRecipe(PictureText.recipe(target));
  }

  @Test
  void bandsOfAJpegLeaveNoSeam() throws IOException {
    var coder = new JpegLayout(new Frame(600, new Rectangle(0, 0, 600, 333)), 0.9f, TEXT);
    var rgb = new byte[600 * 333 * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (128 + 100 * Math.sin(i / 3000.0 + i % 3));
    }
    var bytes = new java.io.ByteArrayOutputStream();
    bytes.writeBytes(coder.head());
    for (int i = 0; i < coder.plan().count(); i++) {
      var tile = coder.plan().tile(i);
      var rows =
          java.util.Arrays.copyOfRange(rgb, tile.area().row() * 999, tile.area().rowEnd() * 999);
      bytes.writeBytes(coder.encode(tile, rows).bytes());
    }
    bytes.writeBytes(coder.tail(new PieceTable(0), 0));
    var joined = ImageIO.read(new ByteArrayInputStream(bytes.toByteArray()));
    var alone = ImageIO.read(new ByteArrayInputStream(JpegCoder.encode(rgb, 600, 333, 0.9f)));
    for (int row = 0; row < 600; row++) {
      for (int column = 0; column < 333; column++) {
        int x = joined.getRGB(column, row);
        int y = alone.getRGB(column, row);
        for (int shift = 0; shift <= 16; shift += 8) {
          // decoders smooth colours over the edge of a band, or not
          assertEquals(y >> shift & 0xFF, x >> shift & 0xFF, 8, row + ", " + column);
        }
      }
    }
  }

  /** The library of most programs ends at 65,500; the format does not. */
  @ParameterizedTest
  @ValueSource(ints = {65_500, 65_501, 65_520, 65_535})
  void aJpegAsWideAsTheFormatAllowsIsMadeOfWholeIntervals(int width) throws IOException {
    var layout = new JpegLayout(new Frame(65_535, new Rectangle(0, 0, 40, width)), 0.5f, TEXT);
    var piece = layout.encode(layout.plan().tile(0), new byte[40 * width * 3]).bytes();
    var head = ByteBuffer.wrap(layout.head());
    int size = indexOf(layout.head(), 0xC0);
    int interval = indexOf(layout.head(), 0xDD);
    assertEquals(width, Short.toUnsignedInt(head.getShort(size + 7)));
    int units = Short.toUnsignedInt(head.getShort(interval + 4));
    int across = Math.ceilDiv(width, 16);
    int restarts = 0;
    for (int i = 0; i < piece.length - 1; i++) {
      restarts += (piece[i] & 0xFF) == 0xFF && (piece[i + 1] & 0xF8) == 0xD0 ? 1 : 0;
    }
    assertTrue(units >= across || across % units == 0, units + " of " + across);
    assertEquals(Math.ceilDiv(3 * across, units), restarts + 1);
  }

  private static int indexOf(byte[] jpeg, int marker) {
    int at = 2;
    while ((jpeg[at + 1] & 0xFF) != marker) {
      at += 2 + Short.toUnsignedInt(ByteBuffer.wrap(jpeg).getShort(at + 2));
    }
    return at;
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatHoldsTheRecipe(ExportFormat format) throws IOException {
    assertRecipe(PictureText.recipe(write(lossless(format), Frame.square(40))));
  }

  @Test
  void whatAFormatCannotHoldIsSaidBefore() {
    assertEquals(
        "JPEG holds at most 65535 pixels a side, and this picture has 65536. Choose PNG, BigTIFF"
            + " or Deep Zoom.",
        assertThrows(
                Problem.class,
                () -> ExportSettings.of(ExportFormat.JPEG).requireFits(Frame.square(65_536)))
            .getMessage());
    var deep = Frame.square(300_000);
    var advice =
        ExportSettings.of(ExportFormat.DZI).advice(deep, PyramidPlan.toOnePixel(deep, 510, 1));
    assertTrue(advice.toString().contains("files; many disks are slow"), advice.toString());
    var tiff = ExportSettings.of(ExportFormat.TIFF);
    assertTrue(
        tiff.layout(Frame.square(40_000), folder.resolve("a.tif"), TEXT) instanceof BigTiffLayout);
    assertTrue(
        tiff.layout(Frame.square(30_000), folder.resolve("a.tif"), TEXT)
            instanceof StripTiffLayout);
  }

  @Test
  void checksumsOfPartsAreThatOfTheWhole() {
    var bytes = new byte[70_000];
    new java.util.Random(1).nextBytes(bytes);
    for (int cut : new int[] {0, 1, 65_521, 69_999, 70_000}) {
      assertEquals(
          adler(bytes, 0, bytes.length),
          PngLayout.joined(
              adler(bytes, 0, cut), adler(bytes, cut, bytes.length - cut), bytes.length - cut));
    }
  }

  private static long adler(byte[] bytes, int from, int length) {
    var sum = new Adler32();
    sum.update(bytes, from, length);
    return sum.getValue();
  }
}
