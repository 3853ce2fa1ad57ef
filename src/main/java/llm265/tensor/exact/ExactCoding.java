package llm265.tensor.exact;

import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.parallel.Workers;
import llm265.tensor.ElementType;
import llm265.tensor.StreamStore;
import llm265.tensor.TensorFraming;
import llm265.tensor.format.StreamWriter;
import llm265.tensor.format.TensorHeader;
import llm265.tensor.format.TensorTransforms;
import llm265.tensor.format.TilePasses;
import llm265.tensor.tools.ExactPlane;
import llm265.tensor.tools.ExactValues;

/** Codes one tensor into one stream that gives every value back bit for bit. SPEC.md, "Exact values". */
public final class ExactCoding {
  /** How pictures hold symbols. */
  public enum Form {
    /** As the levels of 4:2:0 pictures of the High profile. */
    CARRIED,
    /** The same on monochrome pictures. */
    CARRIED_MONOCHROME,
    /** As the samples of monochrome pictures in transform bypass mode, of the High 4:4:4 Predictive profile. */
    BYPASS
  }

  private final TensorView tensor;
  private final TensorHeader blank;
  private final EncoderConfig config;
  private final StreamStore store;

  /**
   * Begins a tensor; reads it twice, and a little of it more often.
   *
   * @param form how pictures hold symbols
   * @param store receives the stream
   * @throws IllegalArgumentException if its values do not fill bytes
   */
  public ExactCoding(TensorView tensor, Form form, Workers workers, StreamStore store) {
    this(tensor, values(tensor, form, workers), form, store);
  }

  /** Begins a tensor whose bits are kept in a given way. */
  ExactCoding(TensorView tensor, ExactValues values, Form form, StreamStore store) {
    this.tensor = tensor;
    this.store = store;
    TensorFraming framing = TensorFraming.of(tensor.shape());
    int tiles = framing.tiles();
    blank = new TensorHeader(
        tensor.dtype(), tensor.shape(), framing, TensorTransforms.exactly(values), 0, 0, tiles > 1 ? new int[tiles] : null);
    // One slice for each plane: what contexts learn in one is of no use in the next.
    config = config(form, values).withSlicesPerPicture(Math.max(1, values.planes().size()));
  }

  private static ExactValues values(TensorView tensor, Form form, Workers workers) {
    ElementType.code(tensor.dtype());
    return ExactAnalysis.of(tensor, TensorFraming.of(tensor.shape()), form != Form.BYPASS, workers);
  }

  private static EncoderConfig config(Form form, ExactValues values) {
    return switch (form) {
      case CARRIED -> EncoderConfig.WHITE_TENSOR;
      case CARRIED_MONOCHROME -> EncoderConfig.WHITE_TENSOR.withChroma(ChromaFormat.MONOCHROME);
      case BYPASS -> values.planes().stream().anyMatch(ExactPlane::isInOrder)
          ? BypassPictures.BY_MODES : BypassPictures.WHITE;
    };
  }

  /** Whether a tensor can be coded: its values must fill bytes. */
  public static boolean isPossible(TensorView tensor) {
    return ElementType.isKept(tensor.dtype());
  }

  /** Writes the stream and returns its size in bytes. */
  public long code(TilePasses passes) {
    StreamWriter writer = new StreamWriter(store, blank);
    passes.make(blank.framing().tiles(), new ExactTiles(tensor.data(), blank, config)::code, writer::add);
    return writer.finish(0);
  }
}
