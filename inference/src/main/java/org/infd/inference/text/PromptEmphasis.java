package org.infd.inference.text;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The parts of a prompt with their weights, as Stable Diffusion web UI (A1111) reads them, rule by
 * rule: its parse_prompt_attention. {@code (a)} weighs 1.1, {@code [a]} 1/1.1, {@code (a:1.3)} 1.3;
 * nested weights multiply; {@code \( \) \[ \] \\} are the signs themselves and any other backslash
 * is nothing; brackets that are not closed weigh up to the end; those that were not opened are
 * words; {@code BREAK} ends a chunk. Three things differ: BREAK does so inside of brackets too,
 * where that program takes it for a word; a number that is none ({@code (a:1.2.3)}), at which it
 * fails, is words; and weights end at ±{@value WrittenPrompt#LARGEST_WEIGHT}.
 */
final class PromptEmphasis {
  private static final double ROUND = 1.1;
  private static final double SQUARE = 1 / 1.1;

  /** Products stay so far from infinity that 0 times them is 0. */
  private static final double BOUND = 1e100;

  private static final Pattern BREAK =
      Pattern.compile("\\bBREAK\\b", Pattern.UNICODE_CHARACTER_CLASS);

  /** A piece of the text, or an end of a chunk. */
  sealed interface Part {}

  /** Where a chunk ends. */
  record Break() implements Part {}

  /**
   * Words.
   *
   * @param weight −{@value WrittenPrompt#LARGEST_WEIGHT} to {@value WrittenPrompt#LARGEST_WEIGHT}
   */
  record Words(SourceText source, double weight) implements Part {}

  /**
   * What was read.
   *
   * @param parts neighbours differ in their weights
   * @param isClamped whether a weight was beyond the largest
   */
  record Reading(List<Part> parts, boolean isClamped) {
    Reading {
      parts = List.copyOf(parts);
    }
  }

  private final SourceText source;
  private final String text;
  private final List<SourceText> words = new ArrayList<>();

  /** One for each of {@link #words}; NaN marks an end of a chunk. */
  private double[] weights = new double[16];

  private final ArrayDeque<Integer> round = new ArrayDeque<>();
  private final ArrayDeque<Integer> square = new ArrayDeque<>();

  private PromptEmphasis(SourceText source) {
    this.source = source;
    this.text = source.text();
  }

  static Reading read(SourceText source) {
    return new PromptEmphasis(source).read();
  }

  private Reading read() {
    int at = 0;
    while (at < text.length()) {
      at = next(at);
    }
    round.forEach(from -> multiply(from, ROUND));
    square.forEach(from -> multiply(from, SQUARE));
    return merged();
  }

  /** Reads one sign, or the words up to the next one; returns where it ends. */
  private int next(int at) {
    switch (text.charAt(at)) {
      case '\\' -> {
        boolean isSign = at + 1 < text.length() && "()[]\\".indexOf(text.charAt(at + 1)) >= 0;
        add(at + 1, isSign ? at + 2 : at + 1);
        return isSign ? at + 2 : at + 1;
      }
      case '(' -> round.push(words.size());
      case '[' -> square.push(words.size());
      case ')' -> {
        if (round.isEmpty()) {
          add(at, at + 1);
        } else {
          multiply(round.pop(), ROUND);
        }
      }
      case ']' -> {
        if (square.isEmpty()) {
          add(at, at + 1);
        } else {
          multiply(square.pop(), SQUARE);
        }
      }
      case ':' -> {
        return colon(at);
      }
      default -> {
        int end = at;
        while (end < text.length() && "\\()[]:".indexOf(text.charAt(end)) < 0) {
          end++;
        }
        addWithBreaks(at, end);
        return end;
      }
    }
    return at + 1;
  }

  /** A colon, which is the beginning of a weight where a number and a closing bracket follow. */
  private int colon(int at) {
    int from = blanksEnd(at + 1);
    int to = from;
    if (to < text.length() && "+-".indexOf(text.charAt(to)) >= 0) {
      to++;
    }
    while (to < text.length() && ".0123456789".indexOf(text.charAt(to)) >= 0) {
      to++;
    }
    int close = blanksEnd(to);
    boolean isWeight =
        to > from && close < text.length() && text.charAt(close) == ')' && !round.isEmpty();
    if (isWeight) {
      try {
        double weight = Double.parseDouble(text.substring(from, to));
        multiply(round.pop(), Math.clamp(weight, -BOUND, BOUND));
        return close + 1;
      } catch (NumberFormatException e) {
        // words then
      }
    }
    add(at, at + 1);
    return at + 1;
  }

  private int blanksEnd(int at) {
    int end = at;
    while (end < text.length() && Character.isWhitespace(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private void addWithBreaks(int from, int to) {
    var matcher = BREAK.matcher(text).region(from, to);
    int begin = from;
    while (matcher.find()) {
      int end = matcher.start();
      while (end > begin && Character.isWhitespace(text.charAt(end - 1))) {
        end--;
      }
      add(begin, end);
      add(end, end);
      weights[words.size() - 1] = Double.NaN;
      begin = Math.min(blanksEnd(matcher.end()), to);
    }
    add(begin, to);
  }

  private void add(int from, int to) {
    if (words.size() == weights.length) {
      weights = java.util.Arrays.copyOf(weights, 2 * weights.length);
    }
    weights[words.size()] = 1;
    words.add(source.slice(from, to));
  }

  private void multiply(int from, double factor) {
    for (int i = from; i < words.size(); i++) {
      double product = weights[i] * factor;
      weights[i] = Double.isNaN(product) ? product : Math.clamp(product, -BOUND, BOUND);
    }
  }

  /** Neighbours of one weight are one piece, as words may go on from one to the next. */
  private Reading merged() {
    var parts = new ArrayList<Part>();
    boolean isClamped = false;
    int at = 0;
    while (at < words.size()) {
      double weight = weights[at];
      if (Double.isNaN(weight)) {
        parts.add(new Break());
        at++;
        continue;
      }
      var run = new SourceText.Builder();
      while (at < words.size() && weights[at] == weight) {
        var piece = words.get(at++);
        run.append(piece, 0, piece.text().length());
      }
      double clamped =
          Math.clamp(weight, -WrittenPrompt.LARGEST_WEIGHT, WrittenPrompt.LARGEST_WEIGHT);
      isClamped |= clamped != weight;
      parts.add(new Words(run.build(), clamped));
    }
    return new Reading(parts, isClamped);
  }
}
