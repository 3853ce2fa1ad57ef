package llm265.runtime;

import llm265.h264.MalformedStreamException;
import llm265.runtime.message.CodecState;
import llm265.runtime.message.HeldRateCoder;
import llm265.runtime.message.MessageDecoder;
import llm265.runtime.message.Segments;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Codes tensors of one shape, a row for each token, that go over a link one after the other: activations, or their gradients. The
 * rate is held.
 *
 * <p>On learnt axes, what channels have in common takes no bits; both ends learn the axes from the tensors before. Without them,
 * messages decode by themselves. With row scales, each token has one ratio of signal to noise; without, one noise, and small
 * tokens are lost in it. With residual compensation a second message codes what the first one lost, as LLM.265's paper has it.
 * Used by one thread at a time.
 */
public final class ActivationCodec {
  private static final String NAME = "ActivationCodec";

  /** Tensors after which both ways are tried again, where row scales are used only if they pay. */
  private static final int TRIAL_PERIOD = 64;

  private static final int MOST_PARTS = 2;

  /** Streams on axes that a state has. */
  private static final int SENT = 1;
  private static final int RECEIVED = 2;

  /** Whether each row has a scale. */
  public enum RowScales {
    /** As on: for gradients of activations, of which every token matters. */
    ALWAYS,
    NEVER,
    /** Where the squared error of the tensor is then less at the same rate; tried on every 64th tensor. */
    IF_LESS_ERROR
  }

  /**
   * How tensors are coded.
   *
   * @param bitsPerValue held rate of the first message, all bytes counted: 0.05 to 16
   * @param residualBits held rate of a second message, of what the first one lost; 0 for none
   * @param rowScales whether each row has a scale
   * @param exactShare share of the values, those of the greatest magnitude over their row's scale, that are kept exactly
   * @param stateBits binary logarithm of the trellis's states: 0, or 2 to 8; more are better and slower
   * @param learntAxes whether tensors are on axes that are learned from those before: without the other ways, and each message
   *     is decoded behind all before it
   */
  public record Settings(
      double bitsPerValue, double residualBits, RowScales rowScales, double exactShare, int stateBits, boolean learntAxes) {
    public Settings {
      if (learntAxes && (residualBits != 0 || rowScales != RowScales.NEVER || exactShare != 0)) {
        throw new IllegalArgumentException("tensors on axes have neither scales of rows, nor exact values, nor residuals");
      }
    }

    /** For activations, on learnt axes. */
    public static Settings forward(double bitsPerValue) {
      return new Settings(bitsPerValue, 0, RowScales.NEVER, 0, HeldRateCoder.Settings.DEFAULT_STATE_BITS, true);
    }

    /** For activations, if each message is to be decoded by itself. */
    public static Settings alone(double bitsPerValue) {
      return forward(bitsPerValue).with(RowScales.IF_LESS_ERROR);
    }

    /** For gradients of activations. */
    public static Settings backward(double bitsPerValue) {
      return forward(bitsPerValue).with(RowScales.ALWAYS);
    }

    /** The same with a second message, without axes. */
    public Settings withResidual(double newResidualBits) {
      return new Settings(bitsPerValue, newResidualBits, rowScales, exactShare, stateBits, false);
    }

    /** The same without axes, with scales of rows. */
    public Settings with(RowScales newRowScales) {
      return new Settings(bitsPerValue, residualBits, newRowScales, exactShare, stateBits, false);
    }

    /** The same without axes, with exact values. */
    public Settings withExactShare(double newExactShare) {
      return new Settings(bitsPerValue, residualBits, rowScales, newExactShare, stateBits, false);
    }
  }

  /** Parts of a message on axes: another kind of message. */
  private static final int ON_AXES = 3;

  private final Segments rows;
  private final int tokens;
  private final int columns;
  private final Settings settings;
  /** Null on axes. */
  private final Pass first;
  private final Pass residual;
  /** Null without axes. */
  private final AxisStream sent;
  /** Null until there is a message on axes. */
  private AxisStream received;
  private final MessageDecoder decoder;
  private final float[] part;

  /**
   * A codec that has coded nothing yet.
   *
   * @param tokens rows of the tensors
   * @param columns of the tensors
   * @throws IllegalArgumentException if a setting or a size is not possible
   */
  public ActivationCodec(Settings settings, int tokens, int columns) {
    this.settings = settings;
    this.tokens = tokens;
    this.columns = columns;
    rows = Segments.rows(tokens, columns);
    sent = settings.learntAxes ? axisStream() : null;
    first = settings.learntAxes ? null : new Pass(rows, settings, settings.bitsPerValue);
    residual = settings.residualBits == 0 ? null : new Pass(rows, settings, settings.residualBits);
    decoder = new MessageDecoder(rows);
    part = new float[rows.values()];
  }

  private AxisStream axisStream() {
    return new AxisStream(tokens, columns, settings.bitsPerValue, settings.stateBits);
  }

  /** A message of a tensor: with row scales, without them, or whichever does better. */
  private static final class Pass {
    private final HeldRateCoder scaled;
    private final HeldRateCoder plain;
    private final float[] other;
    private boolean scales;
    private int sinceTrial;

    Pass(Segments rows, Settings settings, double bits) {
      HeldRateCoder.Settings all = new HeldRateCoder.Settings(bits, settings.stateBits, false, settings.exactShare);
      scaled = settings.rowScales == RowScales.NEVER ? null : new HeldRateCoder(rows, all.withScales());
      plain = settings.rowScales == RowScales.ALWAYS ? null : new HeldRateCoder(Segments.of(rows.values()), all);
      scales = plain == null;
      other = scaled == null || plain == null ? null : new float[rows.values()];
    }

    byte[] encode(float[] values, float[] decoded) {
      if (other == null || sinceTrial++ % TRIAL_PERIOD != 0) {
        return (scales ? scaled : plain).encode(values, 0, decoded, 0);
      }
      byte[] byScales = scaled.encode(values, 0, decoded, 0);
      byte[] without = plain.encode(values, 0, other, 0);
      scales = squaredError(values, decoded) < squaredError(values, other);
      if (!scales) {
        System.arraycopy(other, 0, decoded, 0, other.length);
      }
      return scales ? byScales : without;
    }

    private static double squaredError(float[] values, float[] decoded) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        double error = (double) values[i] - decoded[i];
        sum += error * error;
      }
      return sum;
    }

    void write(PayloadWriter out) {
      out.u8(scales ? 1 : 0);
      out.u32(sinceTrial);
      if (scaled != null) {
        scaled.writeState(out);
      }
      if (plain != null) {
        plain.writeState(out);
      }
    }

    void read(PayloadReader in) {
      boolean found = in.u8("row_scales") == 1;
      if (found && scaled == null || !found && plain == null) {
        throw new IllegalArgumentException("the state is of a codec with other settings");
      }
      scales = found;
      sinceTrial = in.u32("since_trial");
      if (scaled != null) {
        scaled.readState(in);
      }
      if (plain != null) {
        plain.readState(in);
      }
    }
  }

  /** Encodes a tensor, row by row. */
  public byte[] encode(float[] values) {
    return encode(values, new float[values.length]);
  }

  /**
   * Encodes a tensor.
   *
   * @param values row by row; not changed
   * @param decoded receives what a decoder makes of the message, bit for bit; another array than {@code values}
   * @throws IllegalArgumentException if the size is not the codec's, or a value is not finite
   */
  public byte[] encode(float[] values, float[] decoded) {
    require(values);
    require(decoded);
    PayloadWriter out = new PayloadWriter();
    if (sent != null) {
      out.u8(ON_AXES);
      sent.encode(values, decoded, out);
      return out.toByteArray();
    }
    byte[] message = first.encode(values, decoded);
    out.u8(residual == null ? 1 : MOST_PARTS);
    if (residual != null) {
      out.varint(message.length);
    }
    out.bytes(message);
    if (residual != null) {
      float[] lost = new float[values.length];
      for (int i = 0; i < lost.length; i++) {
        lost[i] = values[i] - decoded[i];
      }
      out.bytes(residual.encode(lost, part));
      add(part, decoded);
    }
    return out.toByteArray();
  }

  private static void add(float[] values, float[] sums) {
    for (int i = 0; i < values.length; i++) {
      sums[i] += values[i];
    }
  }

  private void require(float[] values) {
    if (values.length != rows.values()) {
      throw new IllegalArgumentException(values.length + " values are not the " + rows.values() + " of the codec's tensors");
    }
  }

  /**
   * Decodes a message of any codec for tensors of this shape. Messages on axes are those of one other codec, in their order; the
   * first one of such a codec begins anew.
   *
   * @param values receive the tensor, row by row
   * @throws MalformedStreamException if the message is damaged, or not of such a tensor, or, on axes, not the next one; the
   *     codec is then as before
   */
  public void decode(byte[] message, float[] values) {
    require(values);
    PayloadReader in = new PayloadReader(message, 0, message.length);
    int parts = in.u8("parts");
    if (parts == ON_AXES) {
      received = received == null ? axisStream() : received;
      received.decode(message, in.position(), values);
      return;
    }
    if (parts < 1 || parts > MOST_PARTS) {
      throw new MalformedStreamException("parts", "SPEC.md, Run-time messages", parts + " is not 1 to 3");
    }
    int behind = parts == 1 ? 0 : in.varint("part_bytes", in.remaining());
    int begin = in.position();
    if (behind > message.length - begin) {
      throw new MalformedStreamException("part_bytes", "SPEC.md, Run-time messages", "are more than there are");
    }
    decoder.decode(message, begin, parts == 1 ? message.length : begin + behind, values, 0);
    if (parts == MOST_PARTS) {
      decoder.decode(message, begin + behind, message.length, part, 0);
      add(part, values);
    }
  }

  /** All that later messages depend on, for a checkpoint. */
  public byte[] state() {
    return CodecState.write(NAME, rows.values(), out -> {
      out.u8((sent == null ? 0 : SENT) | (received == null ? 0 : RECEIVED));
      if (sent == null) {
        first.write(out);
      } else {
        sent.write(out);
      }
      if (received != null) {
        received.write(out);
      }
      if (residual != null) {
        residual.write(out);
      }
    });
  }

  /**
   * Goes on from a state.
   *
   * @throws IllegalArgumentException if it is damaged, or not one of a codec of these settings and this shape
   */
  public void restore(byte[] state) {
    CodecState.read(state, NAME, rows.values(), in -> {
      int streams = in.u8("streams");
      if (streams > (SENT | RECEIVED) || (sent != null) != ((streams & SENT) != 0)) {
        throw new IllegalArgumentException("the state is of a codec with other settings");
      }
      if (sent == null) {
        first.read(in);
      } else {
        sent.read(in);
      }
      received = (streams & RECEIVED) == 0 ? null : axisStream();
      if (received != null) {
        received.read(in);
      }
      if (residual != null) {
        residual.read(in);
      }
    });
  }
}
