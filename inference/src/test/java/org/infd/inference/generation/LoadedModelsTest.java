package org.infd.inference.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.inference.bundle.ModelBundle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.runtime.Device;
import org.infd.inference.runtime.DeviceQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who has a model keeps it, whatever others ask for meanwhile. */
class LoadedModelsTest {
  @TempDir Path folder;

  private final AtomicInteger loaded = new AtomicInteger();
  private final DeviceQueue queue = new DeviceQueue(Device.cpu());
  private LoadedModels models;
  private ModelBundle first;
  private ModelBundle second;

  @BeforeEach
  void open() {
    first = TinyBundle.plain().write(folder.resolve("first"));
    second = TinyBundle.plain().name("Other").write(folder.resolve("second"));
    models =
        new LoadedModels(
            bundle -> {
              loaded.incrementAndGet();
              return new Generator(bundle, Device.cpu(), queue);
            });
  }

  @AfterEach
  void close() {
    models.retire();
    queue.close();
  }

  private static void use(Generator generator, ModelBundle bundle) {
    generator.generate(
        RecipeRules.defaultRecipe(bundle, 1), RunListener.none(), Cancellation.never());
  }

  @Test
  void aModelStaysLoadedBetweenUses() {
    Generator before;
    try (var loan = models.lend(first)) {
      before = loan.generator();
      use(before, first);
    }
    try (var loan = models.lend(first)) {
      assertSame(before, loan.generator());
      use(loan.generator(), first);
    }
    assertEquals(1, loaded.get());
  }

  @Test
  void oneThatIsReplacedIsFreedAfterItsLastUse() {
    Generator replaced;
    try (var loan = models.lend(first)) {
      replaced = loan.generator();
      models.lend(second).close();
      use(replaced, first);
    }
    assertThrows(CancellationException.class, () -> use(replaced, first));
    assertEquals(2, loaded.get());
  }

  @Test
  void oneThatNobodyUsesIsFreedWhenItRetires() {
    Generator idle;
    try (var loan = models.lend(first)) {
      idle = loan.generator();
    }
    models.retire();
    assertThrows(CancellationException.class, () -> use(idle, first));
  }
}
