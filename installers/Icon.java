import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;

/**
 * Draws the program's icon, at any size, and writes it in the form that a system wants: PNG for
 * Linux, ICO for Windows, ICNS for macOS (both hold PNG pictures).
 */
final class Icon {
  private Icon() {}

  /** Writes {@code infd.png}, {@code infd.ico} or {@code infd.icns} and returns the file. */
  static Path write(Path folder, String kind) throws IOException {
    var file = folder.resolve("infd." + kind);
    switch (kind) {
      case "png" -> Files.write(file, png(512));
      case "ico" -> Files.write(file, ico());
      case "icns" -> Files.write(file, icns());
      default -> throw new IllegalArgumentException(kind);
    }
    return file;
  }

  /** Writes the icon at a size. */
  static void writePng(Path file, int side) throws IOException {
    Files.write(file, png(side));
  }

  /** Mountains behind a frame that zooms: the inner frame holds the same ridge, larger. */
  static BufferedImage draw(int side) {
    var image = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    var g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    g.scale(side / 100.0, side / 100.0);
    g.setClip(new RoundRectangle2D.Double(4, 4, 92, 92, 24, 24));
    g.setPaint(new GradientPaint(0, 4, new Color(0x2b4f9e), 0, 66, new Color(0xf2b48a)));
    g.fillRect(0, 0, 100, 100);
    g.setPaint(new Color(0xfff0d8));
    g.fill(new Ellipse2D.Double(62, 22, 15, 15));
    g.setPaint(new Color(0x6d7fae));
    ridge(g, 4, 62, 22, 46, 38, 58, 58, 36, 78, 56, 96, 48);
    g.setPaint(new Color(0x2f3f66));
    ridge(g, 4, 76, 20, 64, 36, 44, 52, 66, 70, 60, 96, 72);
    g.setPaint(new Color(0xf6f8fc));
    shape(g, 36, 44, 31, 50.5, 34, 54, 36.5, 51, 39.5, 55, 41.5, 51.5);
    g.setPaint(new Color(0x1b2744));
    ridge(g, 4, 88, 30, 78, 60, 84, 96, 76);
    g.setClip(null);
    g.setPaint(new Color(255, 255, 255, 230));
    g.setStroke(new BasicStroke(side < 40 ? 5 : 3));
    g.draw(new RoundRectangle2D.Double(26, 34, 24, 24, 4, 4));
    g.dispose();
    return image;
  }

  /** A polygon through the points, closed along the lower edge. */
  private static void ridge(Graphics2D g, double... points) {
    var path = polygon(points);
    path.lineTo(points[points.length - 2], 100);
    path.lineTo(points[0], 100);
    path.closePath();
    g.fill(path);
  }

  private static void shape(Graphics2D g, double... points) {
    var path = polygon(points);
    path.closePath();
    g.fill(path);
  }

  private static Path2D polygon(double... points) {
    var path = new Path2D.Double();
    path.moveTo(points[0], points[1]);
    for (int i = 2; i < points.length; i += 2) {
      path.lineTo(points[i], points[i + 1]);
    }
    return path;
  }

  private static byte[] png(int side) throws IOException {
    var bytes = new ByteArrayOutputStream();
    ImageIO.write(draw(side), "png", bytes);
    return bytes.toByteArray();
  }

  /** Header, one entry of 16 bytes a picture, then the pictures; a side of 256 is written as 0. */
  private static byte[] ico() throws IOException {
    var pictures = new TreeMap<Integer, byte[]>();
    for (int side : List.of(16, 24, 32, 48, 64, 128, 256)) {
      pictures.put(side, png(side));
    }
    int size = 6 + 16 * pictures.size() + pictures.values().stream().mapToInt(p -> p.length).sum();
    var out = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    out.putShort((short) 0).putShort((short) 1).putShort((short) pictures.size());
    int offset = 6 + 16 * pictures.size();
    for (var entry : pictures.entrySet()) {
      byte side = (byte) (entry.getKey() & 255);
      out.put(side).put(side).put((byte) 0).put((byte) 0).putShort((short) 1).putShort((short) 32);
      out.putInt(entry.getValue().length).putInt(offset);
      offset += entry.getValue().length;
    }
    pictures.values().forEach(out::put);
    return out.array();
  }

  private static byte[] icns() throws IOException {
    var kinds =
        new TreeMap<>(Map.of("ic07", 128, "ic08", 256, "ic09", 512, "ic11", 32, "ic12", 64));
    var body = new ByteArrayOutputStream();
    var out = new DataOutputStream(body);
    for (var kind : kinds.entrySet()) {
      var picture = png(kind.getValue());
      out.writeBytes(kind.getKey());
      out.writeInt(8 + picture.length);
      out.write(picture);
    }
    var whole = new ByteArrayOutputStream();
    var head = new DataOutputStream(whole);
    head.writeBytes("icns");
    head.writeInt(8 + body.size());
    head.write(body.toByteArray());
    return whole.toByteArray();
  }
}
