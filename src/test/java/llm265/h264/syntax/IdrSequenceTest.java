package llm265.h264.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.encode.H264IntraEncoder;
import org.junit.jupiter.api.Test;

class IdrSequenceTest {
  private static final PictureFormat FORMAT = PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420);

  @Test
  void slicesAreThoseOfPicturesThatWereCodedAtTheirPlaces() {
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR, FORMAT);
    IdrSequence sequence = new IdrSequence(encoder.parameterSets());
    Random random = new Random(1);
    for (int number = 0; number < 5; number++) {
      Picture picture = new Picture(FORMAT);
      for (int plane = 0; plane < 3; plane++) {
        short[] samples = picture.samples(plane);
        for (int i = 0; i < samples.length; i++) {
          samples[i] = (short) random.nextInt(256);
        }
      }
      byte[] alone = encoder.encode(picture, 20, 0).slices();
      byte[] inPlace = encoder.encode(picture, 20, number).slices();
      // The encoder begins an access unit, with zero_byte; here an SEI NAL unit comes before.
      assertThat(sequence.slice(Arrays.copyOfRange(alone, 4, alone.length), number))
          .isEqualTo(Arrays.copyOfRange(inPlace, 1, inPlace.length));
    }
  }

  @Test
  void whatIsNoIdrPictureOfTheSetsIsRefused() {
    IdrSequence sequence = new IdrSequence(new H264IntraEncoder(EncoderConfig.TENSOR, FORMAT).parameterSets());
    assertThatThrownBy(() -> sequence.slice(new byte[] {0x41, 1, 2, 3}, 0)).isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("nal_unit_type");
    assertThatThrownBy(() -> sequence.slice(new byte[] {0x65, 0}, 0)).isInstanceOf(MalformedStreamException.class);
    assertThatThrownBy(() -> new IdrSequence(new byte[0])).isInstanceOf(MalformedStreamException.class);
  }
}
