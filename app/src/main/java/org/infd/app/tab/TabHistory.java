package org.infd.app.tab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Remembers tabs: those that were closed, to be opened again, and those that are open, for the next
 * start. A tab is remembered by the file of its picture; one without a file is forgotten. All
 * methods belong to the user interface's thread.
 */
public final class TabHistory {
  private static final int CLOSED_KEPT = 20;

  private final TabsModel model;
  private final Deque<SavedTab> closed = new ArrayDeque<>();

  TabHistory(TabsModel model) {
    this.model = model;
  }

  /** A tab is about to close. */
  void closing(Tab tab) {
    saved(tab)
        .ifPresent(
            left -> {
              closed.push(left);
              if (closed.size() > CLOSED_KEPT) {
                closed.removeLast();
              }
            });
  }

  /** Opens the tab again that was closed last; does nothing where there is none. */
  public void reopen() {
    var last = closed.poll();
    if (last != null) {
      var tab = model.current().isEmpty() ? model.current() : model.openBehind();
      put(tab, last);
      model.wakeOrSelect(tab);
    }
  }

  private static void put(Tab tab, SavedTab saved) {
    tab.put(
        Optional.empty(),
        saved.title(),
        Optional.of(Path.of(saved.file())),
        Optional.ofNullable(saved.view()));
  }

  /** The tabs that can be found again. */
  public List<SavedTab> saved() {
    return model.tabs().stream().map(this::saved).flatMap(Optional::stream).toList();
  }

  /** Which of {@link #saved} is looked at; -1 when it is none of them. */
  public int savedCurrent() {
    var current = model.current();
    var before = model.tabs().subList(0, model.tabs().indexOf(current));
    return current.file().isEmpty()
        ? -1
        : (int) before.stream().filter(tab -> tab.file().isPresent()).count();
  }

  private Optional<SavedTab> saved(Tab tab) {
    return tab.file()
        .map(
            file ->
                new SavedTab(
                    tab.titleProperty().get(),
                    file.toAbsolutePath().toString(),
                    model.viewOf(tab).orElse(null)));
  }

  /**
   * Opens tabs again, and wakes the one that was looked at; the others wake when they are. Files
   * that are gone are passed over, and those that are open already are not opened twice.
   *
   * @param looked which of them was looked at; any other number for the first
   * @return whether there was any
   */
  public boolean restore(List<SavedTab> saved, int looked) {
    Tab chosen = null;
    for (int i = 0; i < saved.size() && model.tabs().size() < TabsModel.MOST; i++) {
      var file = Path.of(saved.get(i).file());
      if (Files.isRegularFile(file)) {
        var tab = with(file).orElseGet(model::addForRestored);
        if (tab.isEmpty()) {
          put(tab, saved.get(i));
        }
        chosen = chosen == null || i == looked ? tab : chosen;
      }
    }
    if (chosen == null) {
      return false;
    }
    model.wakeOrSelect(chosen);
    return true;
  }

  /**
   * Opens tabs in place of those that are open, unless none of their files is there; what is in no
   * file stays.
   *
   * @param looked which of them was looked at; any other number for the first
   * @return whether there was any
   */
  public boolean replace(List<SavedTab> saved, int looked) {
    if (saved.stream().noneMatch(tab -> Files.isRegularFile(Path.of(tab.file())))) {
      return false;
    }
    for (var tab : List.copyOf(model.tabs())) {
      if (tab.file().isPresent() || tab.isEmpty()) {
        model.remove(tab);
      }
    }
    return restore(saved, looked);
  }

  private Optional<Tab> with(Path file) {
    return model.tabs().stream()
        .filter(tab -> tab.file().filter(file::equals).isPresent())
        .findFirst();
  }
}
