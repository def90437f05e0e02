package org.infd.app.opening;

import org.infd.app.tab.TabsModel;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;

/** What is to be told of files that were dropped together, until it is told in one notice. */
final class Remarks {
  private final Notices notices;
  private String text = "";

  Remarks(Notices notices) {
    this.notices = notices;
  }

  /** Forgets what was not told, and begins with something, or with nothing. */
  void begin(String sentences) {
    text = sentences;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  void add(String sentence) {
    text = text.isEmpty() ? sentence : text + " " + sentence;
  }

  /** Adds that no further tab can be opened. */
  void noRoom() {
    add(
        NumberText.format(
            "There are %d tabs, and no more: close some, and drop the rest again.",
            TabsModel.MOST));
  }

  /** What is still to be told, to stand behind another sentence. */
  String pending() {
    return text.isEmpty() ? "" : " " + text;
  }

  /** Tells it, if there is something. */
  void tell() {
    if (!text.isEmpty()) {
      notices.fail(text);
      text = "";
    }
  }

  /** Tells it behind what went wrong. */
  void fail(String sentence) {
    notices.fail(sentence + pending());
    text = "";
  }
}
