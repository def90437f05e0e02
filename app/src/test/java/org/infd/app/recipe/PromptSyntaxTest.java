package org.infd.app.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signs of other programs in a prompt. */
class PromptSyntaxTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<lora:alps:0.8> a peak",
        "<lora:x>",
        "__scene__ at noon",
        "[lake:sea:0.5]",
        "[lake|sea]",
        "[fog:0.5]",
        "{2$$lake|sea|peak} at noon",
        "{0.3::lake|sea} at noon",
        "a (lake)1.3 at dusk",
        "(a lake)+, fog",
        "a lake++ and fog--",
        "a lake AND a peak :1.2"
      })
  void areSaidToBeWords(String prompt) {
    var hint = PromptSyntax.hint(prompt).orElseThrow();
    assertTrue(hint.contains("is read as words"), hint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a lake, a peak",
        "a lake (seen from above) at 7:30",
        "sunset: red, and blue",
        "snow-capped peaks -- far away",
        "a sign [private]",
        "a (lake:1.3) at dusk, ((peaks)), [[fog]]",
        "a {lake|sea} at noon BREAK a peak",
        "a sign \\[a:b\\]",
        "temperature < 0, wind > 3",
        "ALPS AND",
        "the band \u201cBREAKERS\u201d"
      })
  void ordinaryWordsAreNot(String prompt) {
    assertEquals(Optional.empty(), PromptSyntax.hint(prompt));
  }

  @Test
  void whatIsFoundIsNamedAndShortened() {
    assertTrue(
        PromptSyntax.hint("a [lake:0.3]").orElseThrow().startsWith("\u201c[lake:0.3]\u201d"));
    assertTrue(
        PromptSyntax.hint("[a very long prompt about a lake in the mountains:1.3]")
            .orElseThrow()
            .contains("\u2026"));
    // the longest prompt, of signs that begin and never end
    for (var part : new String[] {"(", "((a", "{", "_", "w", "<lora", "[a:"}) {
      PromptSyntax.hint(part.repeat(10_000));
    }
  }
}
