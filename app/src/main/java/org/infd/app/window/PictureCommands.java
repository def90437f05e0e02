package org.infd.app.window;

import java.nio.IntBuffer;
import java.util.Optional;
import javafx.scene.image.Image;
import javafx.scene.image.PixelFormat;
import org.infd.app.engine.Picture;
import org.infd.app.gallery.KeptPicture;
import org.infd.app.models.Sample;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.generation.Recipe;

/** Asks for pictures, keeps views of the open one, and compares it. */
final class PictureCommands {
  private final StudioModel model;

  PictureCommands(StudioModel model) {
    this.model = model;
  }

  /** Makes as many pictures as are asked for. */
  void generate() {
    model.requests().generate(false);
  }

  /** Makes a sample, which is seen small until there is something of it. */
  void make(Sample sample, Optional<Image> small) {
    model.opener().make(sample.recipe());
    if (model.isMakingHere()) {
      model.tabs().standIn(small.map(PictureCommands::pixels));
    }
  }

  private static PixelImage pixels(Image image) {
    int width = (int) image.getWidth();
    int height = (int) image.getHeight();
    var pixels = IntBuffer.allocate(width * height);
    image
        .getPixelReader()
        .getPixels(0, 0, width, height, PixelFormat.getIntArgbPreInstance(), pixels, width);
    return new PixelImage(width, height, pixels.rewind());
  }

  /** The same in a tab of their own. */
  void generateInNewTab() {
    model.requests().generate(true);
  }

  /** Goes out from the picture that is shown. */
  void vary() {
    model.requests().vary(false);
  }

  /** Takes over how the open picture was made, its seed too, whatever was typed. */
  void useRecipe() {
    model.pictureProperty().get().map(Picture::recipe).ifPresent(this::use);
  }

  /** Takes over how a picture was made, its seed too. */
  void use(Recipe recipe) {
    model.choices().adopt(recipe);
    model.recipe().keepSeed();
    model.pages().showPicture();
  }

  /** Keeps the present view of the open picture as a place. */
  void bookmark() {
    model.bookmarks().keepView(model.viewer());
  }

  /** Goes to the gallery, where a picture can be chosen to compare with. */
  void chooseForCompare() {
    model.pages().pageProperty().set(Page.GALLERY);
    model.notices().note("Choose a picture with its compare button.");
  }

  /** Looks at a picture of the gallery over the open one. */
  void compareWith(KeptPicture kept) {
    if (model.pictureProperty().get().isEmpty()) {
      model.opener().open(kept.file());
      return;
    }
    model.pages().showPicture();
    model.notices().clear();
    model.comparison().withFile(kept.file());
  }
}
