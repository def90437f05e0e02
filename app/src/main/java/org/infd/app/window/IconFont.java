package org.infd.app.window;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javafx.scene.text.Font;
import org.infd.inference.Problem;
import org.infd.inference.export.AtomicFile;
import org.kordamp.ikonli.IkonResolverProvider;
import org.kordamp.ikonli.feather.Feather;
import org.kordamp.ikonli.javafx.JavaFXFontLoader;

/**
 * The font of the icons, from a file in the user's data. The toolkit copies a font of a jar into
 * the temporary folder first, and without one shows empty boxes instead of icons.
 */
final class IconFont {
  private static final double ANY_SIZE = 16;

  private IconFont() {}

  /**
   * Lets all icons use it.
   *
   * @param data the folder of the user's data
   */
  static void use(Path data) {
    var handler =
        IkonResolverProvider.getInstance(JavaFXFontLoader.getInstance())
            .resolve(Feather.STAR.getDescription());
    try (var in = handler.getFontResourceAsStream()) {
      var content = in.readAllBytes();
      var file = data.resolve("fonts").resolve("feather.ttf");
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), content)) {
        Files.createDirectories(data.resolve("fonts"));
        AtomicFile.write(file, out -> out.write(content));
      }
      var font = Font.loadFont(file.toUri().toString(), ANY_SIZE);
      if (font != null) {
        handler.setFont(font);
      }
    } catch (IOException | Problem e) {
      // as it would be without this class
      System.getLogger(IconFont.class.getName())
          .log(System.Logger.Level.DEBUG, "the icons' font is not in a file", e);
    }
  }
}
