package llm265;

import java.io.Serializable;
import java.util.List;
import llm265.dtype.DType;
import llm265.tensor.Codec;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.format.TensorHeader;

/**
 * What a stream says about its tensor.
 *
 * @param dtype type of its values
 * @param shape its dimensions, outermost first; none for a single value
 * @param values number of values
 * @param snr signal-to-noise ratio in dB over the finite values; infinite if there is no error, NaN if no value is finite
 * @param isLossless whether every value comes back bit for bit
 * @param codec how it is coded: with pictures or without
 * @param tiles the pictures that hold the tensor, or the parts of it that are coded without
 * @param tools names of the tensor layer's tools that the stream uses, for people to read
 */
public record TensorInfo(
    DType dtype, long[] shape, long values, double snr, boolean isLossless, Codec codec, Tiles tiles, List<String> tools) {

  /**
   * The pictures of a tensor. Each is decoded independently of the others.
   *
   * @param count number of pictures
   * @param width columns of values in each, at most
   * @param height rows of values in each, at most
   */
  public record Tiles(int count, int width, int height) implements Serializable {}

  static TensorInfo of(TensorStream stream) {
    TensorHeader header = stream.header();
    TensorFraming framing = header.framing();
    Tiles tiles = new Tiles(framing.tiles(), framing.tileWidth(), framing.tileHeight());
    return new TensorInfo(
        header.dtype(), header.shape(), framing.values(), header.snr(), header.isLossless(),
        header.transforms().hasPictures() ? Codec.H264 : Codec.TRINITY, tiles, List.copyOf(stream.tools()));
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }
}
