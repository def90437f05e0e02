package org.infd.app.window;

import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.infd.app.engine.Engine;
import org.infd.app.models.ModelStore;
import org.jspecify.annotations.Nullable;

/**
 * The services outside of the studio; tests replace them.
 *
 * @param engine makes, opens and writes pictures
 * @param background where work is done that takes long
 * @param ui the user interface's thread
 * @param nanoTime a clock in nanoseconds
 * @param dice gives random seeds
 * @param store the models on disk
 * @param layout where the layout that is being edited is kept, as no other window keeps its own;
 *     null for the usual place
 */
public record StudioServices(
    Engine engine,
    Executor background,
    Executor ui,
    LongSupplier nanoTime,
    RandomGenerator dice,
    ModelStore store,
    @Nullable Path layout) {
  static final String LAYOUT = "layout.json";

  /** Services of the only window. */
  public StudioServices(
      Engine engine,
      Executor background,
      Executor ui,
      LongSupplier nanoTime,
      RandomGenerator dice,
      ModelStore store) {
    this(engine, background, ui, nanoTime, dice, store, null);
  }

  /** Services without a store of models. */
  public StudioServices(
      Engine engine,
      Executor background,
      Executor ui,
      LongSupplier nanoTime,
      RandomGenerator dice) {
    this(engine, background, ui, nanoTime, dice, ModelStore.none());
  }

  /** Where the layout that is being edited is kept. */
  Path layout(Path dataFolder) {
    return layout == null ? dataFolder.resolve(LAYOUT) : layout;
  }
}
