package org.infd.app.window;

import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.infd.app.engine.Engine;
import org.infd.app.models.ModelStore;

/**
 * The services outside of the studio; tests replace them.
 *
 * @param engine makes, opens and writes pictures
 * @param background where work is done that takes long
 * @param ui the user interface's thread
 * @param nanoTime a clock in nanoseconds
 * @param dice gives random seeds
 * @param store the models on disk
 */
public record StudioServices(
    Engine engine,
    Executor background,
    Executor ui,
    LongSupplier nanoTime,
    RandomGenerator dice,
    ModelStore store) {
  /** Services without a store of models. */
  public StudioServices(
      Engine engine,
      Executor background,
      Executor ui,
      LongSupplier nanoTime,
      RandomGenerator dice) {
    this(engine, background, ui, nanoTime, dice, ModelStore.none());
  }
}
