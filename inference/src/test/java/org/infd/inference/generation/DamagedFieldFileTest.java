package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.infd.inference.Problem;
import org.junit.jupiter.api.Test;

/** Field files that are damaged, hostile or none are refused in a sentence. */
class DamagedFieldFileTest extends FieldFileCase {
  @Test
  void truncatedFilesAreRefused() throws IOException {
    var good = folder.resolve("good.infd");
    FieldFile.write(good, image(), THUMBNAIL);
    var bytes = Files.readAllBytes(good);
    var cut = folder.resolve("cut.infd");
    for (int length = 0; length < bytes.length; length += 13) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertRefused(cut, "cut at " + length);
    }
  }

  /** A byte of what is read is never another: the file says that it is damaged. */
  @Test
  void flippedBitsAreFoundWhereverTheyMatter() throws IOException {
    var good = folder.resolve("good.infd");
    FieldFile.write(good, layered(), THUMBNAIL);
    var bytes = Files.readAllBytes(good);
    var spoiled = folder.resolve("spoiled.infd");
    int refused = 0;
    for (int i = 0; i < bytes.length; i++) {
      var copy = bytes.clone();
      copy[i] ^= (byte) (1 << (i % 8));
      Files.write(spoiled, copy);
      try {
        assertSame(layered(), FieldFile.read(spoiled));
      } catch (Problem e) {
        var said = String.valueOf(e.getMessage());
        assertTrue(i < 2 || said.contains(" is damaged: "), said);
        refused++;
      }
    }
    assertTrue(refused > 50, "refused: " + refused);
  }

  @Test
  void aDamagedThumbnailIsNotHandedOut() throws IOException {
    var file = folder.resolve("good.infd");
    FieldFile.write(file, image(), THUMBNAIL);
    var bytes = Files.readAllBytes(file);
    int at = indexOf(bytes, THUMBNAIL);
    bytes[at + THUMBNAIL.length - 1] ^= 0x40;
    Files.write(file, bytes);
    assertThrows(Problem.class, () -> FieldFile.thumbnail(file));
    assertSame(image(), FieldFile.read(file));
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    int at = 0;
    while (!Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }

  @Test
  void whatIsSomethingElseIsNotCalledDamaged() throws IOException {
    for (var content : List.of("RIFF....WEBPVP8L", "hello", "\u0089PNG", "{\"version\":1}")) {
      var file = Files.writeString(folder.resolve("other.infd"), content);
      var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
      assertTrue(message.matches(".* (is no|not a) field file of INFD Studio[:.] .*"), message);
      assertFalse(message.contains("damaged"), message);
    }
  }

  @Test
  void whatIsNoFieldIsRefused() throws IOException {
    assertRefused(folder.resolve("missing.infd"), "missing");
    assertRefused(folder, "a folder");
    assertRefused(Files.writeString(folder.resolve("text.infd"), "hello"), "text");
    assertRefused(Files.write(folder.resolve("empty.infd"), new byte[0]), "empty");
    assertRefused(write(Map.of("other.json", "{}".getBytes(StandardCharsets.UTF_8))), "no json");
    for (var json :
        List.of(
            "",
            "[]",
            "null",
            "7",
            "{}",
            "{\"version\":1}",
            "{\"version\":1,",
            "{\"version\":1,\"layers\":[]}",
            "{\"version\":1,\"layers\":[null]}",
            "{\"version\":1,\"layers\":[{}]}",
            "{\"version\":-1,\"layers\":[{}]}",
            "{\"version\":1,\"layers\":7}",
            "[".repeat(100_000))) {
      assertRefused(write(Map.of("field.json", json.getBytes(StandardCharsets.UTF_8))), json);
    }
  }

  @Test
  void aNewerVersionAsksForAnUpdate() throws IOException {
    var file = withJson("\"version\" : 1", "\"version\" : 2");
    var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
    assertTrue(message.contains("newer") && message.contains("Update"), message);
  }

  @Test
  void numbersThatLieAreRefused() throws IOException {
    var shape = "[ 1, 4, 8, 8 ]";
    for (var lie :
        List.of(
            "[ 1, 4, 8, 9 ]",
            "[ 1, 4, 8, 7 ]",
            "[ 2, 4, 8, 4 ]",
            "[ 1, 4, 64 ]",
            "[ 1, 4, 8, 8, 1 ]",
            "[ ]",
            "[ 1, -4, -8, 8 ]",
            "[ 1, 0, 8, 8 ]",
            "[ 1, 4096, 4096, 4096 ]",
            "[ 1, 4, 8, 99999999999 ]",
            "[ 1, 4, 8, null ]",
            "[ 1, 4, 8, \"x\" ]",
            "null",
            "{}")) {
      assertRefused(withJson(shape, lie), lie);
    }
    for (var lie : List.of("0", "-5", "1e999", "null", "\"many\"", "9".repeat(5000))) {
      assertRefused(withJson("\"steps\" : 50", "\"steps\" : " + lie), lie);
    }
    for (var lie : List.of("1e999", "\"NaN\"", "null")) {
      assertRefused(withJson("\"eta\" : 0.5", "\"eta\" : " + lie), lie);
    }
    for (var lie : List.of("50.5", "1e-9")) {
      assertRefused(withJson("\"steps\" : 50", "\"steps\" : " + lie), lie);
    }
    for (var lie : List.of("9", "-0.1")) {
      assertRefused(withJson("\"eta\" : 0.5", "\"eta\" : " + lie), lie);
    }
    assertRefused(withJson("\"steps\"", "\"classLabel\" : -1, \"steps\""), "class below 0");
    for (var place :
        List.of(
            "-1,\"left\":0,\"side\":8", "0,\"left\":-1,\"side\":8", "0,\"left\":0,\"side\":0")) {
      var photo = "\"photo\":{\"file\":\"a\",\"sha256\":\"b\",\"top\":" + place + "},\"steps\"";
      assertRefused(withJson("\"steps\"", photo), place);
    }
    assertRefused(
        withJson("\"steps\"", "\"variation\":{\"parent\":\"a\",\"strength\":9},\"steps\""),
        "strength");
    assertRefused(withJson("\"DDIM\"", "1"), "a sampler by its place");
    assertRefused(withJson("\"steps\"", "\"prompt\":5,\"steps\""), "a number as a prompt");
    assertRefused(withJson("\"steps\"", "\"prompt\":true,\"steps\""), "a truth as a prompt");
    assertRefused(withJson("\"mountains\"", "1.5"), "a number as a model");
    assertRefused(withJson("\"DDIM\"", "\"HEUN\""), "sampler");
    assertRefused(withJson("\"DDIM\"", "null"), "no sampler");
    assertRefused(withJson("\"mountains\"", "null"), "no model");
    assertRefused(withJson("\"mountains\"", "\"" + "x".repeat(100_000) + "\""), "long model");
    assertRefused(withJson("\"latent-0.f32\"", "\"latent-1.f32\""), "missing latent");
    assertRefused(withJson("\"latent-0.f32\"", "\"../../etc/passwd\""), "outside");
    assertRefused(
        withJson(
            "\"shape\"", "\"mask\" : {\"row\":0,\"column\":0,\"height\":1,\"width\":1}, \"shape\""),
        "a masked base");
  }

  @Test
  void aGuidanceBelowZeroIsRefused() throws IOException {
    var json = new String(entries().get("field.json"), StandardCharsets.UTF_8);
    var entries = entries();
    var changed = json.replaceAll("\"guidanceScale\" : [-0-9.e]+", "\"guidanceScale\" : -5");
    assertNotEquals(json, changed);
    entries.put("field.json", changed.getBytes(StandardCharsets.UTF_8));
    assertRefused(write(entries), "guidance");
  }

  @Test
  void aLayerOverThePictureSaysWhereItLies() throws IOException {
    var json = new String(entries().get("field.json"), StandardCharsets.UTF_8);
    var layer = json.replaceAll("(?s).*?\"layers\" : \\[(.*)\\]\\s*\\}\\s*$", "$1");
    var entries = entries();
    entries.put(
        "field.json",
        ("{\"version\":1,\"layers\":[" + layer + "," + layer + "]}")
            .getBytes(StandardCharsets.UTF_8));
    var file = write(entries);
    var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
    assertTrue(message.contains("does not say where it lies"), message);
  }

  @Test
  void aBoxOutsideOfThePictureOrBetweenCellsIsRefused() throws IOException {
    var layer =
        new String(entries().get("field.json"), StandardCharsets.UTF_8)
            .replaceAll("(?s).*?\"layers\" : \\[(.*)\\]\\s*\\}\\s*$", "$1");
    for (var box :
        List.of(
            "7,\"column\":0,\"height\":2",
            "1.5,\"column\":0,\"height\":2",
            "0,\"column\":8,\"height\":1")) {
      var mask = "\"mask\":{\"row\":" + box + ",\"width\":1},\"shape\"";
      var entries = entries();
      var json =
          "{\"version\":1,\"layers\":[" + layer + "," + layer.replace("\"shape\"", mask) + "]}";
      entries.put("field.json", json.getBytes(StandardCharsets.UTF_8));
      var file = write(entries);
      assertRefused(file, box);
      var message = assertThrows(Problem.class, () -> FieldFile.read(file)).getMessage();
      assertTrue(message.startsWith(file + " is damaged: "), message);
    }
    var entries = entries();
    var inside = "\"mask\":{\"row\":7,\"column\":0,\"height\":1,\"width\":1},\"shape\"";
    var json =
        "{\"version\":1,\"layers\":[" + layer + "," + layer.replace("\"shape\"", inside) + "]}";
    entries.put("field.json", json.getBytes(StandardCharsets.UTF_8));
    assertEquals(2, FieldFile.read(write(entries)).layers().size());
  }

  @Test
  void valuesThatAreNoNumbersAreRefused() throws IOException {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      var entries = entries();
      var latent = entries.get("latent-0.f32").clone();
      ByteBuffer.wrap(latent).order(ByteOrder.LITTLE_ENDIAN).putFloat(40, bad);
      entries.put("latent-0.f32", latent);
      assertRefused(write(entries), "value " + bad);
    }
  }

  @Test
  void bombsAndStrangeArchivesAreRefused() throws IOException {
    var entries = entries();
    entries.put("latent-0.f32", new byte[80 << 20]);
    assertRefused(write(entries), "a latent of zeros");

    entries = entries();
    var json = new String(entries.get("field.json"), StandardCharsets.UTF_8);
    entries.put("field.json", (json + " ".repeat(2 << 20)).getBytes(StandardCharsets.UTF_8));
    assertRefused(write(entries), "a huge description");

    entries = entries();
    for (var name : List.of("../evil", "/etc/evil", "a\\b", "a/../../b")) {
      var spoiled = new LinkedHashMap<>(entries);
      spoiled.put(name, new byte[1]);
      assertRefused(write(spoiled), name);
    }
    for (int i = 0; i < 300; i++) {
      entries.put("more/" + i, new byte[1]);
    }
    assertRefused(write(entries), "too many entries");

    // two layers of one entry are fine, a crowd of large ones is not
    var crowd = new LinkedHashMap<String, byte[]>();
    var layer =
        "{\"latent\":\"z\",\"shape\":[1,4,1024,1024],\"recipe\":{\"model\":\"m\",\"modelHash\":\"h\","
            + "\"seed\":1,\"steps\":1,\"sampler\":\"DDIM\",\"eta\":1,\"guidanceScale\":1}}";
    var masked =
        layer.replace(
            "\"recipe\"", "\"mask\":{\"row\":0,\"column\":0,\"height\":1,\"width\":1},\"recipe\"");
    crowd.put(
        "field.json",
        ("{\"version\":1,\"layers\":[" + layer + ("," + masked).repeat(30) + "]}")
            .getBytes(StandardCharsets.UTF_8));
    crowd.put("z", new byte[16 << 20]);
    assertRefused(write(crowd), "many large layers");
  }
}
