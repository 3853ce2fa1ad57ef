package llm265.numeric;

import java.util.Arrays;

/**
 * Hadamard matrices by Paley's constructions: orders q + 1 for prime powers q = 3 mod 4, and 2 (q + 1) for q = 1 mod 4. They come
 * from Q_ab, which says whether a - b is a square of the field of q elements (1), or not (-1), or 0.
 *
 * <p>The field's elements are polynomials of degree below k over the integers modulo p, as digits of a number to base p. If the
 * powers of x modulo some polynomial run through all elements but 0, then the even powers are the squares.
 */
final class PaleyMatrix {
  private PaleyMatrix() {}

  /** A matrix H of this order with elements 1 and -1 and H H^T = order * I, or null if Paley's constructions have none. */
  static byte[][] ofOrder(int order) {
    if (order % 4 != 0) {
      return null;
    }
    int[] first = squares(order - 1);
    if (first != null) {
      byte[][] h = bordered(first, -1);
      for (int i = 0; i < order; i++) {
        h[i][i] = 1;
      }
      return h;
    }
    int q = order / 2 - 1;
    int[] second = q % 4 == 1 ? squares(q) : null;
    return second == null ? null : doubled(bordered(second, 1));
  }

  /** Q with a row of ones, a column of {@code corner}, and 0 where they meet. */
  private static byte[][] bordered(int[] squares, int corner) {
    int q = squares.length - 1;
    int p = squares[q];
    byte[][] matrix = new byte[q + 1][q + 1];
    for (int a = 0; a < q; a++) {
      matrix[0][a + 1] = 1;
      matrix[a + 1][0] = (byte) corner;
      for (int b = 0; b < q; b++) {
        matrix[a + 1][b + 1] = (byte) squares[difference(a, b, p)];
      }
    }
    return matrix;
  }

  /** C x (1 1; 1 -1) + I x (1 -1; -1 -1). */
  private static byte[][] doubled(byte[][] c) {
    int n = c.length;
    byte[][] h = new byte[2 * n][2 * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        int one = i == j ? 1 : 0;
        h[2 * i][2 * j] = (byte) (c[i][j] + one);
        h[2 * i][2 * j + 1] = (byte) (c[i][j] - one);
        h[2 * i + 1][2 * j] = (byte) (c[i][j] - one);
        h[2 * i + 1][2 * j + 1] = (byte) (-c[i][j] - one);
      }
    }
    return h;
  }

  /** a - b, digit by digit. */
  private static int difference(int a, int b, int p) {
    int result = 0;
    for (int place = 1; a > 0 || b > 0; place *= p) {
      result += Math.floorMod(a % p - b % p, p) * place;
      a /= p;
      b /= p;
    }
    return result;
  }

  /** For each element of the field of q elements 1 if it is a square, -1 if not, 0 for 0; then p. Null if q is no prime power. */
  private static int[] squares(int q) {
    int p = 3;
    while (p * p <= q && q % p != 0) {
      p += 2;
    }
    p = q % p == 0 ? p : q;
    int rest = q;
    while (rest % p == 0) {
      rest /= p;
    }
    if (q < 3 || rest != 1 || q % 2 == 0) {
      return null;
    }
    for (int polynomial = 1; polynomial < q; polynomial++) {
      int[] squares = powers(polynomial, q, p);
      if (squares != null) {
        return squares;
      }
    }
    throw new IllegalStateException("no primitive polynomial of " + q);
  }

  /** Marks the powers of x modulo x^k - {@code polynomial}, alternately; null unless they run through all elements but 0. */
  private static int[] powers(int polynomial, int q, int p) {
    int[] squares = new int[q + 1];
    squares[q] = p;
    int element = 1;
    for (int i = 0; i < q - 1; i++) {
      if (squares[element] != 0 || element == 0) {
        return null;
      }
      squares[element] = i % 2 == 0 ? 1 : -1;
      element = timesX(element, polynomial, q, p);
    }
    return Arrays.stream(squares, 1, q).allMatch(square -> square != 0) ? squares : null;
  }

  private static int timesX(int element, int polynomial, int q, int p) {
    int top = element / (q / p);
    int shifted = element % (q / p) * p;
    int result = 0;
    for (int place = 1; place < q; place *= p) {
      result += (shifted / place % p + top * (polynomial / place % p)) % p * place;
    }
    return result;
  }
}
