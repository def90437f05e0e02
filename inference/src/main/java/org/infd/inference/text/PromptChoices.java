package org.infd.inference.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The choices of a prompt, <code>{a|b|c}</code>: one of the alternatives is drawn and takes the
 * place of all. They may be nested and empty. Braces without a bar, braces that are not closed and
 * what stands behind a backslash are no choices and stay as they are.
 */
final class PromptChoices {
  /**
   * A choice of the text.
   *
   * @param number which one it is, from 0 in the order of the opening braces, whether it is drawn
   *     or not: words before it and draws of others change nothing of it
   * @param bars where its alternatives end: its bars, and its closing brace last
   */
  private record Choice(int number, List<Integer> bars) {
    int end() {
      return bars.getLast() + 1;
    }
  }

  /** An opening brace, and the bars that belong to it. */
  private record Brace(int from, List<Integer> bars) {}

  private record Range(int from, int to) {}

  private PromptChoices() {}

  /**
   * Draws.
   *
   * @return the text with what was drawn; the same object where there is no choice
   */
  static SourceText draw(SourceText source, WrittenPrompt.Dice dice) {
    var choices = choices(source.text());
    if (choices.isEmpty()) {
      return source;
    }
    var drawn = new SourceText.Builder();
    var left = new ArrayDeque<Range>();
    left.push(new Range(0, source.text().length()));
    while (!left.isEmpty()) {
      var range = left.pop();
      int from = range.from();
      int at = from;
      while (at < range.to() && !choices.containsKey(at)) {
        at++;
      }
      drawn.append(source, from, at);
      var choice = choices.get(at);
      if (at < range.to() && choice != null) {
        int sides = choice.bars().size();
        int side = Math.clamp(dice.roll(choice.number(), sides), 0, sides - 1);
        left.push(new Range(choice.end(), range.to()));
        left.push(
            new Range(
                side == 0 ? at + 1 : choice.bars().get(side - 1) + 1, choice.bars().get(side)));
      }
    }
    return drawn.build();
  }

  /** The choices by where they begin. */
  private static Map<Integer, Choice> choices(String text) {
    var open = new ArrayDeque<Brace>();
    var closed = new ArrayList<Brace>();
    for (int i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '{' -> open.push(new Brace(i, new ArrayList<>()));
        case '|' -> {
          if (!open.isEmpty()) {
            open.element().bars().add(i);
          }
        }
        case '}' -> {
          if (!open.isEmpty()) {
            var brace = open.pop();
            if (!brace.bars().isEmpty()) {
              brace.bars().add(i);
              closed.add(brace);
            }
          }
        }
        default -> {}
      }
    }
    closed.sort(Comparator.comparingInt(Brace::from));
    var choices = new HashMap<Integer, Choice>();
    for (var brace : closed) {
      choices.put(brace.from(), new Choice(choices.size(), brace.bars()));
    }
    return choices;
  }
}
