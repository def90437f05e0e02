package org.infd.app.tab;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import org.infd.app.engine.Picture;
import org.infd.app.viewer.PixelImage;
import org.infd.inference.generation.Recipe;

/**
 * The pictures of one run of several, with one seed after the other, and how far each is. Belongs
 * to the user interface's thread.
 */
public final class Batch {
  /** How far one of the pictures is. */
  public enum State {
    /** Its turn has not come. */
    WAITING,
    /** It is being made. */
    RUNNING,
    /** It is there. */
    MADE,
    /** It was cancelled, or something went wrong. */
    STOPPED
  }

  /** One of the pictures. */
  public static final class Item {
    private final Recipe recipe;
    private final ReadOnlyObjectWrapper<State> state =
        new ReadOnlyObjectWrapper<>(this, "state", State.WAITING);
    private final ReadOnlyObjectWrapper<Optional<PixelImage>> preview =
        new ReadOnlyObjectWrapper<>(this, "preview", Optional.empty());
    private final ReadOnlyObjectWrapper<Optional<Path>> file =
        new ReadOnlyObjectWrapper<>(this, "file", Optional.empty());

    Item(Recipe recipe) {
      this.recipe = recipe;
    }

    /** How it is made. */
    public Recipe recipe() {
      return recipe;
    }

    /** How far it is. */
    public ReadOnlyObjectProperty<State> stateProperty() {
      return state.getReadOnlyProperty();
    }

    /** What it looked like last while it was made; empty before. */
    public ReadOnlyObjectProperty<Optional<PixelImage>> previewProperty() {
      return preview.getReadOnlyProperty();
    }

    /** The field file that it is in; empty until it is there. */
    public ReadOnlyObjectProperty<Optional<Path>> fileProperty() {
      return file.getReadOnlyProperty();
    }

    /** Its turn has come. */
    public void begin() {
      state.set(State.RUNNING);
    }

    /** It looks like this by now. */
    public void preview(PixelImage image) {
      preview.set(Optional.of(image));
    }

    /** It is there, and will be kept in a file. */
    public void made() {
      state.set(State.MADE);
    }

    /** It could not be kept, and is not there any more. */
    public void lost() {
      state.set(State.STOPPED);
    }

    /** It is kept. */
    public void keptAs(Path kept) {
      state.set(State.MADE);
      file.set(Optional.of(kept));
      // the file has a better one
      preview.set(Optional.empty());
    }
  }

  private final List<Item> items;

  /**
   * Pictures of which none is made.
   *
   * @param first how the first picture is made
   * @param count how many there are
   */
  public Batch(Recipe first, int count) {
    this(first, count, List.of());
  }

  /**
   * Pictures of which some may be made.
   *
   * @param first how the first picture is made
   * @param count how many there are
   * @param files the files of those that are made, in their order; "" for one that is not, and what
   *     the list lacks is not either
   */
  public Batch(Recipe first, int count, List<String> files) {
    items =
        IntStream.range(0, count)
            .mapToObj(i -> new Item(first.withSeed(first.seed() + i)))
            .toList();
    for (int i = 0; i < Math.min(count, files.size()); i++) {
      if (!files.get(i).isEmpty()) {
        items.get(i).keptAs(Path.of(files.get(i)));
      }
    }
  }

  /** The pictures in the order in which they are made. */
  public List<Item> items() {
    return items;
  }

  /** What it shows, in a line. */
  public String title() {
    return items.size() + " × " + Picture.subject(items.getFirst().recipe());
  }

  /** The files of its pictures in their order; "" for one that is in none yet. */
  public List<String> files() {
    return items.stream()
        .map(item -> item.file.get().map(file -> file.toAbsolutePath().toString()).orElse(""))
        .toList();
  }

  /** The picture whose turn is next; empty where none waits. */
  public Optional<Item> next() {
    return items.stream().filter(item -> item.state.get() == State.WAITING).findFirst();
  }

  /** Whether one of its pictures is in a file. */
  public boolean has(Path file) {
    return items.stream().anyMatch(item -> item.file.get().filter(file::equals).isPresent());
  }

  /** What is not made is to be made after all. */
  public void goOn() {
    items.stream()
        .filter(item -> item.state.get() != State.MADE)
        .forEach(item -> item.state.set(State.WAITING));
  }

  /** What is not made by now will not be. */
  public void stop() {
    items.stream()
        .filter(item -> item.state.get() != State.MADE)
        .forEach(
            item -> {
              item.state.set(State.STOPPED);
              item.preview.set(Optional.empty());
            });
  }
}
