package org.infd.app.tab;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.infd.app.engine.Engine;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.SavedView;
import org.infd.app.work.Notices;
import org.infd.inference.runtime.Cancellation;
import org.jspecify.annotations.Nullable;

/**
 * Opens the pictures of tabs in the background, from their files or anew. All methods belong to the
 * user interface's thread.
 */
final class TabLoader {
  /** Takes a picture that has been opened. */
  interface Opened {
    /**
     * Shows it.
     *
     * @param file the field file that it is in; empty for none
     * @param view where to go in it; empty for the whole
     */
    void show(Tab tab, Picture picture, Optional<Path> file, Optional<SavedView> view);
  }

  private final Engine engine;
  private final Opened opened;
  private final StandIn standIn;
  private final Notices notices;

  /**
   * @param notices hears what the user should know about a file and what went wrong
   */
  TabLoader(Engine engine, Opened opened, StandIn standIn, Notices notices) {
    this.standIn = standIn;
    this.engine = engine;
    this.opened = opened;
    this.notices = notices;
  }

  /**
   * Opens the picture of a file in a tab.
   *
   * @param view where to go in it, or null for the whole
   * @param done takes it when it is there
   * @param failed takes what went wrong, as a sentence
   */
  void load(
      Tab tab,
      Path file,
      @Nullable SavedView view,
      Consumer<Picture> done,
      Consumer<String> failed) {
    tab.opening.start(
        (cancellation, quick) -> {
          StandIn.read(file)
              .ifPresent(image -> quick.execute(() -> standIn.show(tab, image, view)));
          return engine.open(file, new Watch(quick), cancellation);
        },
        picture -> {
          opened.show(tab, picture, Optional.of(file), Optional.ofNullable(view));
          done.accept(picture);
        },
        failed,
        engine::release);
  }

  /** Opens the picture of a sleeping tab where the user left it. */
  void wake(Tab tab) {
    load(
        tab,
        tab.file().orElseThrow(),
        tab.view().orElse(null),
        picture -> {},
        sentence -> {
          // the file is gone: the tab is as good as new
          tab.put(Optional.empty(), Tab.EMPTY, Optional.empty(), Optional.empty());
          notices.fail(sentence);
        });
  }

  /** Makes a picture of another one. */
  interface Maker {
    /** Called in the background. */
    Picture make(Picture old, Engine.Watcher watcher, Cancellation cancellation);
  }

  /**
   * Makes the picture of a tab anew.
   *
   * @param view where the user is by then
   * @param unkept takes the new picture where it is in no file
   */
  void remake(
      Tab tab,
      Picture old,
      Maker maker,
      Supplier<Optional<SavedView>> view,
      Consumer<Picture> unkept) {
    tab.opening.start(
        (cancellation, quick) -> maker.make(old, new Watch(quick), cancellation),
        again -> {
          var file = tab.file();
          opened.show(tab, again, file, view.get());
          tab.setUnseen(false);
          if (file.isEmpty()) {
            unkept.accept(again);
          }
        },
        notices::fail,
        engine::release);
  }

  private final class Watch implements Engine.Watcher {
    private final Executor quick;

    Watch(Executor quick) {
      this.quick = quick;
    }

    @Override
    public void note(String sentence) {
      quick.execute(() -> notices.note(sentence));
    }
  }
}
