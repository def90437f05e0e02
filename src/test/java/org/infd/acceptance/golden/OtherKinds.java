package org.infd.acceptance.golden;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Golden sets of networks that this version does not know, told by the names of their arrays. */
final class OtherKinds {
  private OtherKinds() {}

  /** What kind of networks a set is of, or null if it is none of those that are recognised. */
  static @Nullable String of(Path folder, List<String> arrays) {
    var names = arrays.stream().map(ArrayName::of).toList();
    var where = String.valueOf(folder.getFileName()).toLowerCase(Locale.ROOT);
    if (any(names, "pytorchfid", "kid") || any(names, "features") && any(names, "resized")) {
      return "the Inception network of quality measures";
    }
    if (where.contains("taesd") || any(names, "photo") && arrays.contains("after_first_conv")) {
      return "the small autoencoder TAESD";
    }
    if (any(names, "liif", "lte", "swinir", "edsr", "rdn", "rrdb", "compact", "rrdbnet")
        || names.stream().anyMatch(n -> n.text().matches("x\\d_(odd_)?(out|trunk|conv_first).*"))) {
      return "super-resolution networks";
    }
    return null;
  }

  private static boolean any(List<ArrayName> names, String... words) {
    return names.stream().anyMatch(name -> name.says(words));
  }
}
