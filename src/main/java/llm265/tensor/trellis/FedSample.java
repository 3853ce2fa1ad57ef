package llm265.tensor.trellis;

import java.util.Arrays;
import llm265.tensor.TensorFraming;
import llm265.tensor.feedback.FeedbackFactor;
import llm265.tensor.picture.Arrangement;
import llm265.tensor.reconstruct.LawMap;
import llm265.tensor.reconstruct.TileMap;
import llm265.trinity.ChunkEncoder;
import llm265.trinity.Laws;

/**
 * All inputs of some outputs, as their values are when levels are searched: with the errors of earlier inputs taken up. They are
 * greater than the tensor's own, so that laws and gain that suit those do not suit them: with these the divergence of a language
 * model at 2 bits was 1.3 times as great.
 */
final class FedSample {
  private static final int RUN = PlaneSample.RUN;

  /** The narrowest planes have so many whole runs. */
  private static final int LEAST_RUNS = 3;

  private final Arrangement arrangement;
  private final TrellisPoint point;
  private final Laws laws;
  private final ChunkEncoder encoder;

  private FedSample(Arrangement arrangement, TrellisPoint point) {
    this.arrangement = arrangement;
    this.point = point;
    laws = point.format().laws();
    encoder = new ChunkEncoder(point.format().chunkSteps());
  }

  /**
   * About so many values of a tensor whose plane has inputs as rows, from each row of tiles.
   *
   * @param point at which they are coded, with its gain
   */
  static PlaneSample of(Arrangement arrangement, FeedbackFactors factors, TrellisPoint point, int count) {
    TensorFraming framing = arrangement.framing();
    int most = (int) Math.min(framing.columns(), framing.tileWidth()) / RUN;
    int runs = (int) Math.clamp(Math.ceilDiv(count, framing.rows() * RUN), Math.min(LEAST_RUNS, most), most);
    float[] values = new float[Math.toIntExact(framing.rows() * runs * RUN)];
    byte[] classes = new byte[values.length];
    FedSample sample = new FedSample(arrangement, point);
    for (int number = 0; number < framing.tiles(); number += (int) framing.tileColumns()) {
      TensorFraming.Tile tile = framing.tile(number);
      sample.take(tile, factors.factor(tile, TileMap.of(framing, tile, null, null)), runs, values, classes);
    }
    return new PlaneSample(values, classes);
  }

  private void take(TensorFraming.Tile tile, FeedbackFactor factor, int runs, float[] values, byte[] classes) {
    int from = (int) tile.firstRow() * runs * RUN;
    read(tile, runs, values, classes, from);
    int to = from + tile.rows() * runs * RUN;
    PlaneSample part = new PlaneSample(Arrays.copyOfRange(values, from, to), Arrays.copyOfRange(classes, from, to));
    feed(part, factor, tile.rows(), runs * RUN);
    System.arraycopy(part.values(), 0, values, from, to - from);
  }

  /** Reads runs from all over a row of tiles, row by row. */
  private void read(TensorFraming.Tile tile, int runs, float[] values, byte[] classes, int from) {
    long runsInRow = arrangement.framing().columns() / RUN;
    for (int y = 0; y < tile.rows(); y++) {
      for (int i = 0; i < runs; i++) {
        long column = (long) ((i + 0.5) * runsInRow / runs) * RUN;
        PlaneSample.readRun(arrangement, tile.firstRow() + y, column, values, classes, from + (y * runs + i) * RUN);
      }
    }
  }

  private void feed(PlaneSample part, FeedbackFactor factor, int rows, int columns) {
    float centre = arrangement.range().centre();
    float[] values = part.values();
    boolean[] isExact = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      isExact[i] = !(Math.abs(values[i] - centre) <= point.bound());
      values[i] = isExact[i] ? centre : values[i];
    }
    byte[] classes = part.lawClasses(laws.classes());
    ChunkEncoder.Quantizer quantizer = new ChunkEncoder.Quantizer(centre, (float) point.step(), point.lambda());
    RowFeedback feedback = new RowFeedback(factor, values, isExact, rows, columns, centre, point);
    float[] levels = new float[values.length];
    int chunk = point.format().chunkSteps() * RUN;
    for (int from = 0; from < values.length; from += chunk) {
      int count = Math.min(chunk, values.length - from);
      feedback.search(
          encoder, values, levels, from, count / RUN, quantizer, point.format().trellis(), laws,
          LawMap.part(classes, from, count));
    }
  }
}
