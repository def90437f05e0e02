package org.infd.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

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
}
