package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import llm265.h264.encode.H264IntraEncoder;
import llm265.parallel.CommonPool;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;

class H264IntraDecoderTest {
  private static final byte[] UUID = new byte[16];

  /** A stream of our own encoder, which decode itself knows nothing of. */
  private static byte[] stream(int pictures, int slices) {
    PictureFormat format = PictureFormat.of8Bit(64, 64, ChromaFormat.YUV420);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR.withSlicesPerPicture(slices), format);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < pictures; i++) {
      out.writeBytes(Sei.userDataUnregistered(UUID, new byte[] {(byte) i}));
      out.writeBytes(encoder.encode(picture(format, i), 30, i).slices());
    }
    return out.toByteArray();
  }

  private static Picture picture(PictureFormat format, int seed) {
    Picture picture = new Picture(format);
    Random random = new Random(seed);
    for (int plane = 0; plane < 3; plane++) {
      short[] samples = picture.samples(plane);
      for (int i = 0; i < samples.length; i++) {
        samples[i] = (short) (64 + random.nextInt(128));
      }
    }
    return picture;
  }

  private static List<DecodedPicture> decode(byte[] stream, int threads) {
    List<DecodedPicture> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, CommonPool.workers(threads), pictures::add);
    return pictures;
  }

  /** Offsets of the NAL units of a stream, and its length. */
  private static List<NalUnit> nalUnits(byte[] stream) {
    List<NalUnit> units = new ArrayList<>();
    new ByteStream(stream).forEach(units::add);
    return units;
  }

  @Test
  void picturesComeInOrderWithTheirMessagesWhateverTheNumberOfThreads() {
    byte[] stream = stream(9, 2);
    List<DecodedPicture> one = decode(stream, 1);
    assertThat(one).hasSize(9);
    for (int threads = 2; threads <= 4; threads++) {
      List<DecodedPicture> many = decode(stream, threads);
      assertThat(many).hasSize(9);
      for (int i = 0; i < 9; i++) {
        assertThat(many.get(i).index()).isEqualTo(i);
        assertThat(many.get(i).byteOffset()).isEqualTo(one.get(i).byteOffset());
        assertThat(many.get(i).picture().sameSamples(one.get(i).picture())).isTrue();
        assertThat(many.get(i).sei().getFirst().payload()[16]).isEqualTo((byte) i);
        assertThat(many.get(i).slices()).hasSize(2);
      }
    }
  }

  @Test
  void accessUnitsMayComeOneByOneOnceTheParameterSetsAreKnown() {
    byte[] stream = stream(3, 1);
    List<DecodedPicture> whole = decode(stream, 1);
    List<NalUnit> units = nalUnits(stream);
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    List<DecodedPicture> parts = new ArrayList<>();
    int parameterSets = (int) units.get(2).offset() - 4;
    decoder.decode(stream, 0, parameterSets, parts::add);
    assertThat(parts).isEmpty();
    int lastPicture = (int) units.get(6).offset() - 4;
    decoder.decode(stream, lastPicture, stream.length - lastPicture, parts::add);
    assertThat(parts).hasSize(1);
    assertThat(parts.getFirst().picture().sameSamples(whole.get(2).picture())).isTrue();
  }

  @Test
  void unknownNalUnitTypesAreSkipped() {
    byte[] stream = stream(1, 1);
    List<NalUnit> units = nalUnits(stream);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int slice = (int) units.get(3).offset() - 4;
    out.write(stream, 0, slice);
    for (int type : new int[] {12, 13, 14, 15, 19, 20, 24, 31}) {
      RbspWriter writer = new RbspWriter();
      writer.writeBits(16, 0xABCD);
      writer.writeTrailingBits();
      out.writeBytes(writer.toNalUnit(1, type, false));
    }
    out.write(stream, slice, stream.length - slice);
    assertThat(decode(out.toByteArray(), 1)).hasSize(1);
  }

  @Test
  void aPictureWithMissingMacroblocksIsAnErrorWithItsPlace() {
    byte[] stream = stream(1, 2);
    List<NalUnit> units = nalUnits(stream);
    byte[] firstSliceOnly = Arrays.copyOf(stream, (int) units.get(4).offset() - 3);
    assertThatThrownBy(() -> decode(firstSliceOnly, 1))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("8 macroblocks")
        .hasMessageContaining("macroblock 8");
  }

  @Test
  void theSameSliceAgainIsAnotherPicture() {
    byte[] stream = stream(1, 1);
    List<NalUnit> units = nalUnits(stream);
    int slice = (int) units.get(3).offset() - 4;
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(stream);
    twice.write(stream, slice, stream.length - slice);
    List<DecodedPicture> pictures = decode(twice.toByteArray(), 1);
    assertThat(pictures).hasSize(2);
    assertThat(pictures.get(1).picture().sameSamples(pictures.get(0).picture())).isTrue();
  }

  @Test
  void truncatedSliceDataIsAnErrorAtEveryLength() {
    byte[] stream = stream(1, 1);
    int header = (int) nalUnits(stream).get(3).offset() + 8;
    for (int length = header; length < stream.length - 4; length += 7) {
      byte[] cut = Arrays.copyOf(stream, length);
      assertThatThrownBy(() -> decode(cut, 1)).isInstanceOf(MalformedStreamException.class);
    }
  }

  @Test
  void interSlicesAreNamedAsUnsupported() {
    RbspWriter writer = new RbspWriter();
    writer.writeUe(0);
    writer.writeUe(5);
    writer.writeUe(0);
    writer.writeTrailingBits();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(stream(1, 1));
    out.writeBytes(writer.toNalUnit(2, NalUnit.SLICE_NON_IDR, true));
    assertThatThrownBy(() -> decode(out.toByteArray(), 1))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("slice_type")
        .hasMessageContaining("P slice");
  }

  @Test
  void sliceWithoutParameterSetsIsAnError() {
    byte[] stream = stream(1, 1);
    int slice = (int) nalUnits(stream).get(3).offset() - 4;
    byte[] alone = Arrays.copyOfRange(stream, slice, stream.length);
    assertThatThrownBy(() -> decode(alone, 1))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("pic_parameter_set_id");
  }

  @Test
  void limitsAreCheckedBeforeAnythingIsAllocated() {
    byte[] stream = stream(3, 1);
    assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), new DecoderLimits(15, 10, 1 << 20), Workers.CALLER, picture -> { }))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("16 macroblocks");
    assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), new DecoderLimits(16, 2, 1 << 20), Workers.CALLER, picture -> { }))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("more pictures");
    assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), new DecoderLimits(16, 10, 100), Workers.CALLER, picture -> { }))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("limit");
  }

  @Test
  void picturesBeforeAFaultAreDelivered() {
    byte[] stream = stream(4, 1);
    List<NalUnit> units = nalUnits(stream);
    byte[] damaged = stream.clone();
    // The third picture's slice loses its second half.
    NalUnit slice = units.get(7);
    Arrays.fill(damaged, (int) slice.offset() + slice.length() / 2, (int) slice.offset() + slice.length(), (byte) 0);
    for (int threads = 1; threads <= 3; threads++) {
      int count = threads;
      List<DecodedPicture> pictures = new ArrayList<>();
      assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
          MemorySegment.ofArray(damaged), DecoderLimits.DEFAULT, CommonPool.workers(count), pictures::add))
          .isInstanceOf(MalformedStreamException.class)
          .hasMessageContaining("NAL unit 7");
      assertThat(pictures).hasSize(2);
    }
  }
}
