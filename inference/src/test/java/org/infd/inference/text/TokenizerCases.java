package org.infd.inference.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the official tokenizer made of many texts, compared with ours. A tool of the tests. */
public final class TokenizerCases {
  private TokenizerCases() {}

  /**
   * The outcome.
   *
   * @param demanded how many texts have to be the same
   * @param wrong what of them is not, as sentences
   * @param repairs how many texts need a repair that only a library of its own has
   * @param repaired how many of these are the same nevertheless
   */
  public record Result(int demanded, List<String> wrong, int repairs, int repaired) {
    /** One line. */
    public String summary() {
      return "%d texts checked, %d wrong; %d of %d that need repair are the same"
          .formatted(demanded, wrong.size(), repaired, repairs);
    }
  }

  /** Checks {@code tokenizer-cases.json} in a folder with {@code merges.txt.gz}. */
  public static Result check(Path folder) throws IOException {
    var golden = JsonMapper.shared().readTree(folder.resolve("tokenizer-cases.json").toFile());
    var tokenizer =
        ClipTokenizer.read(
            "merges.txt.gz",
            Files.readAllBytes(folder.resolve("merges.txt.gz")),
            golden.get("vocabulary").asInt(),
            golden.get("context_length").asInt());
    var wrong = new ArrayList<String>();
    if (golden.get("start_id").asInt() != tokenizer.startId()
        || golden.get("end_id").asInt() != tokenizer.endId()) {
      wrong.add("the markers are " + tokenizer.startId() + " and " + tokenizer.endId());
    }
    int demanded = 0;
    int repairs = 0;
    int repaired = 0;
    for (var expected : golden.get("cases")) {
      var problems = problems(tokenizer, expected);
      if (expected.path("needs").asString("plain").equals("ftfy")) {
        repairs++;
        repaired += problems.isEmpty() ? 1 : 0;
      } else {
        demanded++;
        wrong.addAll(problems);
      }
    }
    return new Result(demanded, List.copyOf(wrong), repairs, repaired);
  }

  private static List<String> problems(ClipTokenizer tokenizer, JsonNode expected) {
    var text = expected.get("text").asString();
    var problems = new ArrayList<String>();
    var ids = longs(expected.get("ids"));
    var actual = Arrays.stream(tokenizer.ids(text)).asLongStream().toArray();
    if (!Arrays.equals(ids, actual)) {
      problems.add(text + ": " + Arrays.toString(actual) + " for " + Arrays.toString(ids));
    }
    if (expected.has("cleaned")
        && !ClipTokenizer.clean(text).equals(expected.get("cleaned").asString())) {
      problems.add(text + ": cleaned to " + ClipTokenizer.clean(text));
    }
    var tokens = tokenizer.encode(text);
    if (expected.has("row")) {
      var row = Arrays.copyOf(longs(expected.get("row")), tokenizer.contextLength());
      if (!Arrays.equals(row, tokens.row().toArray())) {
        problems.add(text + ": row " + Arrays.toString(tokens.row().toArray()));
      }
    }
    if (expected.has("too_long") && tokens.isCut() != expected.get("too_long").asBoolean()) {
      problems.add(text + ": cut " + tokens.cut());
    }
    return problems;
  }

  private static long[] longs(JsonNode node) {
    var values = new long[node.size()];
    Arrays.setAll(values, i -> node.get(i).asLong());
    return values;
  }
}
