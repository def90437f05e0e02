package org.infd.exporter.graph;

import java.util.List;

/** Operations that compute each element from the elements at the same place. */
public sealed interface Elementwise extends Operation {
  /** Two operands, broadcast. */
  record Binary(BinaryKind kind) implements Elementwise {
    @Override
    public String operator() {
      return kind.operator;
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      var a = inputs.get(0);
      var b = inputs.get(1);
      if (a.element() != b.element()) {
        throw new IllegalArgumentException(a + " and " + b + " differ in element type");
      }
      return List.of(new ValueType(a.element(), Shape.broadcast(a.shape(), b.shape())));
    }
  }

  /** The operations on two operands. */
  enum BinaryKind {
    ADD("Add"),
    SUBTRACT("Sub"),
    MULTIPLY("Mul"),
    DIVIDE("Div");

    private final String operator;

    BinaryKind(String operator) {
      this.operator = operator;
    }
  }

  /** One operand. */
  record Unary(UnaryKind kind) implements Elementwise {
    @Override
    public String operator() {
      return kind.operator;
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /** The operations on one operand. */
  enum UnaryKind {
    SIGMOID("Sigmoid"),
    SQUARE_ROOT("Sqrt"),
    EXPONENTIAL("Exp"),
    COSINE("Cos"),
    SINE("Sin"),
    ERROR_FUNCTION("Erf"),
    SIGN("Sign");

    private final String operator;

    UnaryKind(String operator) {
      this.operator = operator;
    }
  }

  /** Limits values to a range. */
  record Clip(float min, float max) implements Elementwise {
    @Override
    public String operator() {
      return "Clip";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(inputs.getFirst().type());
    }
  }

  /** Converts the element type. */
  record Cast(ElementType to) implements Elementwise {
    @Override
    public String operator() {
      return "Cast";
    }

    @Override
    public List<ValueType> infer(List<Value> inputs) {
      return List.of(new ValueType(to, inputs.getFirst().shape()));
    }
  }
}
