package org.infd.inference.export;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.infd.inference.field.FieldRenderer;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.infd.inference.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is said of an export before it is begun, against what it then takes. */
class ExportEstimateTest {
  private static final int SIDE = 2048;

  @TempDir Path folder;

  /** Waves of fixed length in the picture: smaller sizes hold more of them in a pixel. */
  private static final FieldRenderer WAVES =
      (side, at, _) -> {
        var rgb = Tensor.zeros(1, 3, at.height(), at.width());
        for (int i = 0; i < rgb.elements(); i++) {
          double y = (at.row() + i / at.width() % at.height() + 0.5) / side;
          double x = (at.column() + i % at.width() + 0.5) / side;
          double light =
              Math.sin(190 * x + 60 * Math.sin(9 * y)) * Math.cos(170 * y) + Math.sin(700 * x * y);
          rgb.set(i, (float) (0.4 * light));
        }
        return rgb;
      };

  private static ExportEstimate estimate(ExportSettings settings, PictureLayout layout) {
    return ExportEstimate.of(settings, layout.plan(), WAVES, Cancellation.never());
  }

  private static Frame frame() {
    return new Frame(SIDE, Rectangle.whole(SIDE));
  }

  @ParameterizedTest
  @EnumSource(ExportFormat.class)
  void theBytesAreRightByAQuarter(ExportFormat format) throws IOException {
    var target = folder.resolve("picture");
    var settings = ExportSettings.of(format);
    var layout = settings.layout(frame(), target, PngText.NONE);
    long said = estimate(settings, layout).bytes();
    new ResumableExport(target, layout, Map.of())
        .run(WAVES, PngExport.Progress.NONE, Cancellation.never());
    long taken = 0;
    try (var files = Files.walk(target)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        taken += Files.size(file);
      }
    }
    assertTrue(said > 0.8 * taken && said < 1.25 * taken, said + " said, " + taken + " taken");
  }

  @Test
  void secondsGrowWithThePixels() {
    var settings = ExportSettings.of(ExportFormat.PNG);
    var layout = settings.layout(frame(), folder.resolve("a"), PngText.NONE);
    var cost = estimate(settings, layout);
    assertTrue(cost.least() > 0 && cost.least() <= cost.most(), cost.toString());
  }
}
