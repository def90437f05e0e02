package org.infd.inference.tensor;

/**
 * The linear map with the least squared errors over rows of numbers, by normal equations: several
 * values are fitted to the same inputs at once. Not thread safe.
 */
public final class LeastSquares {
  private final int inputs;
  private final double[][] normal;
  private final double[][] right;
  private long rows;

  /**
   * A fit without rows.
   *
   * @param inputs the numbers of a row, at least 1
   * @param outputs the values that are fitted to them
   */
  public LeastSquares(int inputs, int outputs) {
    this.inputs = inputs;
    this.normal = new double[inputs][inputs];
    this.right = new double[outputs][inputs];
  }

  /**
   * Adds a row.
   *
   * @param row the inputs; may be used again by the caller
   * @param values one for each output
   */
  public void add(double[] row, double[] values) {
    for (int a = 0; a < inputs; a++) {
      double scale = row[a];
      for (int b = 0; b <= a; b++) {
        normal[a][b] += scale * row[b];
      }
    }
    for (int output = 0; output < right.length; output++) {
      double value = values[output];
      for (int a = 0; a < inputs; a++) {
        right[output][a] += value * row[a];
      }
    }
    rows++;
  }

  /**
   * The weights of the inputs for each output. To be called once.
   *
   * @param ridge keeps the fit calm where the rows say little about an input: this much per row is
   *     added to its square
   * @return [output][input]
   */
  public double[][] solve(double ridge) {
    for (int a = 0; a < inputs; a++) {
      normal[a][a] += ridge * rows;
    }
    var lower = factor();
    var weights = new double[right.length][];
    for (int output = 0; output < right.length; output++) {
      weights[output] = solve(lower, right[output]);
    }
    return weights;
  }

  /** Cholesky's factor of the lower half. */
  private double[][] factor() {
    var lower = new double[inputs][inputs];
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = normal[i][j];
        for (int k = 0; k < j; k++) {
          sum -= lower[i][k] * lower[j][k];
        }
        lower[i][j] = i == j ? Math.sqrt(sum) : sum / lower[j][j];
      }
    }
    return lower;
  }

  private static double[] solve(double[][] lower, double[] right) {
    int n = right.length;
    var solution = right.clone();
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < i; k++) {
        solution[i] -= lower[i][k] * solution[k];
      }
      solution[i] /= lower[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
      for (int k = i + 1; k < n; k++) {
        solution[i] -= lower[k][i] * solution[k];
      }
      solution[i] /= lower[i][i];
    }
    return solution;
  }
}
