package org.infd.app.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.infd.app.viewer.Landscape;
import org.infd.app.work.SecondsRange;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PictureExport;
import org.infd.inference.export.PictureFormat;
import org.infd.inference.field.Rectangle;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;

class ExportProbeTest {
  private static ExportCost cost(Frame frame, PictureFormat format, long nanosPerPixel) {
    var calls = new AtomicInteger();
    return ExportProbe.cost(
        frame,
        PictureExport.Encoding.of(format),
        rectangle -> {
          assertTrue(rectangle.fits(frame.imageSide()));
          long pixels = (long) rectangle.height() * rectangle.width();
          // the first piece pays for what is done once
          long nanos = pixels * nanosPerPixel + (calls.getAndIncrement() == 0 ? 1L << 40 : 0);
          return new ExportProbe.Piece(
              new Landscape(3).render(frame.imageSide(), rectangle, Cancellation.never()), nanos);
        });
  }

  @Test
  void timeIsThatOfTheQuickestPiece() {
    var cost = cost(Frame.square(4096), PictureFormat.TIFF, 1_000_000);
    assertEquals(4096.0 * 4096 * 1e-3, cost.seconds(), 1);
    assertEquals(3L * 4096 * 4096, cost.bytes(), 3 * 4096 * 40, "TIFF is not compressed");
  }

  @Test
  void bytesAreNearThoseOfTheFile() {
    for (var format : new PictureFormat[] {PictureFormat.PNG, PictureFormat.JPEG}) {
      var frame = new Frame(1500, new Rectangle(300, 200, 900, 1200));
      var whole = new Landscape(3).render(1500, frame.rectangle(), Cancellation.never());
      long real = PictureExport.sampleBytes(PictureExport.Encoding.of(format), whole);
      long guess = cost(frame, format, 1).bytes();
      assertTrue(guess > real / 2 && guess < real * 2, format + ": " + guess + " for " + real);
    }
  }

  @Test
  void smallPicturesAreMadeOnce() {
    assertEquals(1, ExportProbe.places(Frame.square(100)).size());
    var places = ExportProbe.places(new Frame(9000, new Rectangle(10, 20, 3000, 5000)));
    assertEquals(3, new HashSet<>(places).size());
  }

  @Test
  void costsAreSaidInWords() {
    assertEquals(
        "About 14 MB, 25 to 40 s", new ExportCost(35.2, 14 << 20).text(new SecondsRange(25, 40)));
    assertEquals("under a second", ExportCost.duration(0.3));
    assertEquals("4 min", ExportCost.duration(250));
    assertEquals("2.5 h", ExportCost.duration(9000));
    assertEquals("4096 × 4096, 16.8 megapixels", ExportCost.size(Frame.square(4096)));
  }
}
