package llm265.h264.syntax;

import static llm265.h264.syntax.SyntaxFixtures.bits;
import static llm265.h264.syntax.SyntaxFixtures.reader;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.VideoSignal;
import llm265.h264.VideoSignal.Ratio;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VuiParametersTest {
  @Property(tries = 1000)
  void everyVuiIsReadAsWritten(@ForAll long seed) {
    VuiParameters vui = new SyntaxGenerator(seed).vui();
    RbspWriter writer = new RbspWriter();
    vui.write(writer);
    writer.writeTrailingBits();
    RbspReader reader = reader(writer);
    assertThat(VuiParameters.parse(reader)).isEqualTo(vui);
    assertThat(reader.moreRbspData()).isFalse();
  }

  @Test
  void nothingSentMeansNothingKnown() {
    VuiParameters vui = VuiParameters.parse(bits("0 0 0 0 0 0 0 0 0"));
    assertThat(vui.aspectRatio()).isNull();
    assertThat(vui.signal()).isEqualTo(VideoSignal.UNKNOWN);
    assertThat(vui.bitstreamRestriction()).isNull();
  }

  @Test
  void elementsAreReadInTheOrderOfTheSyntax() {
    VuiParameters vui =
        VuiParameters.parse(
            bits("1 11111111 0000000000000101 0000000000000111" // Extended_SAR 5:7
                + "1 0" // overscan
                + "1 010 1 1 00000001 00000010 00000110" // NTSC, full range, colours 1 2 6
                + "1 011 010" // chroma location 2, 1
                + "1 00000000000000000000000000000001 11111111111111111111111111111111 1"
                + "1 1 0010 0011 00100 00101 1 00000 00001 00010 11111" // one schedule: 3, 4, cbr
                + "0 1" // no VCL HRD, low delay
                + "1" // pic_struct
                + "1 0 011 1 1 1 010 011"));
    assertThat(vui.aspectRatio()).isEqualTo(new VuiParameters.AspectRatio(255, 5, 7));
    assertThat(vui.overscanAppropriateFlag()).isFalse();
    assertThat(vui.videoSignalType())
        .isEqualTo(new VuiParameters.VideoSignalType(2, true, new VuiParameters.ColourDescription(1, 2, 6)));
    assertThat(vui.chromaLocation()).isEqualTo(new VuiParameters.ChromaLocation(2, 1));
    assertThat(vui.timing()).isEqualTo(new VuiParameters.Timing(1, 0xFFFF_FFFFL, true));
    assertThat(vui.nalHrd())
        .isEqualTo(new HrdParameters(2, 3, List.of(new HrdParameters.Schedule(3, 4, true)), 1, 2, 3, 31));
    assertThat(vui.vclHrd()).isNull();
    assertThat(vui.lowDelayHrdFlag()).isTrue();
    assertThat(vui.picStructPresentFlag()).isTrue();
    assertThat(vui.bitstreamRestriction())
        .isEqualTo(new VuiParameters.BitstreamRestriction(false, 2, 0, 0, 0, 1, 2));
  }

  @Test
  void whatIsKnownOfTheSamplesIsReadAsWritten() {
    VideoSignal signal = new VideoSignal(false, 9, 14, 9, 2, new Ratio(40, 33), new Ratio(30_000, 1001));
    VuiParameters vui = VuiParameters.forIntra(signal, 1);
    assertThat(vui.aspectRatio()).isEqualTo(new VuiParameters.AspectRatio(5, 0, 0));
    assertThat(vui.timing()).isEqualTo(new VuiParameters.Timing(1001, 60_000, true));
    assertThat(vui.signal()).isEqualTo(signal);
    VideoSignal extended = signal.withSampleAspectRatio(new Ratio(128, 117));
    assertThat(VuiParameters.forIntra(extended, 1).aspectRatio()).isEqualTo(new VuiParameters.AspectRatio(255, 128, 117));
    assertThat(VuiParameters.forIntra(extended, 1).signal()).isEqualTo(extended);
    assertThat(VuiParameters.forIntra(VideoSignal.UNKNOWN, 1).signal()).isEqualTo(VideoSignal.UNKNOWN);
    assertThat(VuiParameters.forIntra(VideoSignal.UNKNOWN, 1).videoSignalType()).isNull();
  }

  /** A ratio of 0 and one beyond an int say nothing; an odd time_scale is half a frame. */
  @ParameterizedTest
  @CsvSource(
      value = {"1, 50, 25:1", "1001, 60000, 30000:1001", "2, 49, 49:4", "0, 50, -", "1, 0, -", "4294967295, 2, -"},
      nullValues = "-")
  void frameRatesAreTimeScaleOverTwoTicks(long numUnitsInTick, long timeScale, String expected) {
    VuiParameters vui = new VuiParameters(
        null, null, null, null, new VuiParameters.Timing(numUnitsInTick, timeScale, false), null, null, false, false, null);
    assertThat(String.valueOf(vui.signal().frameRate())).isEqualTo(String.valueOf(expected));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "0 0 0 1 00111, chroma_sample_loc_type_top_field",
    "0 0 0 1 1 00111, chroma_sample_loc_type_bottom_field",
    "0 0 0 0 0 1 00000100001, cpb_cnt_minus1",
    "0 0 0 0 0 0 0 0 1 1 000010010, max_bytes_per_pic_denom",
    "0 0 0 0 0 0 0 0 1 1 1 1 1 1 000010010, max_num_reorder_frames",
    "0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 000010010, max_dec_frame_buffering",
  })
  void valuesOutOfRangeAreMalformed(String bits, String element) {
    assertThatThrownBy(() -> VuiParameters.parse(bits(bits + "1111 1111 1111 1111")))
        .isInstanceOfSatisfying(
            MalformedStreamException.class, e -> assertThat(e.syntaxElement()).isEqualTo(element));
  }
}
