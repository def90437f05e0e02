package org.infd.app.opening;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.app.engine.ModelChoice;
import org.infd.app.recipe.ForeignChoices;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;
import org.infd.inference.Problem;
import org.infd.inference.generation.ForeignRecipe;
import org.infd.inference.generation.PictureMetadata;
import org.infd.inference.generation.Recipe;

/**
 * What picture files say of how they were made, and what is offered because of it: a picture of
 * ours can be made again, the words of another program can be taken over. What the user has chosen
 * is not overwritten unasked. All methods but {@link #read} belong to the user interface's thread.
 */
final class RecipeOffers {
  private static final System.Logger LOG = System.getLogger(RecipeOffers.class.getName());

  /** What a file says. */
  sealed interface Said {
    /** It is a picture of ours that can be made again. */
    record Ours(Recipe recipe) implements Said {}

    /** It is a picture of another program. */
    record Foreign(ForeignRecipe recipe) implements Said {}

    /** It says nothing of the kind. */
    record Nothing() implements Said {}
  }

  /** A picture of ours, and how it was made. */
  record Made(Path file, Recipe recipe) {}

  /**
   * Pictures by what is done with them.
   *
   * @param photos those that say nothing of use when several are opened, and those that cannot be
   *     read
   */
  record Sorted(List<Path> photos, List<Made> ours) {}

  private final FileOpener.Models models;
  private final Notices notices;
  private final FileOpener.Pages pages;

  RecipeOffers(FileOpener.Models models, Notices notices, FileOpener.Pages pages) {
    this.models = models;
    this.notices = notices;
    this.pages = pages;
  }

  /** What a picture file says. Why it cannot be read, its reader says that comes after. */
  static Said read(Path file) {
    // pipes and devices never end
    if (!Files.isRegularFile(file)) {
      return new Said.Nothing();
    }
    try {
      var ours = PictureMetadata.read(file).map(PictureMetadata::recipe).filter(Recipe::isSampled);
      if (ours.isPresent()) {
        return new Said.Ours(ours.get());
      }
      return ForeignRecipe.read(file).<Said>map(Said.Foreign::new).orElseGet(Said.Nothing::new);
    } catch (IOException e) {
      return new Said.Nothing();
    }
  }

  /** What several picture files say; one that cannot be read is told when it is opened. */
  static Sorted sort(List<Path> files) {
    var photos = new ArrayList<Path>();
    var ours = new ArrayList<Made>();
    for (var file : files) {
      try {
        if (read(file) instanceof Said.Ours(var recipe)) {
          ours.add(new Made(file, recipe));
          continue;
        }
      } catch (Problem e) {
        LOG.log(System.Logger.Level.DEBUG, "not read for its recipe: " + file, e);
      }
      photos.add(file);
    }
    return new Sorted(List.copyOf(photos), List.copyOf(ours));
  }

  /**
   * Asks once what is done with several pictures of ours.
   *
   * @param remarks what else is to be told, after a blank; "" for nothing
   * @param openPhotos opens them all as photos
   */
  void offerAll(List<Made> pictures, String remarks, Runnable openPhotos) {
    if (pictures.size() == 1) {
      var one = pictures.getFirst();
      offer(new Said.Ours(one.recipe()), FileOpener.name(one.file()), remarks, openPhotos);
      return;
    }
    notices.tell(
        new Notice(
            Notice.Kind.NOTE,
            NumberText.format(
                    "%d pictures hold their recipes: '%s' and %d more.",
                    pictures.size(),
                    FileOpener.name(pictures.getFirst().file()),
                    pictures.size() - 1)
                + remarks,
            Optional.of(new Notice.Action("Make them", () -> makeAll(pictures))),
            Optional.of(new Notice.Action("Open as photos", openPhotos))));
  }

  private void makeAll(List<Made> pictures) {
    var missing =
        pictures.stream()
            .filter(made -> models.choices().find(made.recipe().model()).isEmpty())
            .toList();
    pages.showPicture();
    pictures.stream()
        .filter(made -> !missing.contains(made))
        .forEach(made -> make(made.recipe(), true));
    if (!missing.isEmpty()) {
      notices.fail(
          NumberText.format(
              "'%s' and what else of these was made with the model '%s' cannot be made: it is not"
                  + " here. Import it, and open the pictures again.",
              FileOpener.name(missing.getFirst().file()), missing.getFirst().recipe().model()));
    }
  }

  /**
   * Offers what can be done with what a file says.
   *
   * @param name how people call the file
   * @param remarks what else is to be told, after a blank; "" for nothing
   * @param openPhoto opens the file as a photo
   * @return whether there is anything to offer
   */
  boolean offer(Said said, String name, String remarks, Runnable openPhoto) {
    return switch (said) {
      case Said.Ours ours -> {
        var made = ours.recipe();
        var prompt = made.prompt();
        tell(
            "'"
                + name
                + "' holds its recipe: "
                + (prompt == null ? "" : quoted(prompt) + ", ")
                + "seed "
                + made.seedText()
                + "."
                + remarks,
            new Notice.Action("Make it", () -> makeAgain(made)),
            openPhoto);
        yield true;
      }
      case Said.Foreign foreign -> {
        var words = foreign.recipe();
        boolean isOfUse =
            models.recipe().modelProperty().get().filter(ModelChoice::takesPrompts).isPresent();
        if (isOfUse) {
          tell(
              "'"
                  + name
                  + "' holds the prompt of another program: "
                  + quoted(words.prompt())
                  + "."
                  + remarks,
              new Notice.Action("Use it", () -> use(words)),
              openPhoto);
        }
        yield isOfUse;
      }
      case Said.Nothing _ -> false;
    };
  }

  private static String quoted(String prompt) {
    return "“" + Notice.shortened(prompt) + "”";
  }

  private void tell(String text, Notice.Action action, Runnable openPhoto) {
    notices.tell(
        new Notice(
            Notice.Kind.NOTE,
            text,
            Optional.of(action),
            Optional.of(new Notice.Action("Open as a photo", openPhoto))));
  }

  private void use(ForeignRecipe words) {
    pages.showPicture();
    var taken = ForeignChoices.take(words, models.recipe());
    notices.note(
        "Taken over: "
            + String.join(", ", taken)
            + ". Another model makes another picture of them: press Generate.");
  }

  private void makeAgain(Recipe made) {
    if (models.choices().find(made.model()).isEmpty()) {
      notices.fail(
          "The picture was made with the model '"
              + made.model()
              + "', which is not here. Import it, and open the picture again.");
      return;
    }
    pages.showPicture();
    make(made);
  }

  /** Makes the picture of a recipe, if its model is here. */
  void make(Recipe made) {
    make(made, false);
  }

  private void make(Recipe made, boolean inNewTab) {
    if (models.choices().find(made.model()).isPresent()) {
      models.choices().adopt(made);
      models.recipe().keepSeed();
      models.requests().generate(inNewTab);
    }
  }
}
