package org.infd.app.session;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.infd.app.runs.Run;
import org.infd.app.runs.UnfinishedRun;
import org.infd.app.tab.SavedTab;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Background;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;

/** A process that keeps a session, says so, and goes on until it is killed. */
final class SessionChild {
  private SessionChild() {}

  static Session session(String prompt) {
    return new Session(
        Recipe.builder("hills", "00")
            .seed(7)
            .steps(30)
            .sampler(SamplerKind.DDIM)
            .eta(0.5)
            .prompt(prompt)
            .build(),
        4.5,
        true,
        3,
        4096,
        List.of(new SavedTab("Seed 3", "pictures/x.infd", new SavedView(0.25, 0.4, 0.6))),
        0,
        List.of(
            new UnfinishedRun(
                new Run.Batch(
                    Recipe.builder("hills", "00")
                        .seed(8)
                        .steps(30)
                        .sampler(SamplerKind.DDIM)
                        .eta(0.5)
                        .prompt(prompt)
                        .build(),
                    5),
                null)),
        List.of());
  }

  public static void main(String[] arguments) throws InterruptedException {
    new SessionStore(Path.of(arguments[0]), new Background(Runnable::run))
        .keep(session("from the child"));
    System.out.println("kept");
    new CountDownLatch(1).await();
  }
}
