package llm265.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.TensorView;

/**
 * An ONNX model with other values for its tensors, as the bytes of one file. All else stays as it is, field by field: the graph,
 * metadata, and what this program does not know. Values in external files move into the model.
 */
public final class OnnxRewriter {
  /** Protocol buffers end there, and so do arrays. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  private static final int VARINT_BITS = 7;

  private final OnnxReader model;
  private final Function<TensorView, MemorySegment> values;

  /** The messages on the way to tensors. */
  private enum Message {
    MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR;

    /** What a field holds; null for all else. */
    Message of(int field) {
      return switch (this) {
        case MODEL -> field == 7 ? GRAPH : null;
        case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : null;
        case NODE -> field == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE -> field == 5 ? TENSOR : field == 6 || field == 11 ? GRAPH : null;
        case TENSOR -> null;
      };
    }
  }

  /** Bytes in pieces, so that a message of a message is not copied at each level. */
  private static final class Pieces {
    private final List<MemorySegment> pieces = new ArrayList<>();
    private long size;

    void add(MemorySegment piece) {
      pieces.add(piece);
      size += piece.byteSize();
    }

    /** Adds a length-delimited field. */
    void add(int field, Pieces content) {
      add(varint(((long) field << 3) | ProtobufReader.LENGTH_DELIMITED));
      add(varint(content.size));
      pieces.addAll(content.pieces);
      size += content.size;
    }

    private static MemorySegment varint(long value) {
      byte[] bytes = new byte[(Long.SIZE - Long.numberOfLeadingZeros(value | 1) + VARINT_BITS - 1) / VARINT_BITS];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (((value >>> (VARINT_BITS * i)) & 0x7F) | (i < bytes.length - 1 ? 0x80 : 0));
      }
      return MemorySegment.ofArray(bytes);
    }

    byte[] toBytes() {
      byte[] bytes = new byte[(int) size];
      MemorySegment to = MemorySegment.ofArray(bytes);
      long at = 0;
      for (MemorySegment piece : pieces) {
        MemorySegment.copy(piece, 0, to, at, piece.byteSize());
        at += piece.byteSize();
      }
      return bytes;
    }
  }

  private OnnxRewriter(OnnxReader model, Function<TensorView, MemorySegment> values) {
    this.model = model;
    this.values = values;
  }

  /**
   * Writes a model.
   *
   * @param model an open ONNX model
   * @param values gives the values of a tensor, little-endian and as many as it has; null for those that it has
   * @throws IllegalArgumentException if the checkpoint is no ONNX model, or values have another size
   * @throws ModelFormatException if the model would be larger than 2 GiB
   */
  public static byte[] rewrite(Checkpoint model, Function<TensorView, MemorySegment> values) {
    if (!(model.table() instanceof OnnxReader reader)) {
      throw new IllegalArgumentException(model.path() + " is no ONNX model");
    }
    Pieces pieces = new OnnxRewriter(reader, values).copy(Message.MODEL, reader.model());
    if (pieces.size > MOST_BYTES) {
      throw new ModelFormatException(model.path(), "takes " + pieces.size + " bytes as one model, more than 2 GiB");
    }
    return pieces.toBytes();
  }

  private Pieces copy(Message message, MemorySegment bytes) {
    Pieces to = new Pieces();
    for (ProtobufReader fields = new ProtobufReader(model.path(), bytes); fields.next(); ) {
      Message part = fields.wireType() == ProtobufReader.LENGTH_DELIMITED ? message.of(fields.field()) : null;
      if (part == null) {
        to.add(fields.whole());
      } else {
        to.add(fields.field(), part == Message.TENSOR ? tensor(fields.bytes()) : copy(part, fields.bytes()));
      }
    }
    return to;
  }

  private Pieces tensor(MemorySegment bytes) {
    TensorView tensor = model.tensorOf(bytes).orElse(null);
    Pieces to = new Pieces();
    MemorySegment data = tensor == null ? null : values.apply(tensor);
    if (data == null && (tensor == null || !OnnxTensor.isExternal(model.path(), bytes))) {
      to.add(bytes);
      return to;
    }
    if (data != null && data.byteSize() != tensor.byteSize()) {
      throw new IllegalArgumentException(data.byteSize() + " bytes are not those of " + tensor);
    }
    for (ProtobufReader fields = new ProtobufReader(model.path(), bytes); fields.next(); ) {
      if (!OnnxTensor.OF_VALUES.contains(fields.field())) {
        to.add(fields.whole());
      }
    }
    Pieces raw = new Pieces();
    raw.add(data == null ? tensor.data() : data);
    to.add(OnnxTensor.RAW_DATA, raw);
    return to;
  }
}
