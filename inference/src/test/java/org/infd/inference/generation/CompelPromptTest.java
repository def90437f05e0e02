package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prompts of InvokeAI in the weights of here. */
class CompelPromptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "a lake, a peak; a lake, a peak",
        "a lake++ at dusk; a (lake:1.21) at dusk",
        "a lake+, fog--; a (lake:1.1), (fog:0.81)",
        "(a lake)1.3 at dusk; (a lake:1.3) at dusk",
        "(a lake)++; (a lake:1.21)",
        "(a lake)-; (a lake:0.9)",
        "(a lake).5; (a lake:0.5)",
        "a (lake) b; a lake b",
        "(a (lake)1.5 b)1.2; (a (lake:1.5) b:1.2)",
        "(a lake+)0.8; (a (lake:1.1):0.8)",
        "a [lake]; a \\[lake\\]",
        "\"a lake\"++ and \"fog\"; (a lake:1.21) and \"fog\"",
        "snow-capped peaks -- far; snow-capped peaks -- far",
        "C++11 1+1; C++11 1+1",
        "a \\(lake\\)++; a \\(lake\\)++",
        "a lake); a lake\\)",
        "((a)); a",
        "(a:1.2) b; a:1.2 b"
      })
  void weightsAreTranslated(String there, String here) {
    assertEquals(new CompelPrompt(here, Optional.empty()), CompelPrompt.of(there));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "(\"a lake\", \"a peak\").blend(0.5, 0.5); .blend()",
        "a (lake).swap(sea); .swap()",
        "(\"a\", \"b\").and(); .and()",
        "a (lake; brackets that are not closed"
      })
  void whatHasNoWeightIsTold(String there, String left) {
    assertEquals(new CompelPrompt(there, Optional.of(left)), CompelPrompt.of(there));
  }

  @Test
  void anyLengthIsRead() {
    int many = 5000;
    assertEquals("a", CompelPrompt.of("(".repeat(many) + "a" + ")".repeat(many)).text());
    assertEquals("(a:1000000000)", CompelPrompt.of("a" + "+".repeat(9999)).text());
    assertEquals("a\\)", CompelPrompt.of("a)").text());
    CompelPrompt.of("\"".repeat(9999) + "+");
    CompelPrompt.of("-+".repeat(5000));
  }
}
