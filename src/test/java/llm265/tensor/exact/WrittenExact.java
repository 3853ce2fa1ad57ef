package llm265.tensor.exact;

import java.util.List;
import llm265.dtype.TensorView;
import llm265.h264.transform.LevelRecovery;
import llm265.parallel.Workers;
import llm265.tensor.MemoryStore;
import llm265.tensor.format.TilePasses;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;
import llm265.tensor.tools.Prediction;
import llm265.tensor.tools.Predictor;

/** Lossless streams whose bits are kept in a way that is given, which the encoder might not choose. */
public final class WrittenExact {
  private WrittenExact() {}

  /** A stream whose 4:2:0 pictures carry integers. */
  public static byte[] stream(TensorView tensor, ExactValues values) {
    MemoryStore store = new MemoryStore();
    new ExactCoding(tensor, values, ExactCoding.Form.CARRIED, store).code(TilePasses.by(Workers.CALLER));
    return store.toByteArray();
  }

  /** A stream of 16-bit integers with a predictor, whether it is a good one for them or not. */
  public static byte[] predicted(TensorView tensor, Predictor predictor) {
    short[] weights = predictor.isWeighted() ? new short[] {4096, -3000, 500, -700, 0, 9, -9, 100, 41} : new short[0];
    Prediction prediction = new Prediction(Prediction.Order.SIGNED, 3, 11, predictor, 0x1234 >> 3, 0x200, weights);
    ExactValues values = new ExactValues(16, false, 0x07, 0x0100 << 6, List.of(
        new ExactPlane(0x3FC0, 1, new byte[0], 0), new ExactPlane(0x0038, 1, new byte[] {4, 3, 5, 2, 6, 1, 7, 0}, 0)),
        LevelRecovery.WIDE, prediction);
    return stream(tensor, values);
  }
}
