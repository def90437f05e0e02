package org.infd.app.opening;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.infd.app.tab.Tab;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.infd.inference.NumberText;

/**
 * Opens several pictures that were dropped together, each as what it is: of those that hold their
 * recipes one question is asked for all, the others open as photos. All methods belong to the user
 * interface's thread.
 */
final class SeveralPictures {
  private final FileOpener.Models models;
  private final RecipeOffers offers;
  private final SeveralPhotos photos;
  private final Job looking;
  private final Remarks remarks;
  private final Notices notices;
  private final FileOpener.Pages pages;

  /** Asked when all photos that were dropped together are read. */
  private Optional<Runnable> question = Optional.empty();

  /**
   * @param looking reads what the files say of themselves
   * @param remarks what else is to be told of what was dropped
   */
  SeveralPictures(
      FileOpener.Models models,
      RecipeOffers offers,
      SeveralPhotos photos,
      Job looking,
      Remarks remarks,
      Notices notices,
      FileOpener.Pages pages) {
    this.models = models;
    this.offers = offers;
    this.photos = photos;
    this.looking = looking;
    this.remarks = remarks;
    this.notices = notices;
    this.pages = pages;
  }

  /**
   * Opens pictures.
   *
   * @param after the tab behind which those of the photos stand; empty for the present one
   */
  void open(List<Path> files, Optional<Tab> after) {
    if (!files.isEmpty()) {
      looking.start(
          (_, _) -> RecipeOffers.sort(files), sorted -> open(sorted, after), notices::fail);
    }
  }

  private void open(RecipeOffers.Sorted sorted, Optional<Tab> after) {
    question = sorted.ours().isEmpty() ? Optional.empty() : Optional.of(() -> ask(sorted.ours()));
    if (sorted.photos().isEmpty()) {
      takeQuestion().ifPresent(Runnable::run);
    } else {
      openPhotos(sorted.photos(), after);
    }
  }

  /** There is one notice at a time, and of all that is told this one wants an answer. */
  private void ask(List<RecipeOffers.Made> ours) {
    var files = ours.stream().map(RecipeOffers.Made::file).toList();
    offers.offerAll(ours, remarks.pending(), () -> openPhotos(files, Optional.empty()));
    remarks.begin("");
  }

  private Optional<Runnable> takeQuestion() {
    var taken = question;
    question = Optional.empty();
    return taken;
  }

  /** The middle squares of several photos, in tabs after another one or after the present one. */
  private void openPhotos(List<Path> files, Optional<Tab> after) {
    if (files.isEmpty()) {
      return;
    }
    if (models.recipe().modelProperty().get().isEmpty()) {
      notices.fail(FileOpener.NO_MODEL);
      return;
    }
    pages.showPicture();
    notices.clear();
    var places = new ArrayList<Tab>();
    var current = models.tabs().current();
    if (after.isEmpty() && current.isEmpty() && !models.runs().isMakingFor(current)) {
      current.reserve(FileOpener.name(files.getFirst()));
      places.add(current);
    }
    var before = after.orElse(current);
    for (var file : files.subList(places.size(), files.size())) {
      var place = models.tabs().reserve(FileOpener.name(file), before);
      if (place.isEmpty()) {
        remarks.noRoom();
        break;
      }
      places.add(place.get());
      before = place.get();
    }
    if (after.isEmpty() && !places.isEmpty()) {
      models.tabs().select(places.getFirst());
    }
    photos.open(
        files.subList(0, places.size()), places, () -> tellOfPhotos(files.size(), places.size()));
  }

  private void tellOfPhotos(int dropped, int opened) {
    photos.takeFailures().forEach(remarks::add);
    var asked = takeQuestion();
    if (asked.isPresent()) {
      asked.get().run();
    } else if (remarks.isEmpty() && opened > 1) {
      notices.note(
          NumberText.format(
              "The square in the middle of each of %d photos opens, one after the other. Drop one"
                  + " alone to choose its square.",
              dropped));
    } else {
      remarks.tell();
    }
  }

  /** Reads no more. */
  void close() {
    looking.cancel();
    photos.close();
  }
}
