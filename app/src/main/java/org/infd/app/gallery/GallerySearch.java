package org.infd.app.gallery;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Looks for words in pictures; what is looked through is put together once. */
final class GallerySearch {
  private final Map<Path, String> texts = new HashMap<>();

  /** Whether a picture has all words. */
  boolean has(KeptPicture picture, List<String> words) {
    var text = texts.computeIfAbsent(picture.file(), file -> picture.searched());
    return words.stream().allMatch(text::contains);
  }

  /** Other pictures may have these names by now. */
  void forget() {
    texts.clear();
  }
}
