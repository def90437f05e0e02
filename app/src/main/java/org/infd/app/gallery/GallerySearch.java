package org.infd.app.gallery;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks for words in pictures; what is looked through is put together once, in the background where
 * there are thousands. Thread-safe.
 */
final class GallerySearch {
  private final Map<Path, String> texts = new ConcurrentHashMap<>();

  /** Puts together what is looked through in a picture that was read from its file just now. */
  void prepare(KeptPicture picture) {
    texts.put(picture.file(), picture.searched());
  }

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
