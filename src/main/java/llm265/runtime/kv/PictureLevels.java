package llm265.runtime.kv;

import java.util.Arrays;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.transform.LevelRecovery;
import llm265.runtime.message.DeviationLaws;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.CarrierOrder;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.payload.RawBits;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.trellis.CarrierCosts;
import llm265.trinity.SearchKernels;

/** Levels on an H.264 picture, which carries them as its transform coefficients. SPEC.md, "Cells on pictures". */
final class PictureLevels implements LevelCoder {
  private static final int START_CODE = 4;

  /** Carrier, dropped levels and raw bits where there are none. */
  private static final int SIDE = 3;

  /** Steps beyond which a level would not fit into 16 bits. */
  private static final float MOST_STEPS = 60_000;

  /** Costs of all classes, for each eighth that lambda may be: they keep the table of one lambda. */
  private static final CarrierCosts[] COSTS = new CarrierCosts[4];

  static {
    int[] rawBits = new int[DeviationLaws.GREATEST + 1];
    double[] deviations = new double[rawBits.length];
    for (int i = 0; i < rawBits.length; i++) {
      rawBits[i] = CellPicture.rawBits(i);
      deviations[i] = DeviationLaws.step((i - DeviationLaws.UNIT_CLASS) * DeviationLaws.CLASS);
    }
    for (int i = 0; i < COSTS.length; i++) {
      COSTS[i] = CarrierCosts.gaussian(rawBits, deviations);
    }
  }

  private final CellFormat format;
  private final CellPicture picture;
  private final H264IntraEncoder encoder;
  private final byte[] classes;
  private final float[] values;
  private final byte[] valueClasses;
  private final byte[] chunkClasses;
  private final byte[] lowBits;
  private final short[] low;
  private final float[] steps;
  private final short[] levels;
  private final int[] codes;
  private final int[] decisions;
  private final float[] metrics;
  private final int[] ordered = new int[CarrierKernels.ORDERED];
  private int[] order;
  private int count;
  private byte[] beside;
  private byte[] slice;

  PictureLevels(CellFormat format, int tokens) {
    this.format = format;
    picture = new CellPicture(format, tokens);
    encoder = picture.encoder();
    classes = new byte[Math.ceilDiv(format.values(tokens), 16) * 16];
    int all = picture.levels();
    values = new float[all];
    valueClasses = new byte[all];
    lowBits = new byte[all];
    low = new short[all];
    steps = new float[all];
    levels = new short[all];
    int chunk = Math.min(all, CellPicture.MACROBLOCK * CellPicture.CHUNK);
    chunkClasses = new byte[chunk];
    codes = new int[chunk];
    int states = format.trellis().states();
    decisions = new int[chunk * Math.ceilDiv(states, 32)];
    metrics = new float[2 * CarrierKernels.LANES * states + SearchKernels.BRANCHES];
  }

  @Override
  public double search(CellModel model, CellScales scales, float[] rows, int tokens, int step) {
    count = format.values(tokens);
    scales.classifyAll(model, step, classes);
    order = picture.order(model, tokens, scales::row);
    int padding = DeviationLaws.GREATEST + 1;
    float most = MOST_STEPS * DeviationLaws.step(step);
    for (int i = 0; i < count; i++) {
      values[i] = Math.clamp(rows[order[i]], -most, most);
      valueClasses[i] = classes[order[i]];
      lowBits[i] = (byte) CellPicture.rawBits(valueClasses[i]);
    }
    Arrays.fill(values, count, values.length, 0);
    Arrays.fill(valueClasses, count, values.length, (byte) padding);
    Arrays.fill(lowBits, count, values.length, (byte) 0);
    searchChunks(step, scales.lambda(step));
    encode();
    return 8.0 * (beside.length + slice.length - START_CODE - SIDE);
  }

  private void searchChunks(int step, double lambda) {
    CarrierCosts costs = COSTS[Math.clamp(Math.round(8 * lambda) - 1, 0, COSTS.length - 1)];
    float inverseStep = 1 / DeviationLaws.step(step);
    for (int from = 0; from < values.length; from += codes.length) {
      int length = Math.min(codes.length, values.length - from);
      System.arraycopy(valueClasses, from, chunkClasses, 0, length);
      SearchKernels.ACTIVE.search(
          values, from, length / CarrierKernels.LANES, 0, inverseStep, format.trellis(), costs.table(lambda), costs.length(),
          chunkClasses, null, codes, decisions, metrics);
      for (int i = 0; i < length; i += CellPicture.MACROBLOCK) {
        CarrierKernels.ACTIVE.split(codes, i, ordered, lowBits, low, from + i, steps, from + i, CarrierKernels.LANES);
        CarrierOrder.toPlaces(ordered, levels, from + i);
      }
    }
  }

  /** Encodes the picture in the way in which fewer bytes are taken, with the list of levels that it does not carry. */
  private void encode() {
    if (!encode(LevelRecovery.WIDE)) {
      byte[] wide = beside;
      byte[] wideSlice = slice;
      encode(LevelRecovery.CERTAIN);
      if (beside.length + slice.length >= wide.length + wideSlice.length) {
        beside = wide;
        slice = wideSlice;
      }
    }
  }

  /** Returns whether the picture carries all levels. */
  private boolean encode(LevelRecovery recovery) {
    short[] carried = levels.clone();
    slice = encoder.encodeLevels(carried, recovery, 0).slices();
    DroppedLevels dropped = DroppedLevels.of(levels, carried);
    PayloadWriter list = new PayloadWriter();
    if (!dropped.isEmpty()) {
      dropped.write(list);
    }
    PayloadWriter out = new PayloadWriter();
    out.u8(recovery.qp());
    out.varint(list.length());
    out.bytes(list.toByteArray());
    byte[] raw = rawBits();
    out.varint(raw.length);
    out.bytes(raw);
    beside = out.toByteArray();
    return dropped.isEmpty();
  }

  private byte[] rawBits() {
    long bits = 0;
    for (int i = 0; i < count; i++) {
      bits += lowBits[i];
    }
    RawBits raw = new RawBits(new byte[(int) Math.ceilDiv(bits, 8L)]);
    for (int i = 0; i < count; i++) {
      raw.write(low[i], lowBits[i]);
    }
    raw.finish();
    return raw.toByteArray();
  }

  @Override
  public void levels(float[] out) {
    for (int i = 0; i < count; i++) {
      out[order[i]] = steps[i];
    }
  }

  @Override
  public int kind() {
    return CellFormat.PICTURES;
  }

  @Override
  public int sideBytes(int ofValues) {
    return SIDE;
  }

  @Override
  public int mostBytes() {
    return beside.length + slice.length;
  }

  @Override
  public int write(byte[] out, int at) {
    System.arraycopy(beside, 0, out, at, beside.length);
    int length = slice.length - START_CODE;
    System.arraycopy(slice, START_CODE, out, at + beside.length, length);
    return at + beside.length + length;
  }
}
