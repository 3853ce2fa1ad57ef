package llm265.packed;

import java.util.Arrays;
import java.util.List;

/**
 * How records of some bytes become planes of symbols, a plane for each field, and back. SPEC.md, "Records and fields".
 *
 * @param fields have every bit of a record once
 * @param steps what the scales of codes say; null if no field has them as context
 */
record RecordFormat(int recordBytes, List<CodeField> fields, StepRule steps) {
  /** Records that are taken at a time: they stay in the nearest cache. */
  private static final int SOME = 128;

  RecordFormat {
    fields = List.copyOf(fields);
  }

  /** Symbols of a record in all. */
  int symbols() {
    return fields.stream().mapToInt(CodeField::perRecord).sum();
  }

  void split(byte[] in, int records, byte[][] planes) {
    for (int f = 0; f < fields.size(); f++) {
      Arrays.fill(planes[f], 0, records * fields.get(f).perRecord(), (byte) 0);
    }
    int some = SOME * Math.max(1, 64 / recordBytes);
    for (int r = 0; r < records; r += some) {
      int count = Math.min(some, records - r);
      for (int f = 0; f < fields.size(); f++) {
        CodeField field = fields.get(f);
        for (Piece piece : field.pieces()) {
          piece.split(in, r * recordBytes, count, recordBytes, planes[f], r * field.perRecord(), field.perRecord());
        }
      }
    }
    for (int f = 0; f < fields.size(); f++) {
      fields.get(f).toSymbols(planes[f], records * fields.get(f).perRecord());
    }
  }

  /** The other way; the planes' contents are lost. */
  void join(byte[][] planes, int records, byte[] out) {
    for (int f = 0; f < fields.size(); f++) {
      fields.get(f).toCodes(planes[f], records * fields.get(f).perRecord());
    }
    Arrays.fill(out, 0, records * recordBytes, (byte) 0);
    int some = SOME * Math.max(1, 64 / recordBytes);
    for (int r = 0; r < records; r += some) {
      int count = Math.min(some, records - r);
      for (int f = 0; f < fields.size(); f++) {
        CodeField field = fields.get(f);
        for (Piece piece : field.pieces()) {
          piece.join(planes[f], r * field.perRecord(), field.perRecord(), count, out, r * recordBytes, recordBytes);
        }
      }
    }
  }

  /** The cells of a field's blocks; null if it has no context. Earlier planes must be there. */
  short[] cells(int number, byte[][] planes, int records, int segment) {
    CodeField field = fields.get(number);
    if (field.context() == CodeField.NO_CONTEXT) {
      return null;
    }
    short[] cells = new short[Math.ceilDiv(records * field.perRecord(), field.block())];
    if (field.context() == CodeField.STEPS) {
      steps.cells(planes, records, segment, field, cells);
    } else {
      byte[] context = planes[field.context()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = (short) (context[i] & 0xFF);
      }
    }
    return cells;
  }
}
