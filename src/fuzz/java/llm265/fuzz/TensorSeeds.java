package llm265.fuzz;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.TensorEncoder;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import llm265.dtype.TensorView;
import llm265.reference.trellis.AnyTensor;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.exact.WrittenExact;
import llm265.tensor.tools.Predictor;

/** Streams of tensors that are as small as their tools let them be: a run takes as long as a stream has macroblocks and steps. */
final class TensorSeeds {
  private static final int ROWS = 16;
  private static final int COLUMNS = 32;
  private static final int WRITTEN_STREAMS = 300;
  private static final int MOST_WRITTEN_BYTES = 500;

  private TensorSeeds() {}

  static TensorView tensor(DType type) {
    TensorView floats = TensorView.copyOf("t", new long[] {ROWS, COLUMNS}, Seeds.values(ROWS * COLUMNS));
    return type == DType.F32 ? floats
        : new TensorView("t", type, floats.shape(), FloatConversion.convert(floats.data(), DType.F32, type));
  }

  private static TensorView integers(DType type, int most) {
    byte[] data = new byte[(int) type.byteSize(ROWS * COLUMNS)];
    Random random = new Random(most);
    int bytes = data.length / (ROWS * COLUMNS);
    for (int i = 0; i < data.length; i += bytes) {
      int value = i / 64 % most + random.nextInt(most);
      for (int b = 0; b < Math.min(bytes, Integer.BYTES); b++) {
        data[i + b] = (byte) (value >> (8 * b));
      }
    }
    return new TensorView("t", type, new long[] {ROWS, COLUMNS}, MemorySegment.ofArray(data));
  }

  /** Streams on pictures. */
  static List<byte[]> onPictures() {
    List<byte[]> seeds = new ArrayList<>();
    TensorView floats = tensor(DType.F32);
    TensorEncoder encoder = TensorEncoder.atBits(2.5);
    for (boolean isPlain : new boolean[] {false, true}) {
      for (Effort effort : Effort.values()) {
        seeds.add(encoder.withPlainSamples(isPlain).withEffort(effort).encode(floats));
      }
      seeds.add(encoder.withPlainSamples(isPlain).withMonochrome(true).encode(tensor(DType.BF16)));
      seeds.add(TensorEncoder.atBits(6.5).withPlainSamples(isPlain).encode(tensor(DType.F16)));
      float[] weights = Arrays.copyOf(Seeds.values(COLUMNS), COLUMNS);
      for (int i = 0; i < COLUMNS; i++) {
        weights[i] = 1 + weights[i] * weights[i];
      }
      seeds.add(encoder.withPlainSamples(isPlain).withChannelWeights(weights).encode(floats));
    }
    for (int depth : new int[] {10, 12, 14}) {
      seeds.add(TensorEncoder.atBits(4).withDepth(depth).encode(floats));
    }
    TensorEncoder lossless = TensorEncoder.lossless();
    for (boolean isBypass : new boolean[] {false, true}) {
      for (TensorView tensor : List.of(
          tensor(DType.F16), floats, integers(DType.I8, 60), integers(DType.I16, 900), integers(DType.I32, 70_000),
          integers(DType.BOOL, 1), integers(DType.U64, 1))) {
        seeds.add(lossless.withTransformBypass(isBypass).encode(tensor));
      }
    }
    for (Predictor predictor : Predictor.values()) {
      seeds.add(WrittenExact.predicted(integers(DType.I16, 0x2000), predictor));
    }
    return seeds;
  }

  /** Trellis streams: those of the encoder, and such as no encoder writes. */
  static List<byte[]> ofTrellis() {
    List<byte[]> seeds = new ArrayList<>();
    for (Effort effort : Effort.values()) {
      seeds.add(TensorEncoder.atBits(2.5).withCodec(Codec.TRINITY).withEffort(effort).encode(tensor(DType.F32)));
    }
    seeds.add(TensorEncoder.atMaxError(0.2).withCodec(Codec.TRINITY).encode(tensor(DType.F16)));
    seeds.add(TensorEncoder.lossless().withCodec(Codec.TRINITY).encode(tensor(DType.BF16)));
    seeds.add(TensorEncoder.lossless().withCodec(Codec.TRINITY).encode(integers(DType.I16, 900)));
    for (int seed = 0; seed < WRITTEN_STREAMS; seed++) {
      byte[] stream = AnyTensor.stream(seed);
      if (stream.length <= MOST_WRITTEN_BYTES) {
        seeds.add(stream);
      }
    }
    return seeds;
  }
}
