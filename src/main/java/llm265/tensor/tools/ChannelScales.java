package llm265.tensor.tools;

import java.util.Arrays;
import llm265.numeric.Logarithms;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Scales of input channels: values are multiplied by them before coding and divided afterwards. The distortion of products
 * stays even, so channels that count more get less distortion. SPEC.md, "Channel scales".
 *
 * @param classes class of each channel: values are multiplied by 2^(-class / 6)
 * @param channels which values belong to which channel
 */
public record ChannelScales(ScaleClasses classes, Channels channels) {
  public ChannelScales {
    if (classes.lines() % channels.inBlock() != 0 || !channels.hasBlocks() && classes.lines() != channels.inBlock()) {
      throw new IllegalArgumentException(classes.lines() + " classes for " + channels);
    }
  }

  /**
   * Scales that are the roots of weights; null if all are equal. A weight of 0 means that nothing reached a channel when
   * weights were measured. It does not say what the channel's errors will count for, so it stands for the median of the
   * others.
   *
   * @param weights one per channel, not negative
   */
  public static ChannelScales of(float[] weights, Channels channels) {
    float[] known = new float[weights.length];
    int count = 0;
    for (float weight : weights) {
      known[count] = weight;
      count += weight > 0 ? 1 : 0;
    }
    if (count == 0) {
      return null;
    }
    Arrays.sort(known, 0, count);
    float median = known[count / 2];
    float greatest = known[count - 1];
    byte[] classes = new byte[weights.length];
    int any = 0;
    for (int i = 0; i < weights.length; i++) {
      double octaves = 0.5 * Logarithms.log2((double) greatest / (weights[i] == 0 ? median : weights[i]));
      classes[i] = (byte) StrictMath.rint(Math.min(ScaleClasses.OCTAVE * octaves, ScaleClasses.GREATEST));
      any |= classes[i];
    }
    return any == 0 ? null : new ChannelScales(new ScaleClasses(classes), channels);
  }

  /** The factor of a value, given by its index in the tensor. */
  public float factor(long index) {
    return ScaleClasses.factor(classes.of(channels.of(index)));
  }

  public void write(PayloadWriter out) {
    out.varint(channels.run());
    out.varint(classes.lines());
    if (channels.hasBlocks()) {
      out.varint(channels.inBlock());
      out.varint(channels.block());
    }
    classes.write(out);
  }

  /**
   * Reads scales.
   *
   * @param hasBlocks whether blocks of values have their own channels
   * @param values number of values of the tensor
   */
  public static ChannelScales read(PayloadReader in, boolean hasBlocks, long values) {
    long run = in.varint("channel_run");
    int count = in.varint("channel_count", ScaleClasses.MOST_LINES);
    if (run < 1 || count < 1) {
      throw PayloadReader.malformed("channel_count", count + " channels of " + run + " values");
    }
    if (!hasBlocks) {
      return new ChannelScales(ScaleClasses.read(in, count), new Channels(run, count, Channels.NO_BLOCKS));
    }
    int inBlock = in.varint("block_channels", count);
    long block = in.varint("channel_block");
    if (inBlock < 1 || block < 1 || block == Channels.NO_BLOCKS || count % inBlock != 0
        || values > 0 && (values - 1) / block >= count / inBlock) {
      throw PayloadReader.malformed(
          "channel_block", "blocks of " + block + " values with " + inBlock + " of " + count + " channels");
    }
    return new ChannelScales(ScaleClasses.read(in, count), new Channels(run, inBlock, block));
  }
}
