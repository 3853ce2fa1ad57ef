package llm265.runtime.message;

import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/** What messages took beyond their rate up to now, and how later ones pay it back, so that the mean is the rate. */
public final class Surplus {
  /** Messages over which a surplus is paid back, and the share of a message that may go into it. */
  private static final double PAYBACK = 12;
  private static final double MOST_PAYBACK = 0.02;

  private double amount;

  /** What a message of so much by the rate is to take. */
  public double target(double byRate) {
    double most = MOST_PAYBACK * byRate;
    return byRate - Math.clamp(amount / PAYBACK, -most, most);
  }

  /** Takes note of what a message took beyond the rate. */
  public void add(double excess) {
    amount += excess;
  }

  public void write(PayloadWriter out) {
    CodecState.write(amount, out);
  }

  /** @throws llm265.h264.MalformedStreamException if it is not a finite number */
  public void read(PayloadReader in) {
    amount = CodecState.readDouble(in);
    if (!Double.isFinite(amount)) {
      throw MessageFault.of("surplus", "is not a finite number");
    }
  }
}
