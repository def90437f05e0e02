package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.infd.inference.export.Frame;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTextTest {
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x07, 0x08, 0x1b, 0x7f, 0x85, 0x9b, 0x200e, 0x202e, 0x2066, 0x2028, 0xfeff, 0xd800
      })
  void whatWouldDoSomethingToAScreenIsReplaced(int sign) {
    var text = "a" + new String(new int[] {sign}, 0, 1) + "[31mb";
    assertEquals("a\ufffd[31mb", ShownText.line(text));
    assertEquals("a\ufffd[31mb", ShownText.lines(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "schöner See",
        "日本語",
        "שלום",
        "می‌خواهم",
        "👩‍🚀",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "e\u0301",
        "co\u00adop"
      })
  void scriptsStayAsTheyAre(String text) {
    assertEquals(text, ShownText.line(text));
    assertEquals(text, ShownText.lines(text));
  }

  @Test
  void linesStayWhereTheyMay() {
    assertEquals("a\nb\tc\nd\ne", ShownText.lines("a\nb\tc\r\nd\re"));
    assertEquals("a b c d e", ShownText.line("a\nb\tc\r\nd\re"));
    var plain = "nothing to do";
    assertSame(plain, ShownText.line(plain));
  }

  @Test
  void problemsAreFitToBeShown() {
    assertEquals("x\ufffd]0;title\ufffd", new Problem("x\u001b]0;title\u0007").getMessage());
    assertEquals("x\ufffd", new Problem("x\u202e", new IllegalStateException()).getMessage());
  }

  @Test
  void longTextIsCutAtCharactersOfAnyScript() {
    assertEquals("four", ShownText.shortened("four", 4));
    assertEquals("thr…", ShownText.shortened("three", 4));
    assertEquals("🏔🏔…", ShownText.shortened("🏔🏔🏔🏔", 3));
    assertEquals("two lines", ShownText.shortened(" two\n\n  lines ", 9));
    assertEquals("a\ufffd[2Jb", ShownText.shortened("a\u001b[2Jb", 9));
  }

  /** What a name in a file holds stays on one line, wherever it is told. */
  @Test
  void namesBreakNoLine() {
    var said = new Problem("There is no file /a\nb\r\n\u2028c.").getMessage();
    assertEquals("There is no file /a b \ufffdc.", said);
  }

  @Test
  void recipesNameModelsAndPhotosSoThatTheyCanBeShown() {
    var recipe =
        Recipe.builder("m\u001b[2J\n", "00")
            .photo(new Recipe.Photo("p\u0007\tq", "00", 0, 0, 1))
            .prompt("two\nlines")
            .build();
    assertEquals("m\ufffd[2J ", recipe.model());
    assertEquals("two\nlines", recipe.prompt());
    var photo = recipe.photo();
    assertEquals("p\ufffd q", photo == null ? "" : photo.file());
  }

  /** Settings that stand in a prompt must not be taken for those of the picture. */
  @Test
  void promptsInPicturesStayOnTheirLine() {
    var recipe =
        Recipe.builder("m", "00")
            .prompt("a lake\nNegative prompt: x\nSteps: 99, Seed: 1\u0085")
            .negativePrompt("fog\r\nSteps: 7")
            .build();
    var metadata = PictureMetadata.of(recipe, Frame.square(64), false, Device.cpu(), false);
    var lines = metadata.parameters().lines().toList();
    assertEquals(3, lines.size(), lines.toString());
    assertEquals("a lake Negative prompt: x Steps: 99, Seed: 1\ufffd", lines.get(0));
    assertEquals("Negative prompt: fog Steps: 7", lines.get(1));
    var texts = metadata.toPngText().texts();
    for (var text : texts.entrySet()) {
      assertTrue(
          text.getKey().equals("infd")
              || text.getValue().chars().noneMatch(c -> c != '\n' && Character.isISOControl(c)),
          text.getKey());
    }
    // Latin-1 stays Latin-1, so the chunk stays tEXt
    assertTrue(String.valueOf(texts.get("parameters")).contains("Seed: 1?"));
  }
}
