package org.infd.app.engine;

import java.util.List;
import org.infd.app.engine.ModelChoice.Prompts;

/** Models to choose, for tests: without a description, and without names of classes. */
public final class Choices {
  private Choices() {}

  /** A model that follows no layouts. */
  public static ModelChoice of(
      String id, String name, String hash, int classes, double eta, Prompts prompts) {
    return of(id, name, hash, classes, eta, prompts, LayoutSupport.none("Not this one."));
  }

  /** A model of any kind. */
  public static ModelChoice of(
      String id,
      String name,
      String hash,
      int classes,
      double eta,
      Prompts prompts,
      LayoutSupport layouts) {
    return new ModelChoice(id, name, "", hash, classes, eta, prompts, layouts, List.of());
  }
}
