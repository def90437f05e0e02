package org.infd.app.layout;

/**
 * The colours of boxes: told apart by people who see few colours too (after the palette of Okabe
 * and Ito). Numbers say the same, so that more boxes than colours can be told apart.
 */
public enum BoxColour {
  ORANGE("#e69f00", "black"),
  SKY("#56b4e9", "black"),
  GREEN("#00a878", "black"),
  YELLOW("#f0e442", "black"),
  BLUE("#0072b2", "white"),
  VERMILION("#e0661c", "black"),
  PURPLE("#cc79a7", "black");

  private final String fill;
  private final String text;

  BoxColour(String fill, String text) {
    this.fill = fill;
    this.text = text;
  }

  /** The colour itself, as the style sheet takes it. */
  public String fill() {
    return fill;
  }

  /** What can be read on it. */
  public String text() {
    return text;
  }

  /** The colour of a box that has this id: it stays when the order changes. */
  static BoxColour of(long id) {
    return values()[Math.floorMod(id - 1, values().length)];
  }

  /** Gives a node these colours, as {@code -box-fill} and {@code -box-text} of the style sheet. */
  String style() {
    return "-box-fill: " + fill + "; -box-text: " + text + ";";
  }
}
