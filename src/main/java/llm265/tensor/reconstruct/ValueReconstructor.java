package llm265.tensor.reconstruct;

import llm265.dtype.DType;
import llm265.tensor.format.TileInformation;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.values.TensorElements;
import llm265.tensor.values.TensorKernels;

/**
 * Makes values from levels: {@code offset + step * level}, divided by the factors of channels, rounded to the tensor's type.
 * This is the only place where a value is made; encoder and decoder both call it. SPEC.md, "From samples to values".
 */
public final class ValueReconstructor {
  private final DType type;
  private final ChannelScales channels;

  /**
   * @param type type of the values
   * @param channels factors that the values were multiplied by; null for none
   */
  public ValueReconstructor(DType type, ChannelScales channels) {
    this.type = type;
    this.channels = channels;
  }

  /** Makes a row of values, without outliers, starting at {@code at}. */
  public void row(LevelRows levels, TileMap map, int y, TileInformation tile, float[] values, int at) {
    dequantize(levels, map, y, tile, values, at);
    finish(map, y, values, at);
  }

  /** The first step of a row; a rotation may follow it. */
  void dequantize(LevelRows levels, TileMap map, int y, TileInformation tile, float[] values, int at) {
    TensorKernels.ACTIVE.dequantize(
        levels.row(map, y), levels.offset(map, y), map.count(y), tile.offset(), tile.step(), values, at);
  }

  /** The steps after {@link #dequantize}. */
  void finish(TileMap map, int y, float[] values, int at) {
    unscale(channels, map, y, values, at);
    TensorElements.round(type, values, at, map.count(y));
  }

  /**
   * Divides a row of values by the factors of their channels.
   *
   * @param channels null for no such factors
   */
  public static void unscale(ChannelScales channels, TileMap map, int y, float[] values, int at) {
    for (int x = 0; channels != null && x < map.count(y); x++) {
      values[at + x] /= channels.factor(map.index(y, x));
    }
  }
}
