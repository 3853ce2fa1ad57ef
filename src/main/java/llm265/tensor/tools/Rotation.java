package llm265.tensor.tools;

import java.io.Serializable;
import java.util.Arrays;
import llm265.tensor.payload.BitReader;
import llm265.tensor.payload.BitWriter;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * A rotation of the columns of a plane by a few Householder reflections. It brings the plane's strongest principal axes onto
 * rows of their own. SPEC.md, "Rotation".
 *
 * <p>A reflection about a vector of integers is orthonormal whatever the integers are. So a coarse vector costs a little of the
 * gain but no exactness. Immutable.
 */
public final class Rotation implements Serializable {
  /** The greatest number of reflections in a stream. */
  public static final int MAX_REFLECTIONS = 256;

  /** Greatest magnitude of a vector's element. */
  public static final int GREATEST = 32_767;

  private static final int MAX_PARAMETER = 15;

  /** Number of columns that are worked on at a time: a block of them stays in the cache. */
  private static final int BLOCK = 64;

  private final short[][] vectors;
  private final transient float[][] floats;
  /** 2 over the squared length of each vector. */
  private final transient float[] factors;

  /** @param vectors a vector for each reflection, in the order in which the encoder applies them; no vector may be all zeros */
  public Rotation(short[][] vectors) {
    this.vectors = vectors;
    floats = new float[vectors.length][];
    factors = new float[vectors.length];
    for (int i = 0; i < vectors.length; i++) {
      floats[i] = new float[vectors[i].length];
      long square = 0;
      for (int y = 0; y < vectors[i].length; y++) {
        floats[i][y] = vectors[i][y];
        square += vectors[i][y] * vectors[i][y];
      }
      factors[i] = (float) (2.0 / square);
    }
  }

  /** Makes again what follows from the vectors. */
  private Object readResolve() {
    return new Rotation(vectors);
  }

  /** Number of reflections. */
  public int reflections() {
    return vectors.length;
  }

  /** Rotates columns of a plane, as the encoder does. */
  public void forward(float[] plane, int stride, int columns) {
    float[] dots = new float[BLOCK];
    for (int first = 0; first < columns; first += BLOCK) {
      for (int i = 0; i < vectors.length; i++) {
        reflect(i, plane, first, stride, Math.min(BLOCK, columns - first), dots);
      }
    }
  }

  /** Inverts {@link #forward}, as every decoder does. */
  public void inverse(float[] plane, int stride, int columns) {
    float[] dots = new float[BLOCK];
    for (int first = 0; first < columns; first += BLOCK) {
      for (int i = vectors.length - 1; i >= 0; i--) {
        reflect(i, plane, first, stride, Math.min(BLOCK, columns - first), dots);
      }
    }
  }

  /** x - v (2 / v'v) (v'x) for some columns x. The order of the operations is that of SPEC.md. */
  private void reflect(int i, float[] plane, int first, int stride, int columns, float[] dots) {
    RotationKernels.ACTIVE.reflect(plane, first, stride, columns, floats[i], factors[i], dots);
  }

  /** Number of bytes that {@link #write} writes. */
  public int byteSize() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.length();
  }

  public void write(PayloadWriter out) {
    out.varint(vectors.length);
    for (short[] vector : vectors) {
      BitWriter.signedRice(out, vector.length, y -> vector[y], MAX_PARAMETER);
    }
  }

  /** Reads the reflections of columns of {@code rows} values. */
  public static Rotation read(PayloadReader in, int rows) {
    int count = in.varint("reflection_count", MAX_REFLECTIONS);
    if ((long) count * rows > 8L * in.remaining()) {
      throw PayloadReader.malformed("reflection_count", count + " vectors do not fit into the section");
    }
    short[][] vectors = new short[count][rows];
    for (short[] vector : vectors) {
      int parameter = in.u8("rice_parameter");
      if (parameter > MAX_PARAMETER) {
        throw PayloadReader.malformed("rice_parameter", parameter + " is greater than " + MAX_PARAMETER);
      }
      BitReader bits = new BitReader(in, "vector_element");
      int any = 0;
      for (int y = 0; y < rows; y++) {
        vector[y] = (short) bits.signedRice(parameter, GREATEST, "vector_element");
        any |= vector[y];
      }
      if (any == 0) {
        throw PayloadReader.malformed("vector_element", "is 0 throughout");
      }
      bits.requireZeros("vector_element");
    }
    return new Rotation(vectors);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rotation that && Arrays.deepEquals(vectors, that.vectors);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(vectors);
  }

  @Override
  public String toString() {
    return vectors.length + " reflections";
  }
}
