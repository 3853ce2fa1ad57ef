package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import llm265.TensorEncoder;
import llm265.checkpoint.Checkpoint;
import llm265.tensor.Codec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors without pictures, by every command that takes tensors or streams. */
class TrellisCommandsTest {
  @TempDir private Path folder;
  private Path original;
  private Path compressed;

  @BeforeEach
  void compress() throws IOException {
    Random random = new Random(1);
    float[] values = new float[128 * 96];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Path stream = Files.write(
        folder.resolve("source.trinity"), TensorEncoder.atBits(8).withCodec(Codec.TRINITY).encode(values, 128, 96));
    original = folder.resolve("original.safetensors");
    CommandRun.succeed("decompress", stream, "-o", original);
    compressed = folder.resolve("compressed.safetensors");
    CommandRun.succeed("compress", original, "-o", compressed, "--codec", "trinity", "--bits", "3");
  }

  @Test
  void aModelComesBack() throws IOException {
    Path back = folder.resolve("back.safetensors");
    CommandRun.succeed("decompress", compressed, "-o", back);
    try (Checkpoint checkpoint = Checkpoint.open(back)) {
      assertThat(checkpoint.tensors()).singleElement().satisfies(tensor -> assertThat(tensor.count()).isEqualTo(128 * 96));
    }
    assertThat(Files.size(compressed)).isBetween(128L * 96 * 3 / 8 * 9 / 10, 128L * 96 * 3 / 8 * 101 / 100);
    assertThat(CommandRun.succeed("compare", original, back)).containsPattern("1[67]\\.\\d\\d");
    assertThat(CommandRun.succeed("inspect", compressed)).contains("trellis of 16 states");
    assertThat(CommandRun.succeed("inspect", "--json", compressed)).contains("\"codec\" : \"trinity\"");
  }

  @Test
  void streamsAreExtractedUnderTheirOwnName() throws IOException {
    Path stream = folder.resolve("out.trinity");
    CommandRun wrong = CommandRun.of("extract", compressed, "--tensor", "source", "-o", folder.resolve("out.264"));
    assertThat(wrong.status()).isEqualTo(2);
    assertThat(wrong.err()).contains("a tensor stream without pictures", ".trinity");
    CommandRun.succeed("extract", compressed, "--tensor", "source", "-o", stream);
    assertThat(CommandRun.succeed("verify", stream)).isEqualTo(stream + ": the stream is intact\n");
    assertThat(CommandRun.succeed("inspect", stream)).contains("without pictures", "trellis");
    assertThat(CommandRun.succeed("inspect", "--json", stream)).contains("\"nalUnits\" : [ ]");
  }

  @Test
  void commandsForPicturesSayThatThereAreNone() throws IOException {
    Path stream = folder.resolve("out.trinity");
    CommandRun.succeed("extract", compressed, "--tensor", "source", "-o", stream);
    Object[][] commands = {
      {"h264", "decode", stream, "-o", folder.resolve("out.yuv")}, {"inspect", stream, "--trace"},
      {"verify", stream, "--against", "ffmpeg"}
    };
    for (Object[] command : commands) {
      CommandRun run = CommandRun.of(command);
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err()).contains("is a tensor without pictures");
    }
  }

  /** Nothing is fetched where there is nothing to compare, and nothing is claimed. */
  @Test
  void aModelWithoutPicturesIsCheckedByItself() {
    CommandRun run = CommandRun.of("verify", compressed, "--against", "ffmpeg", "--offline");
    assertThat(run.status()).isZero();
    assertThat(run.out()).isEqualTo(compressed + ": the tensor is intact\n");
    assertThat(run.err()).contains("1 tensor without pictures, which ffmpeg does not decode");
  }
}
