package org.infd.app.export;

import java.util.Optional;
import java.util.concurrent.Executor;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ExportArea;
import org.infd.app.engine.ExportCost;
import org.infd.app.engine.Picture;
import org.infd.app.work.Job;
import org.infd.app.work.Reckoning;
import org.infd.app.work.SecondsRange;
import org.infd.inference.export.ExportSettings;

/**
 * What the export that is being chosen would cost, measured on pieces of it, and how far such
 * estimates are to be trusted. All methods but {@link #range} belong to the user interface's
 * thread.
 */
public final class ExportCosts {
  private final Engine engine;
  private final Job asking;
  private final Reckoning reckoning = new Reckoning();
  private final ReadOnlyObjectWrapper<Optional<ExportCost>> cost =
      new ReadOnlyObjectWrapper<>(this, "cost", Optional.empty());

  /**
   * @param engine measures
   * @param background where the engine is called
   * @param ui where everything else happens
   */
  ExportCosts(Engine engine, Executor background, Executor ui) {
    this.engine = engine;
    asking = new Job(background, ui);
  }

  /** What it costs; empty while that is not known, which takes a moment after each {@link #ask}. */
  public ReadOnlyObjectProperty<Optional<ExportCost>> costProperty() {
    return cost.getReadOnlyProperty();
  }

  /** The cost in words, its time as a range; empty while it is not known. */
  Optional<String> inWords() {
    return cost.get().map(found -> found.text(range(found.seconds())));
  }

  /** How long something takes that was estimated; may be asked on any thread. */
  synchronized SecondsRange range(double seconds) {
    return reckoning.range(seconds);
  }

  /** An estimate has come true, both in seconds. */
  synchronized void learn(double estimated, double actual) {
    reckoning.learn(estimated, actual);
  }

  /** Asks what an export would cost; forgets the question before. */
  void ask(Picture picture, ExportArea area, ExportSettings settings) {
    cost.set(Optional.empty());
    asking.start(
        (cancellation, _) -> engine.cost(picture, area, settings, cancellation),
        found -> cost.set(Optional.of(found)),
        // who starts the export hears of it
        sentence -> {});
  }

  /** Forgets the question of {@link #ask}. */
  void askNoMore() {
    asking.cancel();
    cost.set(Optional.empty());
  }
}
