package llm265.tensor;

/**
 * Scales of input channels, by which values are multiplied before they are coded and divided afterwards: the same distortion of all
 * products is less distortion for channels that count more. SPEC.md, "Channel scales".
 *
 * @param classes class of each channel: values are multiplied by 2^(-class / 6)
 * @param run values that follow each other in one channel
 */
public record ChannelScales(ScaleClasses classes, long run) {
  public ChannelScales {
    if (run < 1 || classes.lines() < 1) {
      throw new IllegalArgumentException("channels of " + run + " values, " + classes.lines() + " of them");
    }
  }

  /**
   * Scales as the roots of weights; null if all are the same.
   *
   * @param weights one a channel, not negative
   */
  static ChannelScales of(float[] weights, long run) {
    float greatest = 0;
    for (float weight : weights) {
      greatest = Math.max(greatest, weight);
    }
    byte[] classes = new byte[weights.length];
    int any = 0;
    for (int i = 0; i < weights.length; i++) {
      double octaves = weights[i] == 0 ? ScaleClasses.GREATEST : 0.5 * SampleRange.log2((double) greatest / weights[i]);
      classes[i] = (byte) StrictMath.rint(Math.min(ScaleClasses.OCTAVE * octaves, ScaleClasses.GREATEST));
      any |= classes[i];
    }
    return any == 0 || greatest == 0 ? null : new ChannelScales(new ScaleClasses(classes), run);
  }

  /** What a value is multiplied by, by its index in the tensor. */
  float factor(long index) {
    return ScaleClasses.factor(classes.of((int) (index / run % classes.lines())));
  }

  void write(PayloadWriter out) {
    out.varint(run);
    out.varint(classes.lines());
    classes.write(out);
  }

  static ChannelScales read(PayloadReader in) {
    long run = in.varint("channel_run");
    int channels = in.varint("channel_count", ScaleAnalysis.MAX_LINES);
    if (run < 1 || channels < 1) {
      throw PayloadReader.malformed("channel_count", channels + " channels of " + run + " values");
    }
    return new ChannelScales(ScaleClasses.read(in, channels), run);
  }
}
