package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import llm265.checkpoint.SafetensorsReader;
import llm265.checkpoint.file.Checksum;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaTensor;
import llm265.packed.PackedDamage;
import llm265.packed.PackedTensor;
import llm265.tensor.format.TrellisStream;

/** Makes checksums right in the entries of compressed model files. */
final class ModelRepair {
  private static final int DELTA_NAME_AT = 10;
  private static final int DELTA_NUMBERS_BYTES = 3 * Long.BYTES;
  private static final int RANGE_HEAD_BYTES = 6;

  private ModelRepair() {}

  /** Repairs a file in its place, if its tensors can be found. */
  static void repair(Path path) throws IOException {
    byte[] file = Files.readAllBytes(path);
    try (SafetensorsReader reader = SafetensorsReader.open(path)) {
      long at = file.length - reader.tensors().stream().mapToLong(TensorView::byteSize).sum();
      for (TensorView tensor : reader.tensors()) {
        repairEntry(MemorySegment.ofArray(file).asSlice(at, tensor.byteSize()));
        at += tensor.byteSize();
      }
    } catch (ModelFormatException e) {
      return;
    }
    Files.write(path, file);
  }

  private static void repairEntry(MemorySegment entry) {
    if (DeltaTensor.isOne(entry)) {
      repairDelta(entry);
    } else if (PackedTensor.isPacked(entry)) {
      PackedDamage.repair(entry);
    } else if (TrellisStream.isOne(entry)) {
      repairTrellis(entry);
    }
  }

  private static void repairTrellis(MemorySegment stream) {
    byte[] repaired = TrellisMutator.repaired(stream.toArray(LittleEndian.BYTE));
    stream.copyFrom(MemorySegment.ofArray(repaired));
  }

  /** Repairs the checksum of a delta's header, and those of what is behind it: a trellis stream, or blocks of exact ranges. */
  private static void repairDelta(MemorySegment entry) {
    if (entry.byteSize() <= DELTA_NAME_AT) {
      return;
    }
    long numbersAt = DELTA_NAME_AT + 1 + (entry.get(LittleEndian.BYTE, DELTA_NAME_AT) & 0xFF);
    long rangesAt = numbersAt + DELTA_NUMBERS_BYTES;
    if (rangesAt + Integer.BYTES > entry.byteSize()) {
      return;
    }
    long values = entry.get(LittleEndian.LONG, numbersAt);
    long rangeValues = entry.get(LittleEndian.LONG, numbersAt + Long.BYTES);
    long ranges = rangeValues < 1 ? -1 : Math.ceilDiv(values, rangeValues);
    if (ranges < 0 || ranges > (entry.byteSize() - rangesAt - Integer.BYTES) / Long.BYTES) {
      return;
    }
    long crcAt = rangesAt + Long.BYTES * ranges;
    entry.set(LittleEndian.INT, crcAt, Checksum.crc32c(entry.asSlice(0, crcAt)));
    MemorySegment stream = entry.asSlice(crcAt + Integer.BYTES);
    if (TrellisStream.isOne(stream)) {
      repairTrellis(stream);
      return;
    }
    byte[] coded = stream.toArray(LittleEndian.BYTE);
    int at = 0;
    for (int i = 0; i < ranges; i++) {
      int length = entry.get(LittleEndian.INT, rangesAt + Long.BYTES * i + Integer.BYTES);
      if (length < 0 || length > coded.length - at) {
        break;
      }
      repairRange(coded, at, at + length);
      at += length;
    }
    stream.copyFrom(MemorySegment.ofArray(coded));
  }

  /** Repairs the first block of each class of an exact range. */
  private static void repairRange(byte[] coded, int from, int end) {
    int at = from + RANGE_HEAD_BYTES;
    while (at + Integer.BYTES <= end) {
      int length = MemorySegment.ofArray(coded).get(LittleEndian.INT, at);
      at += Integer.BYTES;
      if (length < 0 || length > end - at) {
        return;
      }
      DataBlocksTarget.repair(coded, at, at + length);
      at += length;
    }
  }
}
