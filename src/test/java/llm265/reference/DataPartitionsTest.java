package llm265.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.syntax.ProfileLevel;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.h264.written.MacroblockSyntax;
import llm265.h264.written.Sets;
import llm265.h264.written.SliceSyntax;
import llm265.h264.written.SyntaxStream;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Slice data partitions of the Extended profile, which FFmpeg knows no more: the same slices whole are what it decodes. */
class DataPartitionsTest {
  private static SyntaxStream extended(long seed, Structure structure) {
    Tools tools = new Tools(ChromaFormat.YUV420, 8, structure, Entropy.CAVLC, false);
    return new RandomStream(seed, tools).withProfile(ProfileLevel.EXTENDED).make();
  }

  /** As it is in a picture that is not IDR, which those with partitions are not. */
  private static SliceHeader notIdr(SliceHeader header, int frame, boolean second) {
    SliceOpening opening = header.opening();
    return new SliceHeader(
        new SliceOpening(opening.nalRefIdc(), false, opening.firstMbInSlice(), opening.sliceType(), opening.ppsId(), 0, frame,
            opening.fieldPicFlag(), opening.bottomFieldFlag(), 0, 2 * frame + (second ? 1 : 0), 0, 0, 0, 0),
        header.decRefPicMarking(), header.sliceQpY(), header.disableDeblockingFilterIdc(), header.filterOffsetA(),
        header.filterOffsetB(), 0, 0);
  }

  private interface Change {
    List<byte[]> of(List<byte[]> partitions);
  }

  /** All slices in partitions, but one in four that is whole. */
  private static byte[] partitioned(SyntaxStream stream, long seed, Change change) {
    Random random = new Random(seed);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Sets.nalUnit(stream.sps()));
    stream.pps().forEach(pps -> out.writeBytes(Sets.nalUnit(pps, stream.sps())));
    int frame = -1;
    for (SyntaxStream.Coded coded : stream.pictures()) {
      boolean second = !coded.slices().getFirst().header().idrPicFlag();
      frame += second ? 0 : 1;
      coded.picture().forgetSlices();
      for (SliceSyntax slice : coded.slices()) {
        SliceSyntax other = slice.withHeader(notIdr(slice.header(), frame, second));
        if (random.nextInt(4) == 0) {
          out.writeBytes(other.write(coded.picture(), stream.sps()));
        } else {
          change.of(other.writePartitions(coded.picture(), stream.sps())).forEach(out::writeBytes);
        }
      }
    }
    return out.toByteArray();
  }

  static byte[] stream(long seed, Structure structure) {
    return partitioned(extended(seed, structure), seed, partitions -> partitions);
  }

  private static void assertSame(byte[] stream, long seed, Structure structure) {
    List<Picture> ours = Samples.decode(stream);
    List<OraclePicture> oracle = FfmpegOracle.decode(extended(seed, structure).write());
    assertThat(ours).hasSameSizeAs(oracle);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(oracle.get(i).firstDifferenceFrom(ours.get(i))).as("picture %d of seed %d", i, seed).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Structure.class)
  void slicesInPartitionsAreThoseSlices(Structure structure) {
    for (long seed = 0; seed < 20; seed++) {
      assertSame(stream(seed, structure), seed, structure);
    }
  }

  private static byte[] partition(int type, int sliceId) {
    RbspWriter writer = new RbspWriter();
    writer.writeUe(sliceId);
    writer.writeBits(20, 0x12345);
    writer.writeTrailingBits();
    return writer.toNalUnit(3, type, false);
  }

  /** Partition C is of inter macroblocks. */
  @Test
  void partitionCIsLeftOut() {
    for (long seed = 0; seed < 10; seed++) {
      byte[] stream = partitioned(extended(seed, Structure.PROGRESSIVE), seed, partitions -> {
        List<byte[]> more = new ArrayList<>(partitions);
        more.add(partition(NalUnit.SLICE_DATA_PARTITION_C, 0));
        return more;
      });
      assertSame(stream, seed, Structure.PROGRESSIVE);
    }
  }

  private static void assertRefused(String element, Change change) {
    SyntaxStream stream = extended(1, Structure.MBAFF);
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> Samples.decode(partitioned(stream, 1, change)))
        .withMessageContaining(element);
  }

  @Test
  void lostPartitionsAreToldOf() {
    assertRefused("slice_data_partition_b_layer_rbsp", partitions -> partitions.subList(0, 1));
    assertRefused("slice_id", partitions -> List.of(partitions.getFirst(), partition(NalUnit.SLICE_DATA_PARTITION_B, 7)));
    assertRefused("slice data partition B", partitions -> partitions.subList(1, 2));
    assertRefused("slice data partition B", partitions -> List.of(partitions.get(0), partitions.get(1), partitions.get(1)));
  }

  /** A slice of prediction alone has nothing for partition B, which need not be sent then. */
  @Test
  void aSliceWithoutResidualNeedsNoPartitionB() {
    SyntaxStream stream = extended(2, Structure.PROGRESSIVE);
    SyntaxStream.Coded coded = stream.pictures().getFirst();
    for (int mbAddr = 0; mbAddr < coded.picture().size(); mbAddr++) {
      MacroblockSyntax mb = new MacroblockSyntax();
      // I_NxN of DC modes alone, coded_block_pattern 0.
      Arrays.fill(mb.intraPredModes, 2);
      coded.picture().mbs[mbAddr] = mb;
    }
    SyntaxStream plain = new SyntaxStream(stream.sps(), stream.pps(), List.of(coded));
    List<Picture> ours = Samples.decode(partitioned(plain, 2, partitions -> partitions.subList(0, 1)));
    List<OraclePicture> oracle = FfmpegOracle.decode(plain.write());
    assertThat(ours).hasSize(1);
    assertThat(oracle.getFirst().firstDifferenceFrom(ours.getFirst())).isEmpty();
  }
}
