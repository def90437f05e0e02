package org.infd.app.window;

import java.util.Optional;
import java.util.function.Supplier;
import javafx.beans.value.ObservableValue;
import org.infd.app.about.Diagnostics;
import org.infd.app.gallery.GalleryModel;
import org.infd.app.models.ModelCard;
import org.infd.app.models.ModelsModel;
import org.infd.app.settings.PreferencesModel;
import org.infd.app.work.Notices;
import org.infd.inference.runtime.Device;

/** Collects the state of the studio for the diagnostics. */
record Situation(
    ObservableValue<Optional<Device>> device,
    ObservableValue<String> screen,
    PreferencesModel preferences,
    ModelsModel catalog,
    GalleryModel gallery,
    Notices notices)
    implements Supplier<Diagnostics.Subject> {
  @Override
  public Diagnostics.Subject get() {
    return new Diagnostics.Subject(
        device.getValue(),
        screen.getValue(),
        preferences.preferences().summary(),
        catalog.models().stream().map(ModelCard::summary).toList(),
        gallery.pictures().size(),
        gallery.bytesProperty().get(),
        notices.problems().entries());
  }
}
