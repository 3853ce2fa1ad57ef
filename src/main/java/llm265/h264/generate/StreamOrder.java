package llm265.h264.generate;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;

/**
 * 7.4.1.2 Order of NAL units: the slices of a stream as access units, with what a plan adds: slices in any order, in partitions
 * or sent again as redundant ones, colour planes mixed, delimiters and SEI messages.
 */
final class StreamOrder {
  private final StreamPlan plan;
  private final SyntaxStream stream;
  private final SplittableRandom random;
  private final Random shuffling;

  StreamOrder(StreamPlan plan, SyntaxStream stream) {
    this.plan = plan;
    this.stream = stream;
    random = new SplittableRandom(plan.seed() + 1);
    shuffling = new Random(plan.seed() + 2);
  }

  /** The NAL units of each frame or field, in Annex B form; the same at every call. */
  static List<List<byte[]>> accessUnits(StreamPlan plan, SyntaxStream stream) {
    return new StreamOrder(plan, stream).accessUnits();
  }

  private List<List<byte[]>> accessUnits() {
    int planes = stream.sps().separateColourPlaneFlag() ? 3 : 1;
    boolean delimiters = random.nextInt(4) == 0;
    TimingMessages timing = plan.stress() == Stress.TIMING ? new TimingMessages(stream.sps(), plan.seed() + 4) : null;
    List<List<byte[]>> units = new ArrayList<>();
    for (int i = 0; i < stream.pictures().size(); i += planes) {
      List<Deque<byte[]>> waiting = new ArrayList<>();
      for (SyntaxStream.Coded coded : stream.pictures().subList(i, i + planes)) {
        waiting.add(new ArrayDeque<>(slices(coded)));
      }
      List<byte[]> unit = new ArrayList<>();
      while (!waiting.isEmpty()) {
        Deque<byte[]> plane = waiting.get(random.nextInt(waiting.size()));
        unit.add(plane.remove());
        waiting.removeIf(Deque::isEmpty);
      }
      if (plan.stress() == Stress.EMULATION) {
        unit.addFirst(Sei.userDataUnregistered(new byte[Sei.UUID_BYTES], zeros()));
        if (stream.pictures().get(i).slices().getLast().pps().entropyCodingModeFlag()) {
          unit.add(withZeroWords(unit.removeLast()));
        }
      }
      byte[] message = timing == null ? null : timing.next(stream.pictures().get(i).slices().getFirst().header());
      if (message != null) {
        unit.addFirst(message);
      }
      if (delimiters) {
        unit.addFirst(delimiter());
      }
      unit.set(0, withZeroByte(unit.getFirst()));
      units.add(unit);
    }
    return units;
  }

  private List<byte[]> slices(SyntaxStream.Coded coded) {
    coded.picture().forgetSlices();
    boolean idr = coded.slices().getFirst().header().idrPicFlag();
    List<List<byte[]>> slices = new ArrayList<>();
    for (SliceSyntax slice : coded.slices()) {
      slices.add(plan.has(Tool.PARTITIONS) && !idr && random.nextInt(4) > 0
          ? slice.writePartitions(coded.picture(), stream.sps())
          : List.of(slice.write(coded.picture(), stream.sps())));
    }
    if (plan.has(Tool.ORDER)) {
      Collections.shuffle(slices, shuffling);
    }
    List<byte[]> all = new ArrayList<>();
    slices.forEach(all::addAll);
    if (plan.has(Tool.REDUNDANT)) {
      coded.picture().forgetSlices();
      coded.slices().forEach(slice -> all.add(
          slice.withHeader(redundant(slice.header())).write(coded.picture(), stream.sps())));
    }
    return all;
  }

  private static SliceHeader redundant(SliceHeader header) {
    SliceOpening opening = header.opening();
    return new SliceHeader(
        new SliceOpening(opening.nalRefIdc(), opening.idrPicFlag(), opening.firstMbInSlice(), opening.sliceType(),
            opening.ppsId(), opening.colourPlaneId(), opening.frameNum(), opening.fieldPicFlag(), opening.bottomFieldFlag(),
            opening.idrPicId(), opening.picOrderCntLsb(), 0, 0, 0, 1),
        header.decRefPicMarking(), header.sliceQpY(), header.disableDeblockingFilterIdc(), header.filterOffsetA(),
        header.filterOffsetB(), header.sliceGroupChangeCycle(), 0);
  }

  private byte[] zeros() {
    byte[] bytes = new byte[1 + random.nextInt(60)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(4) == 0 ? random.nextInt(5) : 0);
    }
    return bytes;
  }

  /** cabac_zero_words (7.3.2.10), each with its emulation prevention. */
  private byte[] withZeroWords(byte[] nalUnit) {
    int words = random.nextInt(3);
    byte[] longer = Arrays.copyOf(nalUnit, nalUnit.length + 3 * words);
    for (int i = 0; i < words; i++) {
      longer[nalUnit.length + 3 * i + 2] = 3;
    }
    return longer;
  }

  private static byte[] delimiter() {
    RbspWriter writer = new RbspWriter();
    writer.writeBits(3, 0);
    writer.writeTrailingBits();
    return writer.toNalUnit(0, NalUnit.ACCESS_UNIT_DELIMITER, true);
  }

  /** B.1.2: the first NAL unit of an access unit has a zero_byte. */
  private static byte[] withZeroByte(byte[] nalUnit) {
    if (nalUnit[2] == 0) {
      return nalUnit;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0);
    out.writeBytes(nalUnit);
    return out.toByteArray();
  }
}
