package llm265.jmh;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import llm265.h264.DecoderLimits;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.encode.H264IntraEncoder;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.javacpp.BytePointer;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.common.model.ColorSpace;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole streams of Gaussian frames, one thread: values a microsecond, that is M values/s, for us and for peers in the same run.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@OperationsPerInvocation(GaussianFrames.VALUES)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class EndToEndBenchmark {
  @Param({"1", "2", "3", "4"})
  public int bits;

  private GaussianFrames frames;
  private H264IntraEncoder encoder;
  private byte[] stream;
  private BytePointer nativeStream;
  private int qp;

  @Setup
  public void encodeOnce() {
    frames = new GaussianFrames();
    encoder = GaussianFrames.encoder();
    qp = GaussianFrames.qp(bits);
    stream = frames.encode(encoder, qp);
    nativeStream = new BytePointer(stream.length + (long) avcodec.AV_INPUT_BUFFER_PADDING_SIZE);
    nativeStream.zero();
    nativeStream.put(stream, 0, stream.length);
    System.out.println(stream.length * 8.0 / GaussianFrames.VALUES + " bits per value");
  }

  @Benchmark
  public int decodeOurs() {
    int[] pictures = new int[1];
    new H264IntraDecoder(DecoderLimits.DEFAULT)
        .decode(stream, 0, stream.length, PictureReceiver.passing(decoded -> pictures[0]++));
    return pictures[0];
  }

  @Benchmark
  public int decodeFfmpeg() {
    return Peers.decodeWithFfmpeg(nativeStream, stream.length);
  }

  @Benchmark
  public int decodeJcodec() {
    H264Decoder decoder = new H264Decoder();
    List<ByteBuffer> parameterSets = new ArrayList<>();
    int pictures = 0;
    for (NalUnit nalUnit : new ByteStream(stream)) {
      ByteBuffer bytes = ByteBuffer.wrap(stream, (int) nalUnit.offset(), nalUnit.length());
      if (nalUnit.nalUnitType() != NalUnit.SLICE_IDR) {
        parameterSets.add(bytes);
        continue;
      }
      List<ByteBuffer> unit = new ArrayList<>(parameterSets);
      unit.add(bytes);
      byte[][] planes = org.jcodec.common.model.Picture.create(
          GaussianFrames.SIZE, GaussianFrames.SIZE, ColorSpace.YUV420J).getData();
      decoder.decodeFrameFromNals(unit, planes);
      parameterSets.clear();
      pictures++;
    }
    return pictures;
  }

  @Benchmark
  public int encodeOurs() {
    return frames.encode(encoder, qp).length;
  }

  @Benchmark
  public int encodeX264Ultrafast() {
    return Peers.encodeWithX264(frames.luma, GaussianFrames.SIZE, qp, "ultrafast").length;
  }

  @Benchmark
  public int encodeX264Veryslow() {
    return Peers.encodeWithX264(frames.luma, GaussianFrames.SIZE, qp, "veryslow").length;
  }
}
