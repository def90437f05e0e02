package org.infd.inference.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights, ends of chunks and choices of prompts. */
class WrittenPromptTest {
  private static final WrittenPrompt.Dice FIRST = (choice, sides) -> 0;

  private static WrittenPrompt read(String text) {
    return WrittenPrompt.read(text, FIRST);
  }

  /** {@code <words weight>} for each piece, | for each end of a chunk. */
  private static String told(WrittenPrompt prompt) {
    return prompt.parts().stream()
        .map(
            part ->
                switch (part) {
                  case PromptEmphasis.Break _ -> "|";
                  case PromptEmphasis.Words words ->
                      words.source().text().isEmpty()
                          ? ""
                          : "<" + words.source().text() + " " + shown(words.weight()) + ">";
                })
        .collect(Collectors.joining());
  }

  private static String shown(double weight) {
    return new BigDecimal(weight).round(new MathContext(6)).stripTrailingZeros().toPlainString();
  }

  /** What parse_prompt_attention of Stable Diffusion web UI gives. */
  private static Stream<Arguments> asThere() {
    return Stream.of(
        arguments("normal text", "<normal text 1>"),
        arguments("an (important) word", "<an  1><important 1.1>< word 1>"),
        arguments("(unbalanced", "<unbalanced 1.1>"),
        arguments("\\(literal\\]", "<(literal] 1>"),
        arguments("(unnecessary)(parens)", "<unnecessaryparens 1.1>"),
        arguments(
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            "<a  1><house 1.573><  1.1><on 1>< a  1.1><hill 0.55><, sun,  1.1><sky 1.4641><. 1.1>"),
        arguments("", ""),
        arguments("()", ""),
        arguments("[]", ""),
        arguments("(a)", "<a 1.1>"),
        arguments("((a))", "<a 1.21>"),
        arguments("(((a)))", "<a 1.331>"),
        arguments("[a]", "<a 0.909091>"),
        arguments("[[a]]", "<a 0.826446>"),
        arguments("(a:1.3)", "<a 1.3>"),
        arguments("((a:1.3))", "<a 1.43>"),
        arguments("([a])", "<a 1>"),
        arguments("[(a)]", "<a 1>"),
        arguments("[(a:2)]", "<a 1.81818>"),
        arguments("(a:0)", "<a 0>"),
        arguments("(a:-1)", "<a -1>"),
        arguments("(a:+.5)", "<a 0.5>"),
        arguments("(a: 1.2 )", "<a 1.2>"),
        arguments("(a:1.)", "<a 1>"),
        arguments("[a:0.5]", "<a:0.5 0.909091>"),
        arguments("[a:b:0.5]", "<a:b:0.5 0.909091>"),
        arguments("a:1.3)", "<a:1.3) 1>"),
        arguments("a)", "<a) 1>"),
        arguments("a]", "<a] 1>"),
        arguments(":)", "<:) 1>"),
        arguments(":(", "<: 1>"),
        arguments("(a photo)", "<a photo 1.1>"),
        arguments("(a:b)", "<a:b 1.1>"),
        arguments("(a:b:1.2)", "<a:b 1.2>"),
        arguments("a, (b:1.2), [c], d", "<a,  1><b 1.2><,  1><c 0.909091><, d 1>"),
        arguments("(a (b (c)))", "<a  1.1><b  1.21><c 1.331>"),
        arguments("(a [b) c]", "<a  1.1><b 1>< c 0.909091>"),
        arguments("((a)", "<a 1.21>"),
        arguments("[[a]", "<a 0.826446>"),
        arguments("(a [b", "<a  1.1><b 1>"),
        arguments("a\\b", "<ab 1>"),
        arguments("a\\\\b", "<a\\b 1>"),
        arguments("a\\{b\\}", "<a{b} 1>"),
        arguments("\\(a:1.2\\)", "<(a:1.2) 1>"),
        arguments("(a\\):1.2)", "<a) 1.2>"),
        arguments("a BREAK b", "<a 1>|<b 1>"),
        arguments("aBREAKb", "<aBREAKb 1>"),
        arguments("BREAK", "|"),
        arguments("a BREAK", "<a 1>|"),
        arguments("BREAK a", "|<a 1>"),
        arguments("a  BREAK BREAK b", "<a 1>||<b 1>"),
        arguments("x (a:1.1)(b:1.1) y", "<x  1><ab 1.1>< y 1>"),
        arguments("(a:1.1)b(c:1.1)", "<a 1.1><b 1><c 1.1>"),
        arguments("7:30 (noon)", "<7:30  1><noon 1.1>"),
        arguments("((a:0.5) b:2)", "<a 1>< b 2>"),
        arguments("(a\nb:1.2)", "<a\nb 1.2>"));
  }

  @ParameterizedTest
  @MethodSource("asThere")
  void weightsAreReadAsThere(String text, String expected) {
    assertEquals(expected, told(read(text)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        // there it is the word BREAK with a negative weight
        "(a BREAK b:1.2); <a 1.2>|<b 1.2>",
        // there the program fails
        "(a:1.2.3); <a:1.2.3 1.1>",
        "(a:.); <a:. 1.1>",
        // there it counts as it is
        "(a:99); <a 10>",
        "(a:-99); <a -10>",
        "((((a:5):5):5):0); <a 0>"
      })
  void whatDiffers(String text, String expected) {
    assertEquals(expected, told(read(text)));
  }

  @Test
  void aWeightBeyondTheLargestIsTold() {
    assertTrue(read("(a:10.5)").isClamped());
    assertTrue(read("(a:" + "9".repeat(400) + ")").isClamped());
    assertFalse(read("(a:10) (b:-10)").isClamped());
    // infinity times nothing is nothing
    assertEquals("<a 0>", told(read("((a:0):" + "9".repeat(400) + ")")));
    assertEquals("<a 0>", told(read("((a:" + "9".repeat(400) + "):0)")));
  }

  @Test
  void thousandsOfBracketsAreRead() {
    int many = 10_000;
    assertEquals("<a 10>", told(read("(".repeat(many) + "a")));
    assertEquals("<a 10>", told(read("(".repeat(many) + "a" + ")".repeat(many))));
    assertEquals("<a 0>", told(read("[".repeat(many) + "a")).replaceAll("0\\.0*[1-9]\\d*", "0"));
    assertEquals(
        "<" + ")".repeat(many) + " 1>", told(read(")".repeat(many))), "closed and never opened");
    assertEquals(
        "a", read("{".repeat(many) + "a|b" + "}".repeat(many)).words().replaceAll("[{}]", ""));
    assertEquals("a", read("{a|".repeat(many) + "}".repeat(many)).words());
    assertTrue(read("(a".repeat(many / 2)).isClamped());
    assertEquals(
        many,
        read("BREAK ".repeat(many)).parts().stream()
            .filter(PromptEmphasis.Break.class::isInstance)
            .count());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a {b|c} d; a b d; a c d",
        "{b|c|d}; b; d",
        "{|b} a; ` a`; b a",
        "{a|b{c|d}}; a; bd",
        "{{a|b}|c}; a; c",
        "{{a|b}}; {a}; {b}",
        "({a|b}:1.2); (a:1.2); (b:1.2)",
        "{(a:1.2)|[b]}; (a:1.2); [b]",
        "{a|b}{c|d}; ac; bd"
      })
  void oneAlternativeIsDrawn(String text, String first, String last) {
    assertEquals(Optional.of(first), read(text).drawn());
    assertEquals(Optional.of(last), WrittenPrompt.read(text, (_, sides) -> sides - 1).drawn());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "{a}",
        "{",
        "}",
        "|",
        "a|b",
        "{a|b",
        "a|b}",
        "\\{a|b\\}",
        "{a\\|b}",
        "}{|"
      })
  void whatIsNoChoiceStays(String text) {
    assertEquals(Optional.empty(), read(text).drawn());
  }

  @Test
  void choicesAreCountedByTheirBracesWhetherDrawnOrNot() {
    var asked = new HashSet<String>();
    WrittenPrompt.Dice last =
        (choice, sides) -> {
          asked.add(choice + "/" + sides);
          return sides - 1;
        };
    assertEquals(Optional.of("c e 3"), WrittenPrompt.read("{{a|b}|c} {d|e} {1|2|3}", last).drawn());
    assertEquals(Set.of("0/2", "2/2", "3/3"), asked);
  }

  @Test
  void theWordsAloneAreKnown() {
    assertEquals("a lake, (not) fog", read("a (lake:1.3), \\(not\\) [fog]").words());
    assertEquals("a b", read("a BREAK b").words());
    assertEquals("", read("").words());
    assertTrue(read("a BREAK b").isMarkedUp() && read("(a)").isMarkedUp());
    assertFalse(read("a, b \\(c\\) {d|e}").isMarkedUp());
  }
}
