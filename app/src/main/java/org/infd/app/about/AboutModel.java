package org.infd.app.about;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import javafx.beans.property.ReadOnlyStringProperty;
import javafx.beans.property.ReadOnlyStringWrapper;
import org.infd.app.work.Background;
import org.infd.app.work.Job;
import org.infd.app.work.Notices;
import org.infd.inference.export.AtomicFile;

/** The texts of the page about the program. All methods belong to the user interface's thread. */
public final class AboutModel {
  private final Supplier<Diagnostics.Subject> subject;
  private final Notices notices;
  private final Job collecting;
  private final Job saving;
  private final ReadOnlyStringWrapper diagnostics =
      new ReadOnlyStringWrapper(this, "diagnostics", "");

  /**
   * @param subject what the diagnostics are about, asked on the user interface's thread
   * @param background where they are collected
   * @param ui where everything else happens
   * @param notices hears how saving went
   */
  public AboutModel(
      Supplier<Diagnostics.Subject> subject, Background background, Executor ui, Notices notices) {
    this.notices = notices;
    this.subject = subject;
    collecting = new Job(background, ui);
    saving = new Job(background.files(), ui);
  }

  /** What to send along with a report of a fault; empty until it is collected. */
  public ReadOnlyStringProperty diagnosticsProperty() {
    return diagnostics.getReadOnlyProperty();
  }

  /** Collects the diagnostics anew. */
  public void collect() {
    var about = subject.get();
    collecting.start((_, _) -> Diagnostics.collect(about), diagnostics::set, diagnostics::set);
  }

  /** Writes the diagnostics to a file. */
  public void save(Path file) {
    var bytes = diagnostics.get().getBytes(StandardCharsets.UTF_8);
    saving.start(
        (_, _) -> {
          AtomicFile.write(file, stream -> stream.write(bytes));
          return file;
        },
        saved -> notices.done("Saved " + saved.getFileName() + "."),
        notices::fail);
  }

  /** Who made the parts of this program, and their terms. */
  public static String notice() {
    return resource("NOTICE");
  }

  /** The licence of this program. */
  public static String licence() {
    return resource("LICENSE");
  }

  private static String resource(String name) {
    try (InputStream in = AboutModel.class.getResourceAsStream(name)) {
      return in == null
          ? "This build does not hold the file " + name + "."
          : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "The file " + name + " could not be read.";
    }
  }

  /** Stops everything. */
  public void close() {
    collecting.cancel();
    saving.cancel();
  }
}
