package org.infd.inference.runtime;

/** A node of an ONNX graph under construction. Numbers are those of {@code onnx.proto}. */
final class OnnxNode {
  private static final int INPUT = 1;
  private static final int OUTPUT = 2;
  private static final int OPERATOR = 4;
  private static final int ATTRIBUTE = 5;
  // AttributeProto
  private static final int NAME = 1;
  private static final int INT = 3;
  private static final int TEXT = 4;
  private static final int INTS = 8;
  private static final int TYPE = 20;
  private static final int TYPE_INT = 2;
  private static final int TYPE_TEXT = 3;
  private static final int TYPE_INTS = 7;

  private final Protobuf message = new Protobuf();

  /** A node with one output and no attributes; an input with an empty name is left out. */
  OnnxNode(String operator, String output, String... inputs) {
    for (var input : inputs) {
      message.text(INPUT, input);
    }
    message.text(OUTPUT, output).text(OPERATOR, operator);
  }

  /** Adds an attribute that is a whole number. */
  OnnxNode number(String name, long value) {
    return attribute(name, TYPE_INT, new Protobuf().number(INT, value));
  }

  /** Adds an attribute that is a text. */
  OnnxNode text(String name, String value) {
    return attribute(name, TYPE_TEXT, new Protobuf().text(TEXT, value));
  }

  /** Adds an attribute that is a row of whole numbers. */
  OnnxNode ints(String name, long... values) {
    var attribute = new Protobuf();
    for (long value : values) {
      attribute.number(INTS, value);
    }
    return attribute(name, TYPE_INTS, attribute);
  }

  private OnnxNode attribute(String name, int type, Protobuf attribute) {
    message.message(ATTRIBUTE, attribute.text(NAME, name).number(TYPE, type));
    return this;
  }

  /** The node as a message. */
  Protobuf message() {
    return message;
  }
}
