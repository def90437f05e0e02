package org.infd.app.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.infd.inference.FileReason;
import org.infd.inference.Problem;
import org.infd.inference.StrictJson;
import org.infd.inference.bundle.ModelBundle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A line of a batch: a command of this program as a JSON object. "command" names it, "file" is what
 * it reads, and everything else is an option by its name; true stands for an option without a
 * value.
 *
 * @param line its number in the file, from 1
 * @param hash SHA-256 of its text
 * @param arguments the command line
 * @param outputs what it writes
 */
record BatchJob(int line, String hash, List<String> arguments, List<Path> outputs) {
  /** The commands that make something. */
  static final Set<String> COMMANDS =
      Set.of("generate", "layout", "redo", "vary", "encode", "render", "dive", "film");

  private static final Pattern OPTION = Pattern.compile("[a-z][a-z0-9-]*");

  /**
   * Reads a line.
   *
   * @throws Problem if it is no job; a sentence that begins with what is wrong
   */
  static BatchJob read(int line, String text) {
    JsonNode tree;
    try {
      tree = StrictJson.lines().readTree(text);
    } catch (JacksonException e) {
      throw new Problem("It is no JSON: " + FileReason.of(e) + ".", e);
    }
    if (!tree.isObject()) {
      throw new Problem("It is no JSON object.");
    }
    var command = tree.path("command").asString("");
    if (!COMMANDS.contains(command)) {
      throw new Problem(
          "Its \"command\" is none of "
              + String.join(", ", COMMANDS.stream().sorted().toList())
              + ".");
    }
    var arguments = new ArrayList<String>();
    var outputs = new ArrayList<Path>();
    arguments.add(command);
    arguments.add("--quiet");
    for (var entry : tree.properties()) {
      var name = entry.getKey();
      if (name.equals("command") || name.equals("file") || name.equals("id")) {
        continue;
      }
      if (!OPTION.matcher(name).matches()) {
        throw new Problem(
            "\"" + name + "\" is no option. Options are written without hyphens in front.");
      }
      option(name, entry.getValue(), arguments);
      if ((name.equals("out") || name.equals("field")) && entry.getValue().isString()) {
        outputs.add(Path.of(entry.getValue().stringValue()));
      }
    }
    if (tree.has("file")) {
      // nothing behind this is taken for an option
      arguments.add("--");
      arguments.add(tree.path("file").asString(""));
    }
    return new BatchJob(
        line,
        ModelBundle.sha256(text.strip().getBytes(StandardCharsets.UTF_8)),
        List.copyOf(arguments),
        List.copyOf(outputs));
  }

  private static void option(String name, JsonNode value, List<String> arguments) {
    if (value.isBoolean()) {
      if (value.booleanValue()) {
        arguments.add("--" + name);
      }
    } else if (value.isString() || value.isNumber()) {
      arguments.add("--" + name + "=" + value.asString());
    } else {
      throw new Problem("\"" + name + "\" is neither a text, a number, true nor false.");
    }
  }
}
