package org.infd.app.runs;

import java.util.Optional;
import org.infd.app.engine.ModelChoice;
import org.infd.app.notice.Notices;
import org.infd.app.photo.PhotoCrop;
import org.infd.inference.export.Frame;
import org.infd.inference.generation.Recipe;

/**
 * Turns what the user asks for into runs. Whoever goes on by asking for a picture has answered the
 * offer to restore what a crash interrupted. All methods belong to the user interface's thread.
 */
public final class RunRequests {
  private final GenerateModel generation;
  private final PictureRuns runs;
  private final Notices notices;

  /**
   * @param runs makes the runs
   * @param notices holds the offer
   */
  public RunRequests(GenerateModel generation, PictureRuns runs, Notices notices) {
    this.generation = generation;
    this.runs = runs;
    this.notices = notices;
  }

  /**
   * Makes as many pictures by the recipe as are asked for, with one seed after the other; after the
   * run in progress, if there is one.
   *
   * @param inNewTab whether a tab of their own is opened for them
   */
  public void generate(boolean inNewTab) {
    if (!generation.isRunning()) {
      notices.offerProperty().set(Optional.empty());
    }
    runs.generate(inNewTab);
  }

  /**
   * Goes out from the picture that is shown, with the prompt and the settings that are chosen.
   *
   * @param inNewTab whether the new picture is shown beside the old one, and not in its place
   */
  public void vary(boolean inNewTab) {
    runs.vary(inNewTab);
  }

  /**
   * Makes a box of the open picture anew.
   *
   * @param asked how the box is made
   * @param onDone called with the result in its place
   */
  public void redo(Frame.Region box, Recipe asked, Runnable onDone) {
    notices.offerProperty().set(Optional.empty());
    runs.redo(box, asked, onDone);
  }

  /** Opens the square of a photo as a field, in the present tab. */
  public void encode(PhotoCrop crop, ModelChoice model) {
    runs.encode(crop, model);
  }
}
