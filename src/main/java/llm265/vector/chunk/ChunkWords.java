package llm265.vector.chunk;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import llm265.trinity.ChunkKernels;
import llm265.vector.LaneIndex;

/** What entropy decoding converts: words to ints, and levels to values. */
final class ChunkWords {
  private static final VectorSpecies<Integer> INTS = LaneIndex.INTS;
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, INTS.vectorBitSize() / 2)));
  private static final VectorSpecies<Float> FLOATS = INTS.withLanes(float.class);
  private static final int WIDTH = LaneIndex.LANES;
  private static final int LANES = ChunkKernels.LANES;

  private ChunkWords() {}

  /** Writes the words of a window, as far as there are bytes. */
  static void unpack(byte[] in, int at, int[] words, int place) {
    int count = Math.min(ChunkDecoding.WINDOW, (in.length - at) / 2);
    for (int i = 0; i < count; i += LANES) {
      int first = Math.min(i, count - LANES);
      IntVector.zero(INTS)
          .or(ByteVector.fromArray(BYTES, in, at + 2 * first).reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0))
          .intoArray(words, place + first);
    }
  }

  /** Replaces values below zero by twice the words that follow, and their signs, for four chunks; moves their places on. */
  static void readEscapes(int[] scratch) {
    for (int chunk = 0; chunk < ChunkDecoding.FOUR; chunk++) {
      int values = ChunkDecoding.VALUES + chunk * LANES;
      IntVector value = IntVector.fromArray(INTS, scratch, values);
      VectorMask<Integer> escape = value.compare(VectorOperators.LT, 0);
      IntVector words = IntVector.fromArray(INTS, scratch, scratch[ChunkDecoding.PLACES + chunk]).expand(escape);
      value.and(Integer.MAX_VALUE).add(words).add(words).intoArray(scratch, values);
      scratch[ChunkDecoding.PLACES + chunk] += escape.trueCount();
    }
  }

  /** Makes values of ints: twice a magnitude, the quantizer in the lowest bit, the sign in the highest. */
  static void dequantize(float[] out, int at, int count, float scale, float offset) {
    FloatVector scales = FloatVector.broadcast(FLOATS, scale);
    for (int i = at; i < at + count * LANES; i += WIDTH) {
      IntVector level = FloatVector.fromArray(FLOATS, out, i).reinterpretAsInts();
      IntVector steps = level.and(Integer.MAX_VALUE - 1).sub(level.and(1)).max(0);
      scales.mul(steps.convert(VectorOperators.I2F, 0)).reinterpretAsInts()
          .lanewise(VectorOperators.XOR, level.and(Integer.MIN_VALUE)).reinterpretAsFloats().add(offset).intoArray(out, i);
    }
  }
}
