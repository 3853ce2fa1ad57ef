package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import llm265.dtype.DType;
import llm265.dtype.ValueCodec;
import llm265.h264.MalformedStreamException;
import llm265.runtime.kv.CellDecoder;
import llm265.runtime.kv.CellEncoder;
import llm265.runtime.kv.CellFormat;
import llm265.runtime.kv.CellModel;
import llm265.runtime.kv.CellTarget;
import llm265.runtime.kv.ModelLearner;
import llm265.runtime.message.CodecState;
import llm265.runtime.message.MessageDecoder;
import llm265.runtime.message.Surplus;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.ChannelMoments;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;
import llm265.trinity.Trellis;

/**
 * One end of a stream of tensors, a row for each token, coded as cells on principal axes that both ends learn alike from the
 * tensors before. No bits are sent for axes; but a message can be read only behind all others since the stream began. SPEC.md,
 * "Run-time messages".
 *
 * <p>Channels are taken in groups, since what learning costs grows with the cube of their number. Older tensors count the less,
 * the older they are, as training moves the axes. Used by one thread at a time.
 */
final class AxisStream {
  /** Channels of a group at most. */
  private static final int MOST_CHANNELS = 256;

  /** Tokens of a channel before which nothing but its scale is learned. */
  private static final int LEAST_TOKENS = 2;

  /** Tokens of a channel from which on older ones count half whenever axes are learned anew. */
  private static final int ENOUGH_TOKENS = 8;

  /** Between two times of learning: tensors, and tokens of a channel, at most. */
  private static final int PERIOD_TENSORS = 8;
  private static final int PERIOD_TOKENS = 16;

  /** Share of a squared step by which decoded tokens differ, as with keys and values. */
  private static final double NOISE = 0.1;

  private static final double LEAST_BITS = 0.05;
  private static final double MOST_BITS = 16;

  /** Of a group's cell. */
  private static final int BYTES_OF_LENGTH = 2;

  private final int columns;
  private final double bytesPerValue;
  private final List<Group> groups = new ArrayList<>();
  private int number;
  private int source;
  private final Surplus surplus = new Surplus();

  /**
   * An end that has sent and received nothing yet.
   *
   * @param tokens rows of the tensors
   * @param columns of the tensors
   * @param bitsPerValue that are held, all bytes counted
   * @param stateBits binary logarithm of the trellis's states
   */
  AxisStream(int tokens, int columns, double bitsPerValue, int stateBits) {
    if (!(bitsPerValue >= LEAST_BITS && bitsPerValue <= MOST_BITS)) {
      throw new IllegalArgumentException(bitsPerValue + " bits per value are not in " + LEAST_BITS + ".." + MOST_BITS);
    }
    this.columns = columns;
    bytesPerValue = bitsPerValue / 8;
    int count = Math.ceilDiv(columns, MOST_CHANNELS);
    for (int i = 0; i < count; i++) {
      int first = (int) ((long) columns * i / count);
      groups.add(new Group(first, (int) ((long) columns * (i + 1) / count) - first, tokens, Trellis.of(stateBits)));
    }
  }

  /** Some of the columns, and what is known of them. */
  private static final class Group {
    private final int first;
    private final int channels;
    private final int tokens;
    private final CellFormat format;
    private final CellEncoder encoder;
    private final CellDecoder decoder;
    private final MemorySegment patterns;
    private final float[] rows;
    /** What the model was learned from, and what came since. */
    private final ChannelMoments learned;
    private final ChannelMoments since;
    private double learnedSteps;
    private double sinceSteps;
    private long due;
    private CellModel model;

    Group(int first, int channels, int tokens, Trellis trellis) {
      this.first = first;
      this.channels = channels;
      this.tokens = tokens;
      format = new CellFormat(channels, DType.F32, trellis, false);
      encoder = new CellEncoder(format, tokens);
      decoder = new CellDecoder(format, tokens);
      patterns = MemorySegment.ofArray(new byte[format.rawBytes(tokens)]);
      rows = new float[tokens * channels];
      learned = new ChannelMoments(channels);
      since = new ChannelMoments(channels);
      forget();
    }

    void forget() {
      learned.clear();
      since.clear();
      learnedSteps = 0;
      sinceSteps = 0;
      due = tokens;
      model = learnedModel();
    }

    byte[] encode(float[] values, int columns, double bytes) {
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(values, t * columns + first, rows, t * channels, channels);
      }
      ValueCodec.write(DType.F32, patterns, 0, rows, 0, rows.length);
      CellTarget target = isZero() ? new CellTarget.Lossless() : new CellTarget.About(bytes);
      return encoder.encode(model, null, patterns, tokens, 0, target, true).body();
    }

    /** Whether nothing is in the rows: then nothing is learned of them, and nothing is lost. */
    private boolean isZero() {
      for (float value : rows) {
        if (value != 0) {
          return false;
        }
      }
      return true;
    }

    /** @param unknown whether the cell is the first of a stream, whatever was learned before */
    void decode(byte[] body, float[] values, int columns, boolean unknown) {
      decoder.decode(unknown ? ModelLearner.unknown(channels, null) : model, null, body, null, tokens, 0, patterns);
      ValueCodec.read(DType.F32, patterns, 0, rows, 0, rows.length);
      for (float value : rows) {
        if (!Float.isFinite(value)) {
          throw malformed("cell", "has values that are not finite");
        }
      }
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(rows, t * channels, values, t * columns + first, channels);
      }
    }

    /** Takes the tensor that was decoded last. */
    void learn() {
      if (isZero()) {
        return;
      }
      since.add(rows, 0, tokens);
      sinceSteps += tokens * decoder.squaredStep();
      if (since.tokens() < due) {
        return;
      }
      if (learned.tokens() >= ENOUGH_TOKENS * channels) {
        learned.halve();
        learnedSteps /= 2;
      }
      learned.add(since);
      learnedSteps += sinceSteps;
      since.clear();
      sinceSteps = 0;
      due = Math.min(2 * due, Math.max((long) PERIOD_TENSORS * tokens, (long) PERIOD_TOKENS * channels));
      model = learnedModel();
    }

    private CellModel learnedModel() {
      if (learned.tokens() == 0) {
        return ModelLearner.unknown(channels, null);
      }
      AdaptiveAxes axes = AdaptiveAxes.of(learned);
      double noise = NOISE * learnedSteps / learned.tokens();
      return CellModel.of(learned.tokens() < LEAST_TOKENS * channels ? axes.learnScales(noise) : axes.learn(noise));
    }

    void write(PayloadWriter out) {
      for (double value : learned.state()) {
        CodecState.write(value, out);
      }
      for (double value : since.state()) {
        CodecState.write(value, out);
      }
      CodecState.write(learnedSteps, out);
      CodecState.write(sinceSteps, out);
      out.varint(due);
    }

    void read(PayloadReader in) {
      learned.restore(numbers(in, learned.stateLength()));
      since.restore(numbers(in, since.stateLength()));
      learnedSteps = CodecState.readDouble(in);
      sinceSteps = CodecState.readDouble(in);
      due = in.varint("due");
      model = learnedModel();
    }

    private static double[] numbers(PayloadReader in, int count) {
      double[] numbers = new double[count];
      for (int i = 0; i < count; i++) {
        numbers[i] = CodecState.readDouble(in);
      }
      return numbers;
    }
  }

  /**
   * Writes the next message.
   *
   * @param values row by row
   * @param decoded receives what the other end makes of it
   * @throws IllegalArgumentException if a value is not finite; the stream is then as before
   */
  void encode(float[] values, float[] decoded, PayloadWriter out) {
    int begin = out.length();
    out.varint(number);
    out.u32(source);
    double wanted = bytesPerValue * values.length;
    double room = surplus.target(wanted) - (out.length() - begin) - Integer.BYTES;
    List<byte[]> bodies = new ArrayList<>();
    for (Group group : groups) {
      byte[] body = group.encode(values, columns, room * group.channels / columns - BYTES_OF_LENGTH);
      bodies.add(body);
      out.varint(body.length);
    }
    bodies.forEach(out::bytes);
    int checksum = out.crc32c(begin);
    out.u32(checksum);
    for (int i = 0; i < bodies.size(); i++) {
      groups.get(i).decode(bodies.get(i), decoded, columns, false);
    }
    surplus.add(out.length() - begin - wanted);
    took(checksum);
  }

  /**
   * Reads the next message of the other end. The first one of a stream is always taken for the next: then all begins anew.
   *
   * @param from index of its first byte; it ends where the array ends
   * @param values receive the tensor, row by row
   * @throws MalformedStreamException if it is damaged, or not the next one; the stream is then as before
   */
  void decode(byte[] message, int from, float[] values) {
    PayloadReader in = MessageDecoder.checked(message, from, message.length);
    int checksum = new PayloadReader(message, message.length - Integer.BYTES, message.length).u32("checksum");
    int found = in.varint("message_number", Integer.MAX_VALUE);
    int before = in.u32("message_source");
    if (found != 0 && found != number) {
      throw malformed(
          "message_number", "is " + found + ", but " + number + " is next: each message is read behind all before it");
    }
    if (before != (found == 0 ? 0 : source)) {
      throw malformed("message_source", "tells of other messages than those before this one");
    }
    int[] lengths = new int[groups.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = in.varint("cell_bytes", in.remaining());
    }
    for (int i = 0; i < lengths.length; i++) {
      groups.get(i).decode(in.bytes("cell", lengths[i]), values, columns, found == 0);
    }
    in.requireEnd("message");
    if (found == 0) {
      groups.forEach(Group::forget);
      number = 0;
      source = 0;
    }
    took(checksum);
  }

  /** Learns from the message whose cells were decoded last. */
  private void took(int checksum) {
    groups.forEach(Group::learn);
    number++;
    CRC32C crc = new CRC32C();
    for (int bits = 0; bits < Integer.SIZE; bits += Byte.SIZE) {
      crc.update(source >>> bits);
    }
    for (int bits = 0; bits < Integer.SIZE; bits += Byte.SIZE) {
      crc.update(checksum >>> bits);
    }
    source = (int) crc.getValue();
  }

  private static MalformedStreamException malformed(String field, String problem) {
    return new MalformedStreamException(field, "SPEC.md, Run-time messages", problem);
  }

  /** All that later messages depend on. */
  void write(PayloadWriter out) {
    out.varint(number);
    out.u32(source);
    surplus.write(out);
    groups.forEach(group -> group.write(out));
  }

  /** Goes on from a state. */
  void read(PayloadReader in) {
    number = in.varint("message_number", Integer.MAX_VALUE);
    source = in.u32("message_source");
    surplus.read(in);
    groups.forEach(group -> group.read(in));
  }
}
