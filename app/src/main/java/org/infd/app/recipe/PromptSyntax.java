package org.infd.app.recipe;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Signs in a prompt that mean something in other programs, and are words here. */
final class PromptSyntax {
  private static final int LONGEST = 24;

  private static final List<Pattern> KINDS =
      List.of(
          Pattern.compile("<(?:lora|lyco|hypernet|embedding)\\b[^<>]{0,200}>"),
          Pattern.compile("(?<!\\\\)\\[[^\\[\\]|:]{0,99}[:|][^\\[\\]]{1,200}\\]"),
          Pattern.compile("(?<![\\w)\"])[\\w)\"]{1,60}(?:\\+\\+|--)(?=\\s|,|$)"),
          Pattern.compile("\\([^()]{1,200}\\)(?:\\d*\\.\\d+|\\+|-)(?=\\s|,|$)"),
          Pattern.compile("\\{[^{}|]{0,20}(?:\\$\\$|::)[^{}]{0,200}\\|[^{}]{0,200}\\}"),
          Pattern.compile("__[\\w/*.-]{1,80}__"),
          Pattern.compile("\\bAND\\b(?=\\s)"));

  private PromptSyntax() {}

  /** What the user should know of it, in a sentence; empty where all of it are words. */
  static Optional<String> hint(String prompt) {
    return KINDS.stream()
        .flatMap(kind -> kind.matcher(prompt).results().limit(1))
        .map(found -> shortened(found.group().strip()))
        .findFirst()
        .map(
            found ->
                "“" + found + "” is read as words: it means something in other programs only.");
  }

  private static String shortened(String found) {
    return found.codePointCount(0, found.length()) <= LONGEST
        ? found
        : found.substring(0, found.offsetByCodePoints(0, LONGEST)) + "…";
  }
}
