package org.infd.app.photo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Random;
import org.infd.app.photo.PhotoCrop.Corner;
import org.infd.inference.generation.Photo;
import org.infd.inference.generation.Recipe;
import org.junit.jupiter.api.Test;

class PhotoCropTest {
  private static PhotoCrop crop(int width, int height) {
    return new PhotoCrop(
        Photo.of("a", "f", new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)));
  }

  private static void assertSquare(int top, int left, int side, PhotoCrop crop) {
    assertEquals(new Recipe.Photo("a", "f", top, left, side), crop.squareProperty().get());
  }

  @Test
  void beginsWithTheLargestSquareInTheMiddle() {
    assertSquare(0, 100, 400, crop(600, 400));
    assertSquare(100, 0, 400, crop(400, 600));
    assertSquare(0, 0, 1, crop(1, 1));
  }

  @Test
  void movesInsideThePhoto() {
    var crop = crop(600, 400);
    crop.resize(-200);
    assertSquare(100, 200, 200, crop);
    crop.move(-30, 50);
    assertSquare(70, 250, 200, crop);
    crop.moveTo(-1e9, 1e9);
    assertSquare(0, 400, 200, crop);
  }

  @Test
  void theCornerOppositeToThePulledOneStays() {
    var crop = crop(600, 400);
    crop.resize(-200);
    crop.pull(Corner.BOTTOM_RIGHT, 250, 260);
    assertSquare(100, 200, 150, crop);
    crop.pull(Corner.TOP_LEFT, 90, 150);
    assertSquare(50, 150, 200, crop);
    crop.pull(Corner.TOP_RIGHT, -100, 9000);
    assertSquare(0, 150, 250, crop);
    crop.pull(Corner.BOTTOM_LEFT, 0, 400);
    assertSquare(0, 384, 16, crop);
  }

  @Test
  void growsAndShrinksAroundItsMiddleWhileThereIsRoom() {
    var crop = crop(600, 400);
    crop.resize(-100);
    crop.moveTo(0, 0);
    crop.resize(20);
    assertSquare(0, 0, 320, crop);
    crop.resize(-10_000);
    assertSquare(152, 152, 16, crop);
    crop.enlargeFully();
    assertEquals(400, crop.squareProperty().get().side());
  }

  @Test
  void whateverIsDoneItStaysASquareInside() {
    var random = new Random(4);
    var crop = crop(123, 77);
    for (int i = 0; i < 20_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> crop.moveTo(random.nextGaussian() * 100, random.nextGaussian() * 100);
        case 1 -> crop.resize(random.nextInt(-50, 50));
        case 2 -> crop.move(random.nextInt(-9, 9), random.nextInt(-9, 9));
        default ->
            crop.pull(
                Corner.values()[random.nextInt(4)],
                random.nextGaussian() * 200,
                random.nextGaussian() * 200);
      }
      var square = crop.squareProperty().get();
      assertTrue(square.side() >= 16, square.toString());
      assertTrue(square.top() + square.side() <= 77, square.toString());
      assertTrue(square.left() + square.side() <= 123, square.toString());
    }
  }
}
