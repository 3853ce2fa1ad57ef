package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What h264 decode makes of streams that are not all intra, or not all whole. */
class H264DecodeCommandTest {
  @TempDir private Path folder;

  private static byte[] bytes(List<OraclePicture> pictures) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (OraclePicture picture : pictures) {
      for (byte[] plane : picture.planes()) {
        out.writeBytes(plane);
      }
    }
    return out.toByteArray();
  }

  @Test
  void intraOnlyWritesTheIntraPicturesAndCountsTheOthers() throws IOException {
    byte[] video = StreamCorpus.video(true);
    Path stream = Files.write(folder.resolve("in.264"), video);
    Path out = folder.resolve("out.yuv");
    CommandRun run = CommandRun.of("h264", "decode", stream, "-o", out, "--intra-only", "--threads", "2");
    assertThat(run.status()).isZero();
    assertThat(run.err()).matches("llm265: note: .*in.264: 9 pictures left out: \\d of B slices, \\d of P slices\n");
    List<OraclePicture> frames = FfmpegOracle.decode(video);
    assertThat(Files.readAllBytes(out)).isEqualTo(bytes(List.of(frames.get(0), frames.get(4), frames.get(8))));
  }

  @Test
  void keepGoingWritesWhatIsWholeAndListsTheRest() throws IOException {
    byte[] video = StreamCorpus.video(false);
    List<OraclePicture> frames = FfmpegOracle.decode(video);
    List<NalUnit> idr = new ArrayList<>();
    new ByteStream(video).forEach(unit -> {
      if (unit.isIdr()) {
        idr.add(unit);
      }
    });
    byte[] damaged = video.clone();
    int middle = (int) idr.get(1).offset() + idr.get(1).length() / 2;
    Arrays.fill(damaged, middle, middle + 40, (byte) 0xFF);
    Path stream = Files.write(folder.resolve("in.264"), damaged);
    Path out = folder.resolve("out.yuv");
    assertThat(CommandRun.fail(2, "h264", "decode", stream, "-o", out, "--intra-only"))
        .contains("NAL unit " + idr.get(1).index());
    assertThat(out).doesNotExist();
    for (int threads = 1; threads <= 3; threads++) {
      CommandRun run = CommandRun.of("h264", "decode", stream, "-o", out, "--intra-only", "--keep-going", "--threads", threads);
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.err().lines()).hasSize(3)
          .anyMatch(line -> line.startsWith("llm265: " + stream + ": picture 4: ")
              && line.contains("NAL unit " + idr.get(1).index()))
          .endsWith("llm265: " + stream + ": is damaged; of its pictures 2 are whole, and written");
      assertThat(Files.readAllBytes(out)).isEqualTo(bytes(List.of(frames.get(0), frames.get(8))));
    }
  }

  private static int firstSlice(byte[] stream) {
    for (NalUnit unit : new ByteStream(stream)) {
      if (unit.nalUnitType() <= NalUnit.SLICE_IDR) {
        return (int) unit.offset();
      }
    }
    throw new AssertionError("no slice");
  }

  @Test
  void keepGoingWithoutAnyWholePictureLeavesNoOutput() throws IOException {
    byte[] video = StreamCorpus.video(false);
    Path stream = Files.write(folder.resolve("in.264"), Arrays.copyOf(video, firstSlice(video) + 40));
    Path out = folder.resolve("out.yuv");
    CommandRun run = CommandRun.of("h264", "decode", stream, "-o", out, "--keep-going");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).endsWith("is damaged, and no picture of it is whole\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void withoutTheOptionTheSliceTypeIsNamed() throws IOException {
    Path stream = Files.write(folder.resolve("in.264"), StreamCorpus.video(false));
    assertThat(CommandRun.fail(2, "h264", "decode", stream, "-o", folder.resolve("out.yuv")))
        .contains("P slice in NAL unit of type 1");
    assertThat(folder.resolve("out.yuv")).doesNotExist();
  }
}
