package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.PictureFormat;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.MacroblockListener;
import llm265.h264.macroblock.Macroblock;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** verify --against a dump: FFmpeg's own pictures pass, and every planted difference is found where it is. */
class VerifyAgainstTest {
  @TempDir private Path folder;

  private static byte[] dump(byte[] stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (OraclePicture picture : FfmpegOracle.decode(stream)) {
      for (byte[] plane : picture.planes()) {
        out.writeBytes(plane);
      }
    }
    return out.toByteArray();
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  /** Which macroblock each sample of each picture is in: painted by 6.4.1, macroblock after macroblock. */
  private static final class Painter implements MacroblockListener {
    private final int width;
    private final int[][] addresses;
    private final boolean fields;
    private int picture;
    private boolean bottomField;

    Painter(PictureFormat format, int pictures, boolean fields) {
      width = format.codedWidth(0);
      addresses = new int[pictures][width * format.codedHeight(0)];
      this.fields = fields;
    }

    @Override
    public void begin(int pictureIndex, boolean isBottomField, int colourPlane) {
      picture = pictureIndex;
      bottomField = isBottomField;
    }

    @Override
    public void macroblock(Macroblock mb, int sliceIndex) {
      // (6-5) to (6-10)
      int yM = mb.mbFieldDecodingFlag ? mb.mbY / 2 * 32 + mb.mbAddr % 2 : 16 * mb.mbY;
      for (int y = 0; y < 16; y++) {
        int row = yM + (mb.mbFieldDecodingFlag ? 2 * y : y);
        int frameRow = fields ? 2 * row + (bottomField ? 1 : 0) : row;
        Arrays.fill(addresses[picture], frameRow * width + 16 * mb.mbX, frameRow * width + 16 * mb.mbX + 16, mb.mbAddr);
      }
    }
  }

  private void plantAndFind(byte[] stream, boolean fields, int count) throws IOException {
    Path input = file("in.264", stream);
    byte[] good = dump(stream);
    List<DecodedPicture> pictures = new ArrayList<>();
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.decode(stream, 0, stream.length, pictures::add);
    PictureFormat format = pictures.getFirst().picture().format();
    Painter painter = new Painter(format, pictures.size(), fields);
    decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
    decoder.setMacroblockListener(painter);
    decoder.decode(stream, 0, stream.length, picture -> { });
    Path dump = file("dump.yuv", good);
    assertThat(CommandRun.succeed("verify", input, "--against", dump))
        .isEqualTo(input + ": the stream is intact, every sample as in " + dump + "\n");
    Random random = new Random(9);
    int sampleBytes = format.bitDepthLuma() > 8 ? 2 : 1;
    int pictureBytes = good.length / pictures.size();
    for (int i = 0; i < count; i++) {
      int picture = random.nextInt(pictures.size());
      int plane = random.nextInt(format.planes());
      int x = random.nextInt(format.width(plane));
      int y = random.nextInt(format.height(plane));
      int at = picture * pictureBytes + sampleBytes * (y * format.width(plane) + x);
      for (int before = 0; before < plane; before++) {
        at += sampleBytes * format.width(before) * format.height(before);
      }
      byte[] planted = good.clone();
      planted[at] ^= 1;
      // One more, behind it
      planted[planted.length - sampleBytes] ^= at == planted.length - sampleBytes ? 0 : (byte) 2;
      CommandRun run = CommandRun.of("verify", input, "--against", file("dump.yuv", planted), "--threads", 1 + i % 3);
      assertThat(run.status()).isEqualTo(1);
      String colour = List.of("luma", "Cb", "Cr").get(plane);
      int lumaX = format.left(0) + x * format.width(0) / format.width(plane);
      int lumaY = lumaRow(format, plane, y, fields || pictures.getFirst().sps().mbAdaptiveFrameFieldFlag());
      int address = painter.addresses[picture][lumaY * format.codedWidth(0) + lumaX];
      int ours = (good[at] & 0xFF) + (sampleBytes == 2 ? (good[at + 1] & 0xFF) << 8 : 0);
      assertThat(run.err()).contains("picture " + picture + " at byte ")
          .contains(", " + colour + " sample " + x + "," + y + " in macroblock " + address + " at ")
          .contains(": ours " + ours + ", in " + dump + " " + (ours ^ 1) + "; ")
          .contains(at == planted.length - sampleBytes ? "; 1 sample in 1 of" : "; 2 samples in ");
      assertThat(run.err().lines()).hasSize(1);
      assertThat(run.out()).startsWith("macroblock " + address + " at ").contains("mb_type ", ", QPY ");
      assertTracePointsAt(run.out(), input, pictures.get(picture), address);
    }
  }

  /** The last line is a command that traces the macroblock: in its picture, and with its mb_type. */
  private static void assertTracePointsAt(String out, Path input, DecodedPicture picture, int address) {
    String command = "its bits: llm265 inspect " + input + " --trace --picture " + picture.index() + " --mb " + address;
    assertThat(out.lines().toList().getLast()).isEqualTo(command);
    String trace = CommandRun.succeed("inspect", input, "--trace", "--picture", picture.index(), "--mb", address);
    assertThat(trace).contains(out.contains("I_PCM") ? "pcm_" : "mb_type");
  }

  /** The luma row whose macroblock a row of a plane belongs to; of interlaced rows one of the same parity. */
  private static int lumaRow(PictureFormat format, int plane, int y, boolean interlaced) {
    int ratio = format.height(0) / format.height(plane);
    int coded = y + format.top(plane);
    return interlaced ? coded / 2 * 2 * ratio + (coded & 1) : coded * ratio;
  }

  @ParameterizedTest
  @CsvSource({
      "YUV420, 8, slices=3:qp=20", "YUV420, 8, cabac=0:qp=30", "YUV444, 8, qp=24", "YUV422, 10, qp=30", "YUV420, 10, qp=15"})
  void plantedDifferencesAreFoundInFrames(ChromaFormat chroma, int bitDepth, String parameters) throws IOException {
    plantAndFind(StreamCorpus.stills(chroma, bitDepth, parameters), false, 12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qp=22:tff=1", "qp=35:tff=1:cabac=0"})
  void plantedDifferencesAreFoundInMbaffFrames(String parameters) throws IOException {
    plantAndFind(StreamCorpus.stills(ChromaFormat.YUV420, 8, parameters), false, 20);
    plantAndFind(StreamCorpus.stills(ChromaFormat.YUV422, 8, parameters), false, 10);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void plantedDifferencesAreFoundInFields(boolean bottomFirst) throws IOException {
    plantAndFind(StreamCorpus.fieldPair(bottomFirst), true, 24);
  }

  @Test
  @Tag("long")
  void manyPlantedDifferencesAreFound() throws IOException {
    for (String parameters : new String[] {"slices=3:qp=20", "cabac=0:qp=30", "qp=22:tff=1", "qp=35:tff=1:cabac=0"}) {
      for (ChromaFormat chroma : new ChromaFormat[] {ChromaFormat.YUV420, ChromaFormat.YUV422}) {
        plantAndFind(StreamCorpus.stills(chroma, 8, parameters), false, 200);
      }
    }
    for (boolean bottomFirst : new boolean[] {false, true}) {
      plantAndFind(StreamCorpus.fieldPair(bottomFirst), true, 200);
    }
  }

  @Test
  void theMacroblocksSyntaxStandsBesideIt() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=20:8x8dct=1");
    byte[] dump = dump(stream);
    StringBuilder all = new StringBuilder();
    for (int mb = 0; mb < 12; mb++) {
      byte[] planted = dump.clone();
      planted[48 * 16 * (mb / 3) + 16 * (mb % 3)]++;
      String out = CommandRun.of("verify", file("in.264", stream), "--against", file("dump.yuv", planted)).out();
      assertThat(out).startsWith("macroblock " + mb + " at " + 16 * (mb % 3) + "," + 16 * (mb / 3) + ", slice 0\n  mb_type ")
          .contains("coded_block_pattern ", "transform_size_8x8_flag ", "intra_chroma_pred_mode ");
      all.append(out);
    }
    assertThat(all).contains("PredMode ", "luma ", "Cb DC levels ", " levels ");
  }

  @ParameterizedTest
  @CsvSource({
      "-1, 'ends early: it has 2 pictures and 4607 bytes of the next, ours has 3 pictures, 1 bytes are missing'",
      "-4608, 'ends early: it has 2 pictures, ours has 3 pictures, 4608 bytes are missing'",
      "-13824, 'ends early: it has 0 pictures, ours has 3 pictures, 13824 bytes are missing'",
      "5, 'goes on after our 3 pictures with 5 bytes more'"})
  void aDumpOfWrongSizeIsToldAsSuch(int bytesMore, String problem) throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30");
    byte[] dump = dump(stream);
    Path file = file("dump.yuv", Arrays.copyOf(dump, dump.length + bytesMore));
    assertThat(CommandRun.fail(1, "verify", file("in.264", stream), "--against", file)).endsWith(file + " " + problem);
  }

  private static byte[] y4m(byte[] samples, int pictureBytes, String header) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("YUV4MPEG2 " + header + "\n").getBytes(StandardCharsets.US_ASCII));
    for (int at = 0; at < samples.length; at += pictureBytes) {
      out.writeBytes("FRAME\n".getBytes(StandardCharsets.US_ASCII));
      out.write(samples, at, pictureBytes);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"YUV420, 8, C420jpeg", "YUV420, 8, C420mpeg2", "YUV422, 10, C422p10", "YUV444, 8, C444", "MONOCHROME, 8, C420jpeg",
      "MONOCHROME, 10, C420p10"})
  void y4mFilesAreDumpsWhateverTheirName(ChromaFormat chroma, int bitDepth, String colour) throws IOException {
    byte[] stream = StreamCorpus.stills(chroma, bitDepth, "qp=30");
    Path input = file("in.264", stream);
    byte[] dump = dump(stream);
    Path file = file("dump.yuv", y4m(dump, dump.length / 3, "W48 H64 F25:1 Ip A1:1 " + colour));
    assertThat(CommandRun.succeed("verify", input, "--against", file)).contains("every sample");
    dump[dump.length / 3] ^= 1;
    file("dump.yuv", y4m(dump, dump.length / 3, "W48 H64 F25:1 Ip A1:1 " + colour));
    assertThat(CommandRun.of("verify", input, "--against", file).err())
        .contains("picture 1 at byte ", "luma sample 0,0 in macroblock 0 at 0,0");
    file("dump.yuv", y4m(Arrays.copyOf(dump, 4 * dump.length / 3), dump.length / 3, "W48 H64 " + colour));
    assertThat(CommandRun.of("verify", input, "--against", file).err())
        .contains("goes on after our 3 pictures with 1 picture more");
    file("dump.yuv", y4m(dump, dump.length / 3, "W48 H32 " + colour));
    assertThat(CommandRun.fail(2, "verify", input, "--against", file)).contains("has pictures of 48x32, ours are 48x64");
    file("dump.yuv", y4m(dump, dump.length / 3, "W48 H64 C410"));
    assertThat(CommandRun.fail(2, "verify", input, "--against", file)).contains("has colour space C410");
  }

  /**
   * FFmpeg makes 4:2:0 of monochrome pictures; its chroma counts for nothing, and luma alone passes too, with or without header.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 10})
  void chromaThatFfmpegAddsIsPassedOver(int bitDepth) throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.MONOCHROME, bitDepth, "qp=30");
    Path input = file("in.264", stream);
    byte[] colour = dump(stream);
    int luma = 48 * 64 * (bitDepth > 8 ? 2 : 1);
    byte[] gray = new byte[3 * luma];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(colour, i * luma * 3 / 2, gray, i * luma, luma);
    }
    assertThat(CommandRun.succeed("verify", input, "--against", file("dump.yuv", gray))).contains("every sample");
    byte[] grayVideo = y4m(gray, luma, "W48 H64 C" + (bitDepth > 8 ? "mono10" : "mono"));
    assertThat(CommandRun.succeed("verify", input, "--against", file("dump.y4m", grayVideo))).contains("every sample");
    assertThat(CommandRun.succeed("verify", input, "--against", file("dump.yuv", colour))).contains("every sample");
    colour[2 * luma * 3 / 2 + 10] ^= 1;
    assertThat(CommandRun.of("verify", input, "--against", file("dump.yuv", colour)).err())
        .contains("picture 2 ", "luma sample " + (bitDepth > 8 ? 5 : 10) + ",0");
  }

  @Test
  void anotherStreamIsDecodedAndCompared() throws IOException {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:cabac=0");
    Path input = file("in.264", StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30"));
    Path same = file("same.264", stream);
    assertThat(CommandRun.succeed("verify", same, "--against", same).isEmpty()).isFalse();
    CommandRun run = CommandRun.of(
        "verify", input, "--against", file("other.264", StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=31")));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("picture 0 at byte ", "in macroblock 0 at 0,0");
    assertThat(CommandRun.fail(
        2, "verify", input, "--against", file("other.264", StreamCorpus.stills(ChromaFormat.YUV422, 8, "qp=31"))))
        .contains("48x64 YUV422, 8 bits, ours is 48x64 YUV420, 8 bits");
    assertThat(CommandRun.fail(2, "verify", input, "--against", file("other.264", Arrays.copyOf(stream, stream.length - 9))))
        .contains("other.264: ").contains("NAL unit ");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void intraPicturesOfAVideoAreCompared(boolean openGroups) throws IOException {
    Path input = file("in.264", StreamCorpus.video(openGroups));
    assertThat(CommandRun.fail(1, "verify", input)).contains(" slice in NAL unit of type 1")
        .endsWith("; --intra-only checks only the I pictures");
    // By FFmpeg's own frames: of each four the first, but the last where groups are open.
    List<OraclePicture> frames = FfmpegOracle.decode(StreamCorpus.video(openGroups));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < frames.size(); i += 4) {
      for (byte[] plane : frames.get(i).planes()) {
        out.writeBytes(plane);
      }
    }
    byte[] dump = out.toByteArray();
    String intact = input + ": the pictures that have only I slices are intact";
    assertThat(CommandRun.succeed("verify", input, "--intra-only")).isEqualTo(intact + "\n");
    assertThat(CommandRun.succeed("verify", input, "--intra-only", "--against", file("dump.yuv", dump)))
        .startsWith(intact + ", every");
    assertThat(CommandRun.succeed("verify", input, "--intra-only", "--against", input)).startsWith(intact + ", every");
    if (FfmpegDecoder.find().isPresent()) {
      assertThat(CommandRun.succeed("verify", input, "--intra-only", "--against", "ffmpeg")).startsWith(intact + ", every");
    }
    dump[dump.length - 1] ^= 1;
    CommandRun run = CommandRun.of("verify", input, "--intra-only", "--against", file("dump.yuv", dump));
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("picture 2 at byte ", "Cr sample 23,15 in macroblock 5 ");
    String trace = run.out().lines().toList().getLast().substring("its bits: llm265 ".length());
    assertThat(CommandRun.succeed((Object[]) trace.split(" "))).contains("mb_type");
  }

  @Test
  void ffmpegAgreesAndIsToldOnce() throws IOException {
    assumeTrue(FfmpegDecoder.find().isPresent());
    for (byte[] stream : List.of(StreamCorpus.stills(ChromaFormat.YUV422, 10, "qp=30"), StreamCorpus.fieldPair(true))) {
      assertThat(CommandRun.succeed("verify", file("in.264", stream), "--against", "ffmpeg"))
          .endsWith("every sample as ffmpeg decodes it\n");
    }
  }
}
