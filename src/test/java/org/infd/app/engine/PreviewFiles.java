package org.infd.app.engine;

import java.nio.file.Path;
import org.infd.acceptance.hostile.Looked;
import org.infd.inference.bundle.ModelBundle;

/** The files of colour maps, read as previews do. */
public final class PreviewFiles {
  private PreviewFiles() {}

  /** The name of the file of a model. */
  public static String name(ModelBundle bundle) {
    return bundle.hash().substring(0, 16) + ".json";
  }

  /** The map of a model. */
  public static void read(Path folder, ModelBundle bundle) {
    Looked.at(new PreviewMaps(folder).map(bundle).coefficients());
  }
}
