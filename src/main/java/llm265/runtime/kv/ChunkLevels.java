package llm265.runtime.kv;

import llm265.runtime.message.DeviationLaws;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Laws;

/** Levels in chunks of the trellis coder, each coefficient by the law of its class. SPEC.md, "Cells". */
final class ChunkLevels implements LevelCoder {
  /** Bytes of a chunk's size, tail and states at most. */
  private static final int CHUNK_HEAD = 80;

  /** The same, about. */
  private static final int CHUNK_SIDE = 9;

  private static final int SIZE_BYTES = 3;

  private final CellFormat format;
  private final byte[] classes;
  private final byte[] chunkClasses;
  /** Levels of cells of several chunks, which are searched again when they are written. */
  private final float[] found;
  private final ChunkEncoder chunks;
  private float[] rows;
  private ChunkEncoder.Quantizer quantizer;
  private Laws laws;
  private int kind;
  private int values;

  ChunkLevels(CellFormat format, int tokens) {
    this.format = format;
    int padded = Math.ceilDiv(format.values(tokens), 16) * 16;
    classes = new byte[padded];
    chunkClasses = new byte[Math.min(padded, CellFormat.CHUNK)];
    found = new float[padded > CellFormat.CHUNK ? padded : 0];
    chunks = new ChunkEncoder(chunkClasses.length / 16);
  }

  @Override
  public double search(CellModel model, CellScales scales, float[] coefficients, int count, int step) {
    rows = coefficients;
    values = format.values(count);
    boolean wide = scales.classify(model, step, classes);
    laws = DeviationLaws.of(scales.family(), wide);
    kind = CellFormat.TRELLIS | (scales.family() << CellFormat.FAMILY_SHIFT) | (wide ? CellFormat.WIDE_FLAG : 0);
    quantizer = new ChunkEncoder.Quantizer(0, DeviationLaws.step(step), scales.lambda(step));
    double bits = 0;
    for (int from = 0; from < values; from += CellFormat.CHUNK) {
      search(from);
      bits += chunks.bits(laws);
      if (values > CellFormat.CHUNK) {
        chunks.levels(found, from);
      }
    }
    return bits;
  }

  private void search(int from) {
    int steps = CellFormat.chunkSteps(from, values);
    byte[] own = classes;
    if (values > CellFormat.CHUNK) {
      System.arraycopy(classes, from, chunkClasses, 0, 16 * steps);
      own = chunkClasses;
    }
    chunks.search(rows, from, steps, quantizer, format.trellis(), laws, own);
  }

  @Override
  public void levels(float[] levels) {
    if (values > CellFormat.CHUNK) {
      System.arraycopy(found, 0, levels, 0, values);
    } else {
      chunks.levels(levels, 0);
    }
  }

  @Override
  public int kind() {
    return kind;
  }

  @Override
  public int sideBytes(int ofValues) {
    return (ofValues > CellFormat.CHUNK ? SIZE_BYTES * (ofValues / CellFormat.CHUNK) : 0)
        + CHUNK_SIDE * Math.ceilDiv(ofValues, CellFormat.CHUNK);
  }

  @Override
  public int mostBytes() {
    return CHUNK_HEAD * Math.ceilDiv(values, CellFormat.CHUNK) + Integer.BYTES * (Math.ceilDiv(values, 16) * 16);
  }

  @Override
  public int write(byte[] out, int at) {
    if (values <= CellFormat.CHUNK) {
      return chunks.write(laws, out, at);
    }
    // Sizes of three bytes each stand before the chunks but the last, so that nothing moves.
    int end = at;
    for (int from = 0; from < values; from += CellFormat.CHUNK) {
      search(from);
      boolean isLast = from + CellFormat.CHUNK >= values;
      int begin = isLast ? end : end + SIZE_BYTES;
      int behind = chunks.write(laws, out, begin);
      for (int i = 0; begin != end && i < SIZE_BYTES; i++) {
        out[end + i] = (byte) ((behind - begin) >> (8 * i));
      }
      end = behind;
    }
    return end;
  }
}
