package llm265.dtype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockEncoderTest {
  private static byte[] encoded(DType type, float... values) {
    byte[] blocks = new byte[(int) type.byteSize(values.length)];
    BlockEncoder.write(type, values, 0, values.length, blocks, 0);
    return blocks;
  }

  /** Checksums of what the ggml library's references of these types write. */
  @ParameterizedTest
  @CsvSource({"Q4_0, da718efd", "Q5_0, f940a490", "Q8_0, 9d4da082"})
  void blocksAreThoseOfGgml(DType type, String checksum) {
    Random random = new Random(9);
    float[] values = new float[32 * 256];
    for (int i = 0; i < values.length; i++) {
      float uniform = random.nextFloat() - 0.5f;
      values[i] = uniform * uniform * uniform;
    }
    CRC32 crc = new CRC32();
    crc.update(encoded(type, values));
    assertThat(Long.toHexString(crc.getValue())).isEqualTo(checksum);
  }

  /** SNRs of these formats on N(0, 1) in dB. */
  @ParameterizedTest
  @CsvSource({"Q4_0, 21.31", "Q5_0, 27.39", "Q8_0, 45.43"})
  void theErrorIsThatOfTheFormat(DType type, double snr) {
    Random random = new Random(2);
    float[] values = new float[1 << 17];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    float[] decoded = new float[values.length];
    ValueCodec.read(type, MemorySegment.ofArray(encoded(type, values)), 0, decoded, 0, values.length);
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < values.length; i++) {
      signal += (double) values[i] * values[i];
      noise += ((double) values[i] - decoded[i]) * ((double) values[i] - decoded[i]);
    }
    assertThat(10 * Math.log10(signal / noise)).isCloseTo(snr, within(0.08));
  }

  @Test
  void otherTypesAndPartsOfBlocksAreRefused() {
    float[] values = new float[64];
    byte[] blocks = new byte[100];
    assertThatThrownBy(() -> BlockEncoder.write(DType.Q4_K, values, 0, 64, blocks, 0))
        .isInstanceOf(IllegalArgumentException.class).hasMessage("values cannot be written as Q4_K");
    assertThatThrownBy(() -> BlockEncoder.write(DType.Q4_0, values, 0, 33, blocks, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> BlockEncoder.write(DType.Q4_0, values, 1, 64, blocks, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> BlockEncoder.write(DType.Q8_0, values, 0, 64, blocks, 33))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
