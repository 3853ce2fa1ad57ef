package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.dtype.DType;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.syntax.IdrSequence;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.runtime.KvRate.Coding;
import llm265.runtime.transform.KvPart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages on pictures: streams that FFmpeg decodes to samples that the same values come out of. */
class KvStreamTest {
  private static final KvSpec SPEC = KvSpec.of("toy", 2, 4, 32, DType.BF16).withPages(16, 2);

  private static KvCacheWriter written(KvSpec spec, KvRate rate, int tokens) {
    KvCacheWriter writer = KvCodec.of(spec, rate.with(Coding.PICTURES)).newSequence();
    writer.append(KvSamples.view(spec, tokens, 1), 0, tokens);
    writer.seal();
    return writer;
  }

  private static byte[] luma(OraclePicture picture) {
    return picture.planes()[0];
  }

  /** Every picture of a stream gives the values that the reader has. */
  private static void assertSamplesGiveValues(KvCacheReader reader, int layer, KvPart part) {
    KvSpec spec = reader.spec();
    List<OraclePicture> decoded = FfmpegOracle.decode(reader.stream(layer, part));
    List<KvPicture> pictures = reader.pictures(layer, part);
    assertThat(decoded).hasSameSizeAs(pictures);
    for (int i = 0; i < pictures.size(); i++) {
      KvPicture picture = pictures.get(i);
      assertThat(decoded.get(i).width()).isGreaterThanOrEqualTo(48);
      int heads = spec.headsPerCell();
      byte[] expected = new byte[(int) (picture.tokens() * spec.dtype().byteSize((long) heads * spec.dim(part)))];
      byte[] found = expected.clone();
      reader.read(
          layer, part, picture.group() * heads, (picture.group() + 1) * heads, picture.firstToken(),
          picture.firstToken() + picture.tokens(), MemorySegment.ofArray(expected));
      reader.readPicture(picture, luma(decoded.get(i)), MemorySegment.ofArray(found));
      assertThat(found).as("%s", picture).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"BITS, 8, 16, 3", "FIXED_BYTES, 4, 40, 5", "STEP, 12, 16, 0"})
  void samplesOfAnyDecoderGiveTheValues(KvRate.Mode mode, double amount, int pageTokens, int sinks) {
    KvSpec spec = SPEC.withPages(pageTokens, 2).withRaw(sinks, 0);
    KvCacheWriter writer = written(spec, KvRate.of(mode, amount, amount), 150);
    if (sinks > 0) {
      writer.evict(1);
    }
    KvCacheReader reader = KvCacheReader.open(writer.serialise(), spec);
    int cells = 2 * (writer.pages() - (sinks > 0 ? 1 : 0));
    for (KvPart part : KvPart.values()) {
      assertThat(reader.pictures(1, part)).hasSize(cells);
      assertSamplesGiveValues(reader, 1, part);
    }
    assertThat(reader.verify()).isEmpty();
  }

  @Test
  void axesAreLearnedFromPicturesToo() {
    KvSpec spec = SPEC.withLearnedAxes();
    KvCacheReader reader = KvCacheReader.open(written(spec, KvRate.bits(4, 4), 144).serialise(), spec);
    assertSamplesGiveValues(reader, 0, KvPart.KEYS);
  }

  @Test
  void parameterSetsComeOnceAndNeighboursHaveOtherIds() {
    KvCacheReader reader = KvCacheReader.open(written(SPEC, KvRate.bits(3, 3), 144).serialise(), SPEC);
    byte[] stream = reader.stream(0, KvPart.KEYS);
    List<Integer> types = new ArrayList<>();
    List<Integer> firstBytes = new ArrayList<>();
    for (NalUnit unit : new ByteStream(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT)) {
      types.add(unit.nalUnitType());
      if (unit.isIdr()) {
        // first_mb 1, slice_type 0001000, pps 1, frame_num of 4 bits, idr_pic_id 1 or 010
        firstBytes.add(unit.rbsp().data()[1] & 7);
      }
    }
    assertThat(types.subList(0, 4)).containsExactly(7, 8, 6, 5);
    assertThat(types.subList(2, types.size())).doesNotContain(7, 8).hasSize(36);
    for (int i = 1; i < firstBytes.size(); i++) {
      assertThat(firstBytes.get(i)).isNotEqualTo(firstBytes.get(i - 1));
    }
  }

  @Test
  void qualityIsNearThatOfChunks() {
    KvSpec spec = KvSpec.of("toy", 1, 8, 64, DType.BF16);
    KvView view = KvSamples.view(spec, 128, 1);
    double[] snr = new double[2];
    for (Coding coding : Coding.values()) {
      KvCacheWriter writer = KvCodec.of(spec, KvRate.bits(3, 3).with(coding)).newSequence();
      writer.append(view, 0, 128);
      assertThat(writer.statistics().bitsPerValue()).isBetween(2.9, 3.1);
      byte[] rows = new byte[(int) (128 * spec.tokenBytes(KvPart.KEYS))];
      writer.read(0, KvPart.KEYS, 0, 8, 0, 128, MemorySegment.ofArray(rows));
      snr[coding.ordinal()] = KvSamples.snr(
          KvSamples.floats(DType.BF16, KvSamples.rows(spec, view, 0, KvPart.KEYS, 0, 128)),
          KvSamples.floats(DType.BF16, MemorySegment.ofArray(rows)));
    }
    assertThat(snr[Coding.PICTURES.ordinal()]).isBetween(snr[0] - 2, snr[0]);
  }

  @Test
  void whatHasNoPicturesHasNoStream() {
    KvCacheWriter writer = KvCodec.of(SPEC, KvRate.bits(3, 3)).newSequence();
    writer.append(KvSamples.view(SPEC, 144, 1), 0, 144);
    assertThat(writer.stream(0, KvPart.KEYS)).isEmpty();
    assertThat(written(SPEC, KvRate.lossless(), 144).stream(0, KvPart.KEYS)).isEmpty();
    KvCacheWriter pictures = written(SPEC, KvRate.bits(3, 3), 144);
    KvPicture first = pictures.pictures(0, KvPart.KEYS).getFirst();
    assertThatThrownBy(() -> pictures.readPicture(first, new byte[100], MemorySegment.ofArray(new byte[4096])))
        .isInstanceOf(KvCellException.class).hasMessageContaining("has 100 samples");
    assertThatThrownBy(() -> new IdrSequence(new byte[] {0, 0, 1, 5, 1}))
        .hasMessageContaining("no parameter sets");
    KvSpec large = KvSpec.of("toy", 1, 1, 4096, DType.F16).withPages(4096, 1);
    assertThat(KvCodec.unsupported(large, KvRate.bits(3, 3).with(Coding.PICTURES))).isPresent();
  }
}
