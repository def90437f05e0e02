package org.infd.inference.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.infd.inference.runtime.Cancellation;

/** An animated GIF that plays again and again. */
final class GifFilm {
  private static final String FORMAT = "javax_imageio_gif_image_1.0";
  private static final byte[] FOR_EVER = {1, 0, 0};

  private GifFilm() {}

  static void write(
      OutputStream stream, List<Path> frames, int framesPerSecond, Cancellation cancellation)
      throws IOException {
    var writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (var output = new MemoryCacheImageOutputStream(stream)) {
      writer.setOutput(output);
      writer.prepareWriteSequence(null);
      for (int i = 0; i < frames.size(); i++) {
        cancellation.throwIfCancelled();
        var image = ImageIO.read(frames.get(i).toFile());
        // hundredths of a second, none lost on the way
        int until = Math.round((i + 1) * 100f / framesPerSecond);
        int delay = Math.max(1, until - Math.round(i * 100f / framesPerSecond));
        var type = ImageTypeSpecifier.createFromRenderedImage(image);
        writer.writeToSequence(
            new IIOImage(image, null, metadata(writer, type, delay, i == 0)), null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadata metadata(
      ImageWriter writer, ImageTypeSpecifier type, int delay, boolean first) throws IOException {
    var metadata = writer.getDefaultImageMetadata(type, null);
    var root = (IIOMetadataNode) metadata.getAsTree(FORMAT);
    var control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("transparentColorIndex", "0");
    control.setAttribute("delayTime", String.valueOf(delay));
    var old = root.getElementsByTagName("GraphicControlExtension").item(0);
    if (old != null) {
      root.removeChild(old);
    }
    root.appendChild(control);
    if (first) {
      var extension = new IIOMetadataNode("ApplicationExtension");
      extension.setAttribute("applicationID", "NETSCAPE");
      extension.setAttribute("authenticationCode", "2.0");
      extension.setUserObject(FOR_EVER);
      var extensions = new IIOMetadataNode("ApplicationExtensions");
      extensions.appendChild(extension);
      root.appendChild(extensions);
    }
    metadata.setFromTree(FORMAT, root);
    return metadata;
  }
}
