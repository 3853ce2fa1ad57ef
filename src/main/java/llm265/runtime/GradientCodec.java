package llm265.runtime;

import java.util.zip.CRC32C;
import llm265.runtime.message.CodecState;
import llm265.runtime.message.ExpectedCoder;
import llm265.runtime.message.ExpectedDecoder;
import llm265.runtime.message.HeldRateCoder;
import llm265.runtime.message.MessageDecoder;
import llm265.runtime.message.Segments;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Codes a worker's gradients, step after step, at a rate that is held. All tensors go in one message; each has a scale, so all
 * have one ratio of signal to noise. With error feedback, what a step loses is added to the next: e += g, c = C(e), e -= c.
 *
 * <p>Every worker that decodes a message gets the same bits, and so does the one that encoded it: {@link #fingerprint} tells
 * whether replicas still agree. Used by one thread at a time.
 */
public final class GradientCodec {
  private static final String NAME = "GradientCodec";

  private final Segments tensors;
  /** Null on axes. */
  private final HeldRateCoder coder;
  private final MessageDecoder decoder;
  /** Null without axes, as the next two. */
  private final GradientAxes axes;
  private final ExpectedCoder axesCoder;
  private final ExpectedDecoder axesDecoder;
  private final boolean feedback;
  private final float[] error;
  private final float[] decoded;

  /**
   * How gradients are coded.
   *
   * @param bitsPerValue held rate, all bytes counted: 0.05 to 16
   * @param errorFeedback whether what a step loses is added to the next
   * @param stateBits binary logarithm of the trellis's states: 0, or 2 to 8; more are better and slower
   */
  public record Settings(double bitsPerValue, boolean errorFeedback, int stateBits) {
    /** With error feedback, and 16 states. */
    public static Settings of(double bitsPerValue) {
      return new Settings(bitsPerValue, true, HeldRateCoder.Settings.DEFAULT_STATE_BITS);
    }

    public Settings withoutFeedback() {
      return new Settings(bitsPerValue, false, stateBits);
    }
  }

  /**
   * A codec that has coded nothing yet.
   *
   * @param sizes number of values of each tensor
   * @throws IllegalArgumentException if a setting or a size is not possible
   */
  public GradientCodec(Settings settings, int... sizes) {
    this(settings, Segments.of(sizes), null);
  }

  private GradientCodec(Settings settings, Segments tensors, GradientAxes axes) {
    this.tensors = tensors;
    this.axes = axes;
    coder = axes != null ? null
        : new HeldRateCoder(tensors, new HeldRateCoder.Settings(settings.bitsPerValue, settings.stateBits, true, 0));
    decoder = axes != null ? null : new MessageDecoder(tensors);
    axesCoder = axes == null ? null : new ExpectedCoder(tensors, settings.bitsPerValue, settings.stateBits);
    axesDecoder = axes == null ? null : new ExpectedDecoder(tensors);
    feedback = settings.errorFeedback;
    error = new float[tensors.values()];
    decoded = new float[tensors.values()];
  }

  /**
   * A codec that has coded nothing yet, and codes matrices on axes that all workers learn alike: after each step all of them
   * {@linkplain #learn tell} their codecs the same average. At equal bits much less is lost, but messages can be decoded only by
   * codecs that have learned the same.
   *
   * @param shapes rows and columns of each tensor; a vector has one row or one column
   * @throws IllegalArgumentException if a setting or a shape is not possible
   */
  public static GradientCodec onAxes(Settings settings, int[]... shapes) {
    GradientAxes axes = new GradientAxes(shapes);
    return new GradientCodec(settings, axes.tensors(), axes);
  }

  /**
   * Encodes the gradients of a step.
   *
   * @param gradients of all tensors, in their order; not changed
   * @throws IllegalArgumentException if sizes do not agree, or a value is not finite
   */
  public byte[] encode(float[]... gradients) {
    require(gradients);
    for (int i = 0; i < gradients.length; i++) {
      int begin = tensors.begin(i);
      for (int k = 0; k < gradients[i].length; k++) {
        error[begin + k] = (feedback ? error[begin + k] : 0) + gradients[i][k];
      }
    }
    byte[] message;
    if (axes == null) {
      message = coder.encode(error, 0, decoded, 0);
    } else {
      System.arraycopy(error, 0, decoded, 0, error.length);
      message = axes.encode(axesCoder, decoded);
    }
    for (int i = 0; i < error.length; i++) {
      error[i] = feedback ? error[i] - decoded[i] : 0;
    }
    return message;
  }

  /**
   * Decodes a message of any worker whose tensors have the same sizes.
   *
   * @param gradients receive the values
   * @throws llm265.h264.MalformedStreamException if the message is damaged, or not of such tensors, or coded on other axes
   */
  public void decode(byte[] message, float[]... gradients) {
    require(gradients);
    if (axes == null) {
      decoder.decode(message, decoded, 0);
    } else {
      axes.decode(axesDecoder, message, decoded);
    }
    for (int i = 0; i < gradients.length; i++) {
      System.arraycopy(decoded, tensors.begin(i), gradients[i], 0, gradients[i].length);
    }
  }

  /**
   * Learns from what all workers have after a step, such as the average of what was decoded; does nothing without axes.
   *
   * @param averages of all tensors, the same to the last bit in all codecs; not changed
   * @throws IllegalArgumentException if sizes do not agree, or a value is not finite
   */
  public void learn(float[]... averages) {
    require(averages);
    if (axes == null) {
      return;
    }
    float[] all = new float[error.length];
    for (int i = 0; i < averages.length; i++) {
      System.arraycopy(averages[i], 0, all, tensors.begin(i), averages[i].length);
    }
    for (float value : all) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException("averages must be finite");
      }
    }
    axes.learn(all);
  }

  private void require(float[][] gradients) {
    boolean fits = gradients.length == tensors.count();
    for (int i = 0; i < gradients.length && fits; i++) {
      fits = gradients[i].length == tensors.end(i) - tensors.begin(i);
    }
    if (!fits) {
      throw new IllegalArgumentException("not the " + tensors.count() + " tensors that the codec was made for");
    }
  }

  /** CRC-32C of values, as bits of binary32: equal on workers that have the same. */
  public static int fingerprint(float[]... tensors) {
    CRC32C crc = new CRC32C();
    for (float[] values : tensors) {
      PayloadWriter bytes = new PayloadWriter();
      for (float value : values) {
        bytes.f32(value);
      }
      crc.update(bytes.toByteArray());
    }
    return (int) crc.getValue();
  }

  /** All that later messages depend on, for a checkpoint: the step, and the error that is fed back. */
  public byte[] state() {
    return CodecState.write(NAME, error.length, this::write);
  }

  private void write(PayloadWriter out) {
    out.u8(axes == null ? 0 : 1);
    if (axes == null) {
      coder.writeState(out);
    } else {
      axesCoder.writeState(out);
      axes.write(out);
    }
    for (int i = 0; i < error.length && feedback; i++) {
      out.f32(error[i]);
    }
  }

  /**
   * Goes on from a state.
   *
   * @throws IllegalArgumentException if it is damaged, or not one of a codec of these settings and sizes
   */
  public void restore(byte[] state) {
    CodecState.read(state, NAME, error.length, this::read);
  }

  private void read(PayloadReader in) {
    if ((in.u8("axes") == 1) != (axes != null)) {
      throw new IllegalArgumentException("the state is of a codec with other settings");
    }
    if (axes == null) {
      coder.readState(in);
    } else {
      axesCoder.readState(in);
      axes.read(in);
    }
    for (int i = 0; i < error.length && feedback; i++) {
      error[i] = in.finiteF32("error");
    }
  }
}
