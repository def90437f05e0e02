package org.infd.app.session;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.infd.app.work.Notices;
import org.infd.app.work.SetAside;

/**
 * Tells the user which of the files that the program remembers things in could not be read in this
 * run, and where they are kept, when one is found. To be used on the user interface's thread.
 */
public final class DamagedMemory {
  private final Supplier<List<Path>> places;
  private final Instant start;
  private final Notices notices;
  private final Executor background;
  private final Executor ui;
  private final Set<Path> told = new HashSet<>();

  /**
   * @param places the folders of such files
   * @param start when the program began: what was set aside before was told before
   * @param background where the folders are looked into
   */
  public DamagedMemory(
      Supplier<List<Path>> places,
      Instant start,
      Notices notices,
      Executor background,
      Executor ui) {
    this.places = places;
    this.start = start;
    this.notices = notices;
    this.background = background;
    this.ui = ui;
  }

  /** Looks for what was not told yet. */
  public void tell() {
    var folders = places.get();
    background.execute(
        () -> {
          var found =
              folders.stream()
                  .distinct()
                  .flatMap(folder -> SetAside.since(folder, start).stream())
                  .toList();
          if (!found.isEmpty()) {
            ui.execute(() -> tell(found));
          }
        });
  }

  private void tell(List<Path> found) {
    if (!told.addAll(found)) {
      return;
    }
    // all of this run: an earlier message may have been replaced before it was read
    var names = found.stream().map(SetAside::name).collect(Collectors.joining(", "));
    notices.fail(
        found.size() == 1
            ? names
                + " could not be read, so the studio begins anew with it. The file as it was is"
                + " kept: "
                + found.getFirst()
            : names
                + " could not be read, so the studio begins anew with them. The files as they were"
                + " are kept in "
                + found.getFirst().getParent());
  }
}
