package org.infd.app.session;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.infd.inference.studio.Recipe;
import org.infd.inference.studio.Recipe.SamplerKind;

/** A process that keeps a session, says so, and goes on until it is killed. */
final class SessionChild {
  private SessionChild() {}

  static Session session(String prompt) {
    return new Session(
        new Recipe("hills", "00", 7, 30, SamplerKind.DDIM, 0.5, null, prompt, null, 1),
        4.5,
        true,
        3,
        4096,
        "pictures/x.infd",
        new org.infd.app.viewer.SavedView(0.25, 0.4, 0.6));
  }

  public static void main(String[] arguments) throws InterruptedException {
    new SessionStore(Path.of(arguments[0]), Runnable::run).keep(session("from the child"));
    System.out.println("kept");
    new CountDownLatch(1).await();
  }
}
