package llm265.runtime;

import java.util.zip.CRC32C;
import llm265.runtime.message.CodecState;
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
  private final HeldRateCoder coder;
  private final MessageDecoder decoder;
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
    tensors = Segments.of(sizes);
    coder = new HeldRateCoder(
        tensors, new HeldRateCoder.Settings(settings.bitsPerValue, settings.stateBits, true, 0));
    decoder = new MessageDecoder(tensors);
    feedback = settings.errorFeedback;
    error = new float[tensors.values()];
    decoded = new float[tensors.values()];
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
    byte[] message = coder.encode(error, 0, decoded, 0);
    for (int i = 0; i < error.length; i++) {
      error[i] = feedback ? error[i] - decoded[i] : 0;
    }
    return message;
  }

  /**
   * Decodes a message of any worker whose tensors have the same sizes.
   *
   * @param gradients receive the values
   * @throws llm265.h264.MalformedStreamException if the message is damaged, or not of such tensors
   */
  public void decode(byte[] message, float[]... gradients) {
    require(gradients);
    decoder.decode(message, decoded, 0);
    for (int i = 0; i < gradients.length; i++) {
      System.arraycopy(decoded, tensors.begin(i), gradients[i], 0, gradients[i].length);
    }
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
    coder.writeState(out);
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
    coder.readState(in);
    for (int i = 0; i < error.length && feedback; i++) {
      error[i] = in.finiteF32("error");
    }
  }
}
