package org.infd.inference.field;

/** A field that holds memory until it is closed. */
public interface OpenField extends FieldRenderer, AutoCloseable {
  @Override
  void close();
}
