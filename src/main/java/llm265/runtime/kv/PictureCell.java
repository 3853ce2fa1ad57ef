package llm265.runtime.kv;

import java.util.Arrays;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * Cells whose body is a tensor stream of their coefficients: H.264 pictures that any decoder plays. SPEC.md, "Cells".
 */
public final class PictureCell {
  /** What is tried of a bound, one after the other. */
  private static final double[] SHARES = {1, 0.985, 0.96, 0.9, 0.8};

  private PictureCell() {}

  /**
   * The stream in a body, which begins at its first start code; null where it has none.
   *
   * @param tokens of the cell
   */
  public static byte[] stream(CellFormat format, byte[] body, int tokens) {
    if (body.length == 0 || (body[0] & 7) != CellFormat.PICTURES) {
      return null;
    }
    PayloadReader in = new PayloadReader(body, 1, body.length);
    if ((body[0] & CellFormat.EXACT_FLAG) != 0) {
      ExactValues.read(format, in, format.values(tokens));
    }
    return in.bytes("tensor_stream", in.remaining());
  }

  /** Encodes coefficients; null where they do not fit. */
  static byte[] encode(float[] rows, int channels, int tokens, ExactValues exact, CellTarget target) {
    float[] values = Arrays.copyOf(rows, channels * tokens);
    PayloadWriter out = new PayloadWriter();
    out.u8(CellFormat.PICTURES | (exact.isEmpty() ? 0 : CellFormat.EXACT_FLAG));
    exact.write(out);
    byte[] stream = switch (target) {
      case CellTarget.Most most -> atMost(values, channels, tokens, most.most() - out.length());
      case CellTarget.About about -> atBytes(about.bytes() - out.length(), values.length).encode(values, tokens, channels);
      case CellTarget.Snr snr -> TensorEncoder.atSnr(Math.clamp(snr.decibels(), 0, 100)).encode(values, tokens, channels);
      case CellTarget.Lossless _, CellTarget.Step _ -> null;
    };
    if (stream == null) {
      return null;
    }
    out.bytes(stream);
    return out.toByteArray();
  }

  private static TensorEncoder atBytes(double bytes, int values) {
    return TensorEncoder.atBits(Math.clamp(8 * bytes / values, 0.01, 16));
  }

  private static byte[] atMost(float[] values, int channels, int tokens, int most) {
    for (double share : SHARES) {
      byte[] stream = atBytes(share * most, values.length).encode(values, tokens, channels);
      if (stream.length <= most) {
        return stream;
      }
    }
    return null;
  }

  static void decode(CellFormat format, PayloadReader in, int tokens, float[] rows) {
    byte[] stream = in.bytes("tensor_stream", in.remaining());
    try {
      TensorDecoder decoder = TensorDecoder.open(stream);
      if (!Arrays.equals(decoder.info().shape(), new long[] {tokens, format.channels()})) {
        throw PayloadReader.malformed("tensor_stream", "is not of the cell's tokens and channels");
      }
      float[] decoded = decoder.decode();
      System.arraycopy(decoded, 0, rows, 0, decoded.length);
    } catch (MalformedStreamException e) {
      throw e;
    } catch (StreamException e) {
      throw PayloadReader.malformed("tensor_stream", e.getMessage());
    }
  }
}
