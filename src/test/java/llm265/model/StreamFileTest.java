package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.tensor.EncodedTensor;
import llm265.tensor.WeightedError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFileTest {
  @TempDir private Path folder;

  private record InMemory(byte[] bytes) implements CodingResult.StoredStream {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public MemorySegment map(Arena arena) {
      return MemorySegment.ofArray(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {12.345678901234567, Double.POSITIVE_INFINITY, Double.NaN})
  void aResultComesBackBitForBit(double snr) throws IOException {
    EncodedTensor encoded = new EncodedTensor(
        1L << 40, 3, snr, 51, 1L << 33, 2, 4, snr > 100 ? null : new WeightedError(0.1, 1e-300), snr > 100);
    Path file = folder.resolve("file");
    CodingResult.Form form = snr > 100 ? CodingResult.Form.PACKED : CodingResult.Form.DELTA;
    StreamFile.write(file, "job \"ü\"", new CodingResult(encoded, new InMemory(new byte[] {1, 2, 3}), form, true));
    CodingResult read = StreamFile.read(file, "job \"ü\"").orElseThrow();
    assertThat(read.encoded()).isEqualTo(encoded);
    assertThat(read.form()).isEqualTo(form);
    assertThat(read.raised()).isTrue();
    assertThat(read.stream().size()).isEqualTo(3);
    try (Arena arena = Arena.ofConfined()) {
      assertThat(read.stream().map(arena).toArray(ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void whatIsOfAnotherJobOrNotIntactIsNotRead() throws IOException {
    Path file = folder.resolve("file");
    StreamFile.write(
        file, "job",
        new CodingResult(EncodedTensor.lossless(8, 50), new InMemory(new byte[50]), CodingResult.Form.STREAM, false));
    byte[] whole = Files.readAllBytes(file);
    assertThat(StreamFile.read(file, "job")).isPresent();
    assertThat(StreamFile.read(file, "another")).isEmpty();
    assertThat(StreamFile.read(folder.resolve("none"), "job")).isEmpty();
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(StreamFile.read(file, "job")).as("%d bytes", length).isEmpty();
    }
    for (int at = 0; at < 50; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      assertThat(StreamFile.read(file, "job")).as("byte %d", at).isEmpty();
    }
  }
}
