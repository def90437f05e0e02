package org.infd.inference.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.infd.inference.tensor.LongTensor;

/**
 * A prompt in the chunks that a text tower reads one by one, as Stable Diffusion web UI (A1111)
 * cuts them: as many tokens as fit between the two markers, but what follows the last comma goes on
 * to the next chunk if the comma is among the last {@value #COMMA_REACH} tokens. BREAK ends a chunk
 * early.
 *
 * @param chunks one or more
 * @param written the prompt as written
 * @param end where in it the first word stands that did not fit as a whole; its length if nothing
 *     was lost
 */
public record PromptChunks(List<PromptChunk> chunks, String written, int end) {
  private static final int COMMA_REACH = 20;

  /** Copies the list. */
  public PromptChunks {
    chunks = List.copyOf(chunks);
  }

  /** A token with the weight of its word and where the word was written. */
  private record Token(int id, float weight, int origin) {}

  static PromptChunks of(WrittenPrompt prompt, ClipTokenizer tokenizer, int most) {
    return new Cutter(tokenizer, most).cut(prompt);
  }

  /** The rest of the prompt as written that did not fit; empty if nothing was lost. */
  public String cut() {
    return written.substring(end).strip();
  }

  /** How many tokens there are without markers and padding. */
  public int tokens() {
    return chunks.stream().mapToInt(PromptChunk::tokens).sum();
  }

  /** The same with chunks of the empty text behind, up to a number. */
  public PromptChunks filledUpTo(int count, ClipTokenizer tokenizer) {
    var filled = new ArrayList<>(chunks);
    while (filled.size() < count) {
      filled.add(chunk(tokenizer, List.of()));
    }
    return new PromptChunks(filled, written, end);
  }

  private static PromptChunk chunk(ClipTokenizer tokenizer, List<Token> tokens) {
    // the row of the empty text shows what rows are filled up with
    var row = tokenizer.encode("").row().toArray();
    var weights = new float[row.length];
    Arrays.fill(weights, 1);
    for (int i = 0; i < tokens.size(); i++) {
      row[1 + i] = tokens.get(i).id();
      weights[1 + i] = tokens.get(i).weight();
    }
    row[1 + tokens.size()] = tokenizer.endId();
    int origin = tokens.isEmpty() ? -1 : tokens.getFirst().origin();
    return new PromptChunk(LongTensor.of(row, 1, row.length), weights, tokens.size(), origin);
  }

  /** Deals tokens out to chunks. */
  private static final class Cutter {
    private final ClipTokenizer tokenizer;
    private final int most;
    private final int room;
    private final int comma;
    private final List<PromptChunk> done = new ArrayList<>();
    private List<Token> open = new ArrayList<>();
    private int lastComma = -1;

    Cutter(ClipTokenizer tokenizer, int most) {
      this.tokenizer = tokenizer;
      this.most = most;
      room = tokenizer.contextLength() - 2;
      comma = tokenizer.ids(",")[0];
    }

    PromptChunks cut(WrittenPrompt prompt) {
      var words = new ArrayList<Token>();
      for (var part : prompt.parts()) {
        switch (part) {
          case PromptEmphasis.Break _ -> words.add(new Token(-1, 1, -1));
          case PromptEmphasis.Words marked -> words.addAll(tokens(marked));
        }
      }
      int lost = -1;
      for (int i = 0; i < words.size() && lost < 0; i++) {
        var token = words.get(i);
        if (token.id() >= 0) {
          lost = take(token) ? -1 : token.origin();
        } else if (done.size() + 1 < most) {
          close();
        } else {
          // nothing is lost behind an end that nothing follows
          lost = i + 1 < words.size() ? firstOrigin(words.subList(i, words.size())) : -1;
        }
      }
      if (!open.isEmpty() || done.isEmpty()) {
        close();
      }
      var written = prompt.written();
      return new PromptChunks(done, written, lost < 0 ? written.length() : lost);
    }

    private static int firstOrigin(List<Token> tokens) {
      return tokens.stream().mapToInt(Token::origin).filter(at -> at >= 0).findFirst().orElse(-1);
    }

    private List<Token> tokens(PromptEmphasis.Words marked) {
      var text = marked.source().text();
      var lower = text.toLowerCase(Locale.ROOT);
      var tokens = new ArrayList<Token>();
      int at = 0;
      for (var word : tokenizer.words(text)) {
        // cleaning changes little: the words are found again, or their place is where the last was
        int found = lower.length() == text.length() ? lower.indexOf(word.text(), at) : -1;
        int origin = marked.source().origin(Math.max(found, at));
        at = found < 0 ? at : found + word.text().length();
        for (int id : word.ids()) {
          tokens.add(new Token(id, (float) marked.weight(), origin));
        }
      }
      return tokens;
    }

    /** Returns whether there was room. */
    private boolean take(Token token) {
      boolean isLast = done.size() + 1 >= most;
      if (room == 0) {
        return false;
      }
      if (token.id() == comma) {
        lastComma = open.size();
      } else if (open.size() == room
          && lastComma >= 0
          && open.size() - lastComma <= COMMA_REACH
          && !isLast) {
        var moved = new ArrayList<>(open.subList(lastComma + 1, open.size()));
        open = new ArrayList<>(open.subList(0, lastComma + 1));
        close();
        open = moved;
      }
      if (open.size() == room) {
        if (isLast) {
          return false;
        }
        close();
      }
      open.add(token);
      return true;
    }

    private void close() {
      done.add(chunk(tokenizer, open));
      open = new ArrayList<>();
      lastComma = -1;
    }
  }
}
