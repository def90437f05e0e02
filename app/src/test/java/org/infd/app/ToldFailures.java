package org.infd.app;

import java.util.List;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;

/** Notices of which a test keeps the sentences. */
public final class ToldFailures {
  private ToldFailures() {}

  /** Adds the sentence of every failure to a list. */
  public static Notices into(List<String> failures) {
    var notices = new Notices();
    keep(notices, Notice.Kind.ERROR, failures);
    return notices;
  }

  /** Adds the sentence of every notice of a kind to a list. */
  public static void keep(Notices notices, Notice.Kind kind, List<String> sentences) {
    notices
        .noticeProperty()
        .subscribe(
            told ->
                told.filter(notice -> notice.kind() == kind)
                    .ifPresent(notice -> sentences.add(notice.text())));
  }
}
