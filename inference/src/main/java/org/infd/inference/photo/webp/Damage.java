package org.infd.inference.photo.webp;

/** Says that a picture makes no sense from some point on; never leaves this package. */
final class Damage extends RuntimeException {
  Damage(String message) {
    super(message);
  }
}
