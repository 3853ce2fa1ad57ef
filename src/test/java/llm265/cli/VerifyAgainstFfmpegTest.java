package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import llm265.h264.ChromaFormat;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.syntax.SeqParameterSet;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.FfmpegInput;
import llm265.oracle.Mp4Oracle;
import llm265.oracle.StreamCorpus;
import llm265.oracle.StreamUnits;
import llm265.oracle.X264Oracle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** verify --against ffmpeg on streams of which the program makes other samples unless it is asked for those that are coded. */
class VerifyAgainstFfmpegTest {
  @TempDir private Path folder;

  @BeforeEach
  void requireProgram() {
    assumeTrue(FfmpegDecoder.find().isPresent());
  }

  private void assertAgrees(byte[] stream, Object... options) throws IOException {
    Path file = Files.write(folder.resolve("in.264"), stream);
    List<Object> arguments = new ArrayList<>(List.of("verify", file, "--against", "ffmpeg"));
    arguments.addAll(Arrays.asList(options));
    assertThat(CommandRun.succeed(arguments.toArray())).endsWith(", every sample as ffmpeg decodes it\n");
  }

  private static byte[] still(int width, int height, ChromaFormat chroma, String parameters) {
    return X264Oracle.encode(List.of(RandomPictures.of(Content.EDGES, width, height, chroma, 1)), parameters);
  }

  @Test
  void picturesOfAnotherSizeAreNotScaled() throws IOException {
    assertAgrees(StreamUnits.join(
        StreamUnits.split(still(64, 48, ChromaFormat.YUV420, "qp=30")),
        StreamUnits.split(still(32, 80, ChromaFormat.YUV420, "qp=30")),
        StreamUnits.split(still(48, 48, ChromaFormat.YUV420, "qp=30"))));
  }

  @Test
  void picturesOfAnotherFormatAreNotConverted() throws IOException {
    assertAgrees(StreamUnits.join(
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30")),
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV444, 8, "qp=30")),
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV420, 10, "qp=30")),
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.MONOCHROME, 8, "qp=30")),
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:fullrange=on")),
        StreamUnits.split(StreamCorpus.video(true))), "--intra-only");
  }

  @Test
  void aDifferenceInALaterPartIsFound() throws IOException {
    byte[] first = StreamCorpus.stills(ChromaFormat.YUV444, 8, "qp=30");
    byte[] stream = StreamUnits.join(StreamUnits.split(first),
        StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30")));
    List<FfmpegInput> parts = FfmpegInput.partsOf(MemorySegment.ofArray(stream));
    assertThat(parts).hasSize(2);
    assertThat(parts.get(0).to()).isEqualTo(parts.get(1).from()).isGreaterThan(first.length);
    assertAgrees(stream);
  }

  @Test
  void aLeftCropIsNotRounded() throws IOException {
    List<byte[]> units = StreamUnits.split(StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30"));
    List<byte[]> cropped = new ArrayList<>();
    for (byte[] unit : units) {
      cropped.add((unit[0] & 0x1F) == NalUnit.SPS ? cropped(unit) : unit);
    }
    assertAgrees(StreamUnits.join(cropped));
  }

  private static byte[] cropped(byte[] unit) {
    SeqParameterSet sps = SeqParameterSet.parse(
        new NalUnit(MemorySegment.ofArray(unit), 0, unit.length, 0).rbsp().reader());
    PictureFormat format = sps.format();
    RbspWriter writer = new RbspWriter();
    new SeqParameterSet(
        sps.profileIdc(), sps.constraintFlags(), sps.levelIdc(), sps.id(), false, false, null, sps.log2MaxFrameNum(),
        sps.picOrderCnt(),
        sps.maxNumRefFrames(), false, true, false, true,
        new PictureFormat(format.widthInMbs(), format.heightInMbs(), format.chroma(), 8, 8, 2, 4, 6, 8), sps.vui()).write(writer);
    byte[] written = writer.toNalUnit(3, NalUnit.SPS, true);
    return Arrays.copyOfRange(written, 4, written.length);
  }

  /** ffmpeg complains of what we note; the samples are what counts. */
  @Test
  void damageThatIsNotedIsNoDifference() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30");
    byte[] sei = {6, 5, (byte) 162, 1, 2, 3, (byte) 0x80};
    Path file = Files.write(folder.resolve("in.264"), StreamUnits.join(
        StreamUnits.split(stream, StreamUnits::isParameterSet), sei, StreamUnits.split(stream, StreamUnits::isSlice)));
    CommandRun run = CommandRun.of("verify", file, "--against", "ffmpeg");
    assertThat(run.status()).isZero();
    assertThat(run.err().lines()).hasSize(1).first().asString()
        .startsWith("llm265: note: " + file + ": skipped, since no picture needs it: payloadSize: ");
    assertThat(run.out()).endsWith(", every sample as ffmpeg decodes it\n");
  }

  @Test
  void samplesOfAFileAreItsPictures() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");
    List<byte[]> slices = StreamUnits.split(stream, StreamUnits::isSlice).subList(0, 2);
    byte[] thrice = StreamUnits.join(StreamUnits.split(stream, StreamUnits::isParameterSet), slices, slices, slices);
    assertAgrees(Mp4Oracle.mux(thrice, "mp4", false, Map.of("movflags", "frag_every_frame+empty_moov")));
  }
}
