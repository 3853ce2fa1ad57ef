package llm265.tensor.encode;

import llm265.dtype.TensorView;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.MemoryStore;
import llm265.tensor.picture.H264PictureCoder;

/** Coding with what no caller can ask for: prescribed pictures, or tools one by one. */
public final class Prescribed {
  private Prescribed() {}

  /** A tensor on pictures of a configuration, and without the tensor layer's own tools but for outliers. */
  public static byte[] encode(RateTarget target, EncoderConfig config, TensorView tensor) {
    CodingSettings settings = CodingSettings.at(target);
    return encode(settings.with(CodingSettings.Pictures.of(H264PictureCoder.factory(config))), tensor);
  }

  public static byte[] encode(CodingSettings settings, TensorView tensor) {
    MemoryStore store = new MemoryStore();
    new TargetSearch(settings, Workers.CALLER).code(tensor, store);
    return store.toByteArray();
  }
}
