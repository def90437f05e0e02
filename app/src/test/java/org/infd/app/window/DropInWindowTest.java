package org.infd.app.window;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.infd.app.FakeEngine;
import org.infd.app.tab.Tab;
import org.infd.app.viewer.Landscape;
import org.infd.inference.export.Frame;
import org.infd.inference.export.PngExport;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;
import org.infd.inference.generation.Recipe.SamplerKind;
import org.infd.inference.guidance.Layout;
import org.infd.inference.guidance.LayoutBox;
import org.infd.inference.runtime.Cancellation;
import org.junit.jupiter.api.Test;
import org.testfx.util.NodeQueryUtils;

/** Several files at once: each gets what it needs, or a sentence. */
class DropInWindowTest extends StudioWindowTest {
  DropInWindowTest() {
    super(900, 700);
  }

  private Path photo(String name) throws IOException {
    var image = new BufferedImage(80, 40, BufferedImage.TYPE_INT_RGB);
    image.setRGB(30, 20, name.hashCode());
    var file = folder.resolve(name);
    ImageIO.write(image, name.substring(name.length() - 3), file.toFile());
    return file;
  }

  private Path field(String name, long seed) {
    var file = folder.resolve(name);
    FakeEngine.write(
        file,
        Recipe.builder("hills", "00")
            .seed(seed)
            .steps(25)
            .sampler(SamplerKind.DPMPP)
            .eta(1)
            .build());
    return file;
  }

  private Path text(String name) throws IOException {
    return Files.writeString(folder.resolve(name), "text");
  }

  private List<String> titles() {
    return onFx(() -> model.tabs().tabs().stream().map(tab -> tab.titleProperty().get()).toList());
  }

  private boolean allAreThere() {
    return model.tabs().tabs().stream().allMatch(tab -> tab.pictureProperty().get().isPresent());
  }

  @Test
  void severalPhotosOpenOneAfterTheOtherInTabsOfTheirOwn() throws Exception {
    startWithPicture();
    engine.gate.drainPermits();
    drop(photo("a.png"), photo("b.jpg"), photo("c.png"));
    waitFor(() -> titles().equals(List.of("Seed 18", "a.png", "b.jpg", "c.png")));
    waitFor(() -> model.generation().queue().waiting().size() == 2);
    assertEquals("a.png", onFx(() -> model.tabs().current().titleProperty().get()));
    assertTrue(onFx(() -> model.tabs().tabs().stream().noneMatch(Tab::isEmpty)));
    waitFor(
        () ->
            "The square in the middle of each of 3 photos opens, one after the other. Drop one alone to choose its square."
                .equals(model.notices().noticeProperty().get().orElseThrow().text()));
    engine.open();
    waitFor(this::allAreThere);
    assertEquals(List.of("Seed 18", "a.png", "b.jpg", "c.png"), titles());
    var square =
        onFx(
            () ->
                model.tabs().tabs().get(2).pictureProperty().get().orElseThrow().recipe().photo());
    assertEquals(List.of(0, 20, 40), List.of(square.top(), square.left(), square.side()));
    waitFor(() -> model.gallery().pictures().size() == 4);
  }

  @Test
  void theFirstOfSeveralPhotosTakesAnEmptyTab() throws Exception {
    startWithPicture();
    run(() -> model.tabs().open());
    drop(photo("a.png"), photo("b.png"));
    waitFor(() -> titles().equals(List.of("Seed 18", "a.png", "b.png")) && allAreThere());
  }

  /** A picture of ours, which holds how it was made. */
  private Path ours(String name, long seed) throws IOException {
    var recipe =
        Recipe.builder("hills", "00")
            .seed(seed)
            .steps(25)
            .sampler(SamplerKind.DPMPP)
            .eta(1)
            .build();
    var file = folder.resolve(name);
    var frame = Frame.square(32);
    PngExport.write(
        file,
        new Landscape(seed),
        frame,
        PictureMetadata.of(recipe, frame, false, engine.device(), false).toPngText(),
        PngExport.Progress.NONE,
        Cancellation.never());
    return file;
  }

  @Test
  void severalPicturesThatHoldTheirRecipesAreAskedForOnce() throws Exception {
    startWithPicture();
    drop(ours("x.png", 71), ours("y.png", 72));
    waitFor(() -> noticeText().equals("2 pictures hold their recipes: 'x.png' and 1 more."));
    assertEquals(List.of("Seed 18"), titles());
    robot.clickOn("#notice-action");
    waitFor(() -> titles().equals(List.of("Seed 18", "Seed 71", "Seed 72")) && allAreThere());
  }

  @Test
  void theyOpenAsPhotosIfThatIsWanted() throws Exception {
    startWithPicture();
    drop(ours("x.png", 71), ours("y.png", 72));
    waitFor(() -> noticeText().startsWith("2 pictures hold"));
    waitFor(
        () ->
            robot.lookup("#notice-other").match(NodeQueryUtils.isVisible()).tryQuery().isPresent());
    robot.clickOn("#notice-other");
    waitFor(() -> titles().equals(List.of("Seed 18", "x.png", "y.png")) && allAreThere());
  }

  @Test
  void photosAmongThemOpenAndTheOthersAreAskedFor() throws Exception {
    startWithPicture();
    drop(ours("x.png", 71), photo("p.png"), text("broken.png"), text("notes.txt"));
    waitFor(() -> titles().equals(List.of("Seed 18", "p.png")) && allAreThere());
    waitFor(() -> noticeText().startsWith("'x.png' holds its recipe: seed 71."));
    assertTrue(noticeText().contains("notes.txt"), noticeText());
    assertTrue(noticeText().contains("broken.png"), noticeText());
  }

  @Test
  void aDamagedPhotoIsSaidAndTheOthersOpen() throws Exception {
    startWithPicture();
    drop(photo("a.png"), text("broken.png"), photo("c.png"));
    waitFor(() -> titles().equals(List.of("Seed 18", "a.png", "c.png")) && allAreThere());
    waitFor(() -> noticeText().contains("broken.png"));
  }

  @Test
  void aTabThatWasClosedMeanwhileGetsNoPicture() throws Exception {
    startWithPicture();
    engine.gate.drainPermits();
    drop(photo("a.png"), photo("b.png"), photo("c.png"));
    waitFor(() -> model.generation().queue().waiting().size() == 2);
    run(() -> model.tabs().close(model.tabs().current()));
    engine.open();
    waitFor(this::allAreThere);
    assertEquals(List.of("Seed 18", "b.png", "c.png"), titles());
  }

  @Test
  void fieldsKeepTheirOrderAndPhotosFollow() throws Exception {
    startWithPicture();
    drop(field("x.infd", 1), photo("p.png"), field("y.infd", 2), field("z.infd", 3));
    waitFor(() -> titles().equals(List.of("Seed 1", "Seed 2", "Seed 3", "p.png")) && allAreThere());
    assertEquals("Seed 1", onFx(() -> model.tabs().current().titleProperty().get()));
  }

  @Test
  void whatDoesNotOpenIsSaidTogether() throws Exception {
    startWithPicture();
    var inner = Files.createDirectory(folder.resolve("holiday.infd"));
    drop(
        text("notes.txt"),
        field("x.infd", 1),
        text("more.txt"),
        inner,
        text("Lakes.pth"),
        field("y.infd", 2));
    waitFor(() -> titles().equals(List.of("Seed 1", "Seed 2")) && allAreThere());
    assertEquals(
        "'Lakes.pth' is a checkpoint: drop it alone to import it."
            + " 'holiday.infd' is a folder: drop the files in it, up to 20 at once."
            + " 'notes.txt' and 1 more are neither a field file (.infd) nor a picture nor a layout"
            + " (.json) nor a checkpoint (.pth).",
        noticeText());
    assertEquals(Page.PICTURE, onFx(() -> model.pages().pageProperty().get()));
  }

  @Test
  void onePhotoAmongRubbishIsChosenFrom() throws Exception {
    startWithPicture();
    drop(text("notes.txt"), photo("p.png"));
    waitFor(() -> model.opener().photoProperty().get().isPresent());
    assertTrue(noticeText().startsWith("'notes.txt' is neither"), noticeText());
    waitFor(() -> !edges("#notice", true).isEmpty() && edges("#notice", true).getFirst() > 0);
    waitFor(() -> edges("#photo-stage", false).getFirst() >= edges("#notice", true).getFirst());
    run(model.notices()::clear);
    waitFor(() -> edges("#photo-stage", false).getFirst() < 160);
  }

  /** Where something that is seen begins in the window, or ends. */
  private List<Double> edges(String query, boolean end) {
    return seen(query).stream()
        .map(node -> node.localToScene(node.getLayoutBounds()))
        .map(bounds -> end ? bounds.getMaxY() : bounds.getMinY())
        .toList();
  }

  @Test
  void aLayoutOpensBesideAField() throws Exception {
    startWithPicture();
    var layout = folder.resolve("l.json");
    Files.write(layout, new Layout(null, null, List.of(LayoutBox.of(0, 0, 1, 1, "sky"))).toBytes());
    drop(layout, field("x.infd", 1), text("m.json"));
    waitFor(() -> titles().equals(List.of("Seed 1")) && allAreThere());
    assertEquals("One layout at a time: 'l.json' is open, 1 more is not.", noticeText());
  }

  @Test
  void aFolderAloneAndTooManyFilesAreSaid() throws TimeoutException, IOException {
    startWithPicture();
    drop(Files.createDirectory(folder.resolve("holiday")));
    assertEquals("'holiday' is a folder: drop the files in it, up to 20 at once.", noticeText());
    drop(IntStream.range(0, 21).mapToObj(i -> folder.resolve(i + ".png")).toArray(Path[]::new));
    assertEquals("21 files at once: up to 20 open together. Drop fewer of them.", noticeText());
    assertEquals(List.of("Seed 18"), titles());
    assertFalse(onFx(() -> model.generation().isRunning()));
  }

  @Test
  void noMoreTabsOpenThanThereMayBe() throws Exception {
    startWithPicture();
    run(
        () -> {
          while (model.tabs().tabs().size() < 99) {
            model.tabs().openBehind();
          }
        });
    drop(photo("a.png"), photo("b.png"), photo("c.png"));
    waitFor(() -> noticeText().contains("There are 100 tabs"));
    assertEquals(1, Stream.of("a.png", "b.png", "c.png").filter(titles()::contains).count());
  }
}
