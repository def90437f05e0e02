package org.infd.app.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.infd.app.engine.Engine;
import org.infd.app.engine.ModelChoice;
import org.infd.app.engine.SmallPicture;
import org.infd.app.export.Exports;
import org.infd.app.export.UnfinishedExport;
import org.infd.app.layout.LayoutSession;
import org.infd.app.models.Sample;
import org.infd.app.recipe.ModelChoices;
import org.infd.app.recipe.RecipeModel;
import org.infd.app.runs.GenerateModel;
import org.infd.app.runs.PictureRuns;
import org.infd.app.runs.RunRequests;
import org.infd.app.runs.TabRecipes;
import org.infd.app.tab.SavedTab;
import org.infd.app.tab.TabsModel;
import org.infd.app.work.Job;
import org.infd.app.work.Notice;
import org.infd.app.work.Notices;
import org.infd.inference.Problem;
import org.infd.inference.generation.Recipe;
import org.infd.inference.runtime.Device;

/**
 * The beginning of the program: finds device and models, shows what was open the last time, and
 * offers to restore what a crash interrupted. Keeps the {@link Session} for the case that this
 * program crashes as well. All methods belong to the user interface's thread.
 */
public final class Startup {
  /**
   * What is restored.
   *
   * @param recipe the choices for the next picture
   * @param recipes keeps the choices of each tab
   * @param choices the models to choose from
   * @param generation the run in progress, and the number of pictures of the next one
   * @param runs takes up what was being made
   * @param requests asks for a first picture
   * @param tabs opens what was open
   * @param layouts goes on with the layout
   * @param exports writes picture files
   */
  public record Models(
      RecipeModel recipe,
      TabRecipes recipes,
      ModelChoices choices,
      GenerateModel generation,
      PictureRuns runs,
      RunRequests requests,
      TabsModel tabs,
      LayoutSession layouts,
      Exports exports) {}

  /**
   * What a program that ended as it should left to the next one.
   *
   * @param recipe how the picture was made that was looked at last
   * @param tabs the pictures that were open
   * @param tab which of them was looked at, from 0; -1 for none
   * @param picture the field file of the picture that was made last; need not exist
   */
  public record LastTime(Optional<Recipe> recipe, List<SavedTab> tabs, int tab, Path picture) {}

  /**
   * Searches for what comes with the program; each is called off the user interface's thread.
   *
   * @param samples recipes to begin with
   * @param layouts layout files to begin with
   */
  public record Search(Supplier<List<Sample>> samples, Supplier<List<Path>> layouts) {}

  /**
   * What is found out at the start, off the user interface's thread.
   *
   * @param device what graphs run on
   * @param offered the kinds of devices that the user can choose
   * @param left what an earlier program left behind
   */
  public record StartupResult(
      Device device,
      Set<Device.Kind> offered,
      List<ModelChoice> models,
      List<Sample> samples,
      List<Path> layouts,
      Optional<SessionStore.Left> left) {
    private StartupResult withSamples(List<Sample> chosen) {
      return new StartupResult(device, offered, models, chosen, layouts, left);
    }
  }

  /**
   * What happens elsewhere.
   *
   * @param found takes the device and what comes with the program
   * @param open opens field files, none for nothing
   * @param showPicture shows the page of the picture
   */
  public record Steps(
      Consumer<StartupResult> found, Consumer<List<Path>> open, Runnable showPicture) {}

  private final Engine engine;
  private final Models models;
  private final LastTime last;
  private final Search search;
  private final SessionStore sessions;
  private final Notices notices;
  private final Steps steps;
  private final Job starting;
  private final Job finding;
  private final Job peeking;
  private List<Path> asked = List.of();
  private Optional<Recipe> drafted = Optional.empty();

  /**
   * @param engine knows the device and the models
   * @param sessions keeps the session
   * @param notices shows the offer to restore
   * @param background where the engine is asked
   * @param ui where everything else happens
   */
  public Startup(
      Engine engine,
      Models models,
      LastTime last,
      Search search,
      SessionStore sessions,
      Notices notices,
      Steps steps,
      Executor background,
      Executor ui) {
    this.engine = engine;
    this.models = models;
    this.last = last;
    this.search = search;
    this.sessions = sessions;
    this.notices = notices;
    this.steps = steps;
    starting = new Job(background, ui);
    finding = new Job(background, ui);
    peeking = new Job(background, ui);
  }

  /** Whether device and models are still being found out. */
  public boolean isStarting() {
    return starting.runningProperty().get();
  }

  /**
   * Finds device and models, then opens pictures: those of the files, else what was open the last
   * time, else the last picture. Where there is none, samples are offered; without samples a first
   * picture is made.
   */
  public void start(List<Path> files) {
    asked = files;
    var first = files.isEmpty() ? lastInSight() : files.getFirst();
    peeking.start((_, _) -> SmallPicture.ofField(first), models.tabs()::standIn, sentence -> {});
    starting.start(
        (_, _) ->
            new StartupResult(
                engine.device(),
                engine.offered(),
                engine.models(),
                found(search.samples()),
                found(search.layouts()),
                sessions.left()),
        this::began,
        notices::fail);
  }

  /** The picture that a start shows when none is asked for. */
  private Path lastInSight() {
    var tabs = last.tabs();
    return tabs.isEmpty()
        ? last.picture()
        : Path.of(tabs.get(Math.clamp(last.tab(), 0, tabs.size() - 1)).file());
  }

  private void began(StartupResult found) {
    started(found);
    peeking.cancel();
    if (!models.tabs().current().openingProperty().get()) {
      // nothing is opened after all
      models.tabs().standIn(Optional.empty());
    }
  }

  /** Without samples the studio is poorer, and as good as before. */
  private <T> List<T> found(Supplier<List<T>> searched) {
    try {
      return searched.get();
    } catch (Problem e) {
      notices.problems().add(String.valueOf(e.getMessage()));
      return List.of();
    }
  }

  private void started(StartupResult found) {
    var recipe = models.recipe();
    models.choices().models().setAll(found.models());
    var samples = found.samples().stream().filter(this::canBeMade).toList();
    steps.found().accept(found.withSamples(samples));
    models.layouts().files().restore();
    if (found.models().isEmpty()) {
      return;
    }
    var chosen =
        last.recipe()
            .flatMap(remembered -> models.choices().find(remembered.model()))
            .orElseGet(() -> found.models().getFirst());
    recipe.modelProperty().set(Optional.of(chosen));
    recipe.etaProperty().set(chosen.eta());
    last.recipe().ifPresent(recipe::recall);
    recipe.keepSeed();
    var left = found.left();
    left.filter(of -> !of.wanted()).map(SessionStore.Left::session).ifPresent(this::offer);
    if (left.filter(SessionStore.Left::wanted).isPresent()) {
      goOn(left.get().session());
      steps.open().accept(asked);
      return;
    }
    if (models.generation().isRunning() || models.tabs().pictureProperty().get().isPresent()) {
      return;
    }
    if (!asked.isEmpty()) {
      steps.open().accept(asked);
    } else if (!models.tabs().history().restore(last.tabs(), last.tab())) {
      showFirst(samples.isEmpty());
    }
  }

  private boolean canBeMade(Sample sample) {
    return models.choices().find(sample.recipe().model()).isPresent();
  }

  private void showFirst(boolean withoutSamples) {
    if (Files.isRegularFile(last.picture())) {
      // a picture that cannot be opened any more is no reason to say a word
      models
          .tabs()
          .load(
              models.tabs().current(),
              last.picture(),
              null,
              shown -> models.recipe().recall(shown.recipe()),
              sentence -> models.requests().generate(false));
    } else if (withoutSamples) {
      models.requests().generate(false);
    }
  }

  /** Models have come or gone: finds out which there are. */
  public void findModels() {
    finding.start((_, _) -> engine.models(), models.choices()::show, notices::fail);
  }

  private void offer(Session left) {
    notices
        .offerProperty()
        .set(
            Optional.of(
                new Notice(
                    Notice.Kind.NOTE,
                    "The studio ended unexpectedly. Restore what you were doing"
                        + exports(left.exports().size()),
                    Optional.of(new Notice.Action("Restore", () -> restore(left))))));
  }

  private static String exports(int count) {
    return count == 0
        ? "?"
        : " and go on with " + (count == 1 ? "an export?" : count + " exports?");
  }

  /** Goes on with what the user kept when the last window was closed. */
  private void goOn(Session left) {
    restore(left);
    long paused = left.exports().stream().filter(UnfinishedExport::paused).count();
    if (!left.queue().isEmpty() || paused < left.exports().size()) {
      notices.done("Going on with what you kept.");
    } else if (paused > 0) {
      notices.tell(
          new Notice(
              Notice.Kind.NOTE,
              paused == 1 ? "An export is paused." : paused + " exports are paused.",
              Optional.of(new Notice.Action("Go on", models.exports()::resumePaused))));
    }
  }

  /** Goes back to what an earlier program was doing. */
  private void restore(Session left) {
    steps.showPicture().run();
    models.tabs().history().replace(left.tabs(), left.tab());
    models.choices().choose(left.recipe().model());
    adopt(left);
    models.runs().resume(left.queue());
    models.exports().resume(left.exports());
  }

  private void adopt(Session left) {
    var recipe = models.recipe();
    recipe.recall(left.recipe());
    recipe.guidanceProperty().set(left.guidance());
    recipe.seedLockedProperty().set(left.seedLocked());
    recipe.exportSideProperty().set(left.exportSide());
    models.generation().countProperty().set(left.count());
    models.recipes().keepShown();
  }

  /** Keeps what the user is doing, for the case that the program cannot end as it should. */
  public void autosave() {
    models.layouts().files().keep();
    // until the user has answered, or has gone on, what a crash left stays as it is
    if (notices.offerProperty().get().isEmpty()) {
      session().ifPresent(sessions::keep);
    }
  }

  /** A seed that is half typed is no reason to lose the rest. */
  private Optional<Session> session() {
    drafted = models.recipe().draft().or(() -> drafted);
    return drafted.map(this::session);
  }

  /**
   * The program ends.
   *
   * @param goesOn whether the next start goes on with what is under way
   */
  public void end(boolean goesOn) {
    stop();
    if (goesOn) {
      session().ifPresent(sessions::leave);
    }
  }

  private Session session(Recipe draft) {
    return new Session(
        draft,
        models.recipe().guidanceProperty().get(),
        models.recipe().seedLockedProperty().get(),
        models.generation().countProperty().get(),
        models.recipe().exportSideProperty().get(),
        models.tabs().history().saved(),
        models.tabs().history().savedCurrent(),
        models.runs().unfinished(),
        models.exports().unfinished());
  }

  private void stop() {
    starting.cancel();
    finding.cancel();
    peeking.cancel();
  }
}
