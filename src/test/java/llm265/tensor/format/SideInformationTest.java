package llm265.tensor.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import llm265.dtype.DType;
import llm265.h264.ChromaFormat;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.Sei;
import llm265.tensor.ElementType;
import llm265.tensor.TensorFraming;
import llm265.tensor.payload.PayloadWriter;
import llm265.tensor.tools.DroppedLevels;
import llm265.tensor.tools.OutlierList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SideInformationTest {
  private final TensorFraming framing = TensorFraming.of(70, 90);
  private final TensorHeader header =
      new TensorHeader(DType.F16, new long[] {70, 90}, framing, TensorTransforms.NONE, 1, 0.5f, null);
  private final Picture picture = new Picture(framing.pictureFormat(ChromaFormat.YUV420, 8));
  private OutlierList outliers;
  private byte[] sections;

  @BeforeEach
  void write() {
    picture.fill(0, 130);
    outliers = new OutlierList(0);
    outliers.add(3, 0x7C00);
    sections = SideInformation.write(
        new TileInformation(0, -0.5f, 0.25f, outliers), new SideInformation.TileParts(null, null, DroppedLevels.NONE),
        ElementType.F16, framing, picture);
  }

  private SideInformation read(byte[] payload, TensorHeader known) {
    return SideInformation.read(payload, 0, payload.length, known);
  }

  @Test
  void firstTileBringsTheHeader() {
    SideInformation twin = read(SideInformation.withHeader(header, sections), null);

    assertThat(twin.header()).isEqualTo(header);
    assertThat(twin.tile().offset()).isEqualTo(-0.5f);
    assertThat(twin.tile().step()).isEqualTo(0.25f);
    assertThat(twin.tile().outliers().bits(0)).isEqualTo(0x7C00);
    assertThatCode(() -> twin.check(picture)).doesNotThrowAnyException();
  }

  @Test
  void headerMayBeRepeatedButNotChanged() {
    byte[] repeated = SideInformation.withHeader(header, sections);
    assertThatCode(() -> read(repeated, header).check(picture)).doesNotThrowAnyException();

    byte[] changed = SideInformation.withHeader(header.withResult(0.25f, null), sections);
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(changed, header))
        .withMessageContaining("tensor section");
  }

  @Test
  void streamWithoutHeaderIsMalformed() {
    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> read(sections, null))
        .withMessageContaining("tensor section");
  }

  @Test
  void checksumFindsAChangedSample() {
    SideInformation information = read(sections, header);
    picture.samples(0)[picture.samples(0).length - 1]++;

    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> information.check(picture))
        .withMessageContaining("tile 0");
  }

  @Test
  void everyChangedBitIsFound() {
    for (int bit = 0; bit < 8 * sections.length; bit++) {
      byte[] damaged = sections.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));

      assertThatExceptionOfType(RuntimeException.class)
          .isThrownBy(() -> read(damaged, header).check(picture))
          .isInstanceOfAny(MalformedStreamException.class, UnsupportedStreamException.class);
    }
  }

  @Test
  void unknownSectionIsSkippedIfOptionalAndElseNotSupported() {
    PayloadWriter optional = new PayloadWriter();
    optional.varint(1000);
    optional.varint(3);
    optional.bytes(new byte[] {1, 2, 3});
    optional.bytes(sections);
    SideInformation information = read(optional.toByteArray(), header);
    // The checksum covers all sections of the tile, so it differs from the one that was written without the section.
    assertThat(information.tile().tile()).isZero();
    assertThatExceptionOfType(MalformedStreamException.class).isThrownBy(() -> information.check(picture));

    PayloadWriter mandatory = new PayloadWriter();
    mandatory.varint(1001);
    mandatory.varint(0);
    mandatory.bytes(sections);
    assertThatExceptionOfType(UnsupportedStreamException.class)
        .isThrownBy(() -> read(mandatory.toByteArray(), header))
        .withMessageContaining("1001");
  }

  @Test
  void pictureWithoutOurMessageIsMalformed() {
    Sei.Message foreign = new Sei.Message(Sei.USER_DATA_UNREGISTERED, new byte[20]);

    assertThatExceptionOfType(MalformedStreamException.class)
        .isThrownBy(() -> SideInformation.find(List.of(foreign), header));
  }
}
