package llm265.model.delta;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import llm265.checkpoint.file.Checksum;
import llm265.dtype.DType;
import llm265.dtype.Shape;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.tensor.ElementType;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.format.TensorHeader;

/**
 * A tensor that is told from a base, opened: its header has been read; ranges are decoded on request. SPEC.md, "Deltas".
 *
 * <p>Thread-safe. Whatever the bytes are, only {@link StreamException} is thrown, {@link UnsuitableBaseException} where the base
 * is not the one that they were made with, of another shape or with other values, and what reading the base throws. Each range's
 * values of the base are compared with their checksum before anything is made of them.
 */
public final class DeltaTensor implements RangedTensor {
  private final MemorySegment entry;
  private final DeltaHeader header;
  private final long[] shape;
  private final Supplier<RangedTensor> source;
  private BaseValues base;
  private final TensorStream differences;
  /** Where ranges begin, and the end. */
  private final long[] starts;

  private DeltaTensor(MemorySegment entry, DeltaHeader header, long[] shape, Supplier<RangedTensor> source) {
    this.entry = entry;
    this.header = header;
    this.shape = shape.clone();
    this.source = source;
    starts = new long[header.ranges() + 1];
    starts[0] = header.byteSize();
    for (int i = 0; i < header.ranges(); i++) {
      starts[i + 1] = starts[i] + header.lengths()[i];
    }
    boolean isSum = header.kind() == DeltaHeader.Kind.SUM;
    if (isSum ? starts[header.ranges()] != starts[0] : starts[header.ranges()] != entry.byteSize()) {
      throw DeltaHeader.malformed("length", "the ranges do not end where the delta ends");
    }
    differences = isSum ? differences() : null;
  }

  private TensorStream differences() {
    TensorStream stream = TensorStream.open(entry.asSlice(starts[0]), DecoderLimits.DEFAULT);
    TensorHeader of = stream.header();
    if (of.dtype() != DeltaSum.differenceType(header.type()) || of.framing().values() != header.values()) {
      throw DeltaHeader.malformed("tensor stream", of + " is not what can be added to " + header.type());
    }
    return stream;
  }

  /** Whether bytes begin as a delta does. */
  public static boolean isOne(MemorySegment entry) {
    return DeltaHeader.begins(entry);
  }

  /**
   * Opens a delta.
   *
   * @param entry the whole delta; must stay accessible
   * @param type of the tensor, as the file says
   * @param shape of the tensor, as the file says
   * @param source gives the base's tensor once it is needed
   * @throws StreamException if the delta is damaged, or is of another type or size
   */
  public static DeltaTensor open(MemorySegment entry, DType type, long[] shape, Supplier<RangedTensor> source) {
    DeltaHeader header = DeltaHeader.read(entry);
    long values = Shape.count(shape);
    if (header.type() != type || header.values() != values) {
      throw DeltaHeader.malformed("type", "or the number of values is not that of the tensor");
    }
    if (header.kind() == DeltaHeader.Kind.EXACT && !OrderedPatterns.isPossible(type)
        || header.kind() == DeltaHeader.Kind.SUM && !ElementType.isSampled(type)) {
      throw DeltaHeader.malformed("kind", "is none of those of " + type);
    }
    return new DeltaTensor(entry, header, shape, source);
  }

  /** How values follow from the base's, for people: {@code unchanged}, {@code exact} or {@code sum}. */
  public String kind() {
    return header.kind().name().toLowerCase(Locale.ROOT);
  }

  /** Signal-to-noise ratio of the values in dB, as the encoder says; infinite if there is no error. */
  public double snr() {
    return header.snr();
  }

  private synchronized BaseValues base() {
    if (base == null) {
      base = new BaseValues(source.get(), header.type(), shape);
    }
    return base;
  }

  @Override
  public DType dtype() {
    return header.type();
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public long rangeValues() {
    return header.rangeValues();
  }

  @Override
  public void read(long first, MemorySegment data, Workers workers) {
    long bytesOfOne = header.type().byteSize(header.type().blockValues());
    long count = data.byteSize() / bytesOfOne * header.type().blockValues();
    Objects.checkFromIndexSize(first, count, header.values());
    if (count == 0) {
      return;
    }
    int begin = (int) (first / header.rangeValues());
    int end = (int) ((first + count - 1) / header.rangeValues()) + 1;
    workers.forEachInOrder(
        end - begin,
        i -> {
          long start = (begin + i) * header.rangeValues();
          long from = Math.max(first, start);
          long to = Math.min(first + count, start + header.valuesIn(begin + i));
          MemorySegment target = data.asSlice(bytes(from - first), bytes(to - from));
          if (to - from == header.valuesIn(begin + i)) {
            decode(begin + i, target, workers);
          } else {
            MemorySegment whole = MemorySegment.ofArray(new byte[Math.toIntExact(bytes(header.valuesIn(begin + i)))]);
            decode(begin + i, whole, workers);
            MemorySegment.copy(whole, bytes(from - start), target, 0, target.byteSize());
          }
          return true;
        },
        (i, done) -> { });
  }

  private long bytes(long values) {
    return header.type().byteSize(values);
  }

  private void decode(int range, MemorySegment values, Workers workers) {
    long first = range * header.rangeValues();
    MemorySegment raw = base().read(first, header.valuesIn(range), workers);
    if (Checksum.crc32c(raw) != header.checksums()[range]) {
      throw new UnsuitableBaseException("has other values in the base than in the one that it was compressed with");
    }
    MemorySegment from = base().converted(raw);
    if (header.kind() == DeltaHeader.Kind.SUM) {
      DType type = DeltaSum.differenceType(header.type());
      MemorySegment added = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(header.valuesIn(range)))]);
      differences.decode(first, added, workers);
      DeltaSum.add(header.type(), from, added, values);
    } else if (header.lengths()[range] == 0) {
      MemorySegment.copy(from, 0, values, 0, values.byteSize());
    } else {
      MemorySegment coded = entry.asSlice(starts[range], header.lengths()[range]);
      new ExactRange(header.type()).decode(coded, from, values);
    }
  }

  /** Decodes everything, compares all checksums, and keeps nothing. */
  public void verify(Workers workers) {
    if (differences != null) {
      differences.verify(workers);
    }
    workers.forEachInOrder(
        header.ranges(),
        i -> {
          decode(i, MemorySegment.ofArray(new byte[Math.toIntExact(bytes(header.valuesIn(i)))]), workers);
          return true;
        },
        (i, done) -> { });
  }
}
