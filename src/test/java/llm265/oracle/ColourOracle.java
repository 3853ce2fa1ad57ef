package llm265.oracle;

import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** How FFmpeg takes the samples of streams: what it reads in their VUI parameters, and which colours it shows. */
public final class ColourOracle {
  private static final int ONE = 1 << 16;

  static {
    NativeLog.capture();
  }

  private ColourOracle() {}

  /** What FFmpeg says of a stream, in its own constants, which are those of the standard; ratios as 30000/1001. */
  public record Signal(
      boolean rangeKnown, boolean fullRange, int primaries, int transfer, int matrix, int chromaSampleLocType,
      String sampleAspectRatio, String frameRate) {}

  /** What FFmpeg finds of the first picture of a stream of one. */
  public static synchronized Signal signal(byte[] annexB) {
    AVCodec codec = avcodec.avcodec_find_decoder(avcodec.AV_CODEC_ID_H264);
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    try (BytePointer data = new BytePointer(annexB.length + (long) avcodec.AV_INPUT_BUFFER_PADDING_SIZE)) {
      data.zero();
      data.put(annexB, 0, annexB.length);
      FfmpegOracle.check(avcodec.avcodec_open2(context, codec, (AVDictionary) null), "avcodec_open2");
      packet.data(data);
      packet.size(annexB.length);
      FfmpegOracle.check(avcodec.avcodec_send_packet(context, packet), "avcodec_send_packet");
      FfmpegOracle.check(avcodec.avcodec_send_packet(context, null), "draining");
      FfmpegOracle.check(avcodec.avcodec_receive_frame(context, frame), "avcodec_receive_frame");
      return new Signal(
          frame.color_range() != avutil.AVCOL_RANGE_UNSPECIFIED, frame.color_range() == avutil.AVCOL_RANGE_JPEG,
          frame.color_primaries(), frame.color_trc(), frame.colorspace(), frame.chroma_location() - avutil.AVCHROMA_LOC_LEFT,
          frame.sample_aspect_ratio().num() + "/" + frame.sample_aspect_ratio().den(),
          context.framerate().num() + "/" + context.framerate().den());
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
    }
  }

  /**
   * Red, green and blue of planar samples, with chroma repeated, not interpolated.
   *
   * @param matrixCoefficients one of those that FFmpeg knows
   * @param deep whether to 16 bits a sample
   */
  public static synchronized int[] rgb(OraclePicture picture, int matrixCoefficients, boolean fullRange, boolean deep) {
    int width = picture.width();
    int height = picture.height();
    int from = avutil.av_get_pix_fmt(picture.pixelFormat());
    int to = deep ? avutil.AV_PIX_FMT_RGB48LE : avutil.AV_PIX_FMT_RGB24;
    SwsContext context = swscale.sws_getContext(
        width, height, from, width, height, to, swscale.SWS_POINT | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT,
        (SwsFilter) null, (SwsFilter) null, (DoublePointer) null);
    AVFrame source = frame(width, height, from);
    AVFrame target = frame(width, height, to);
    try {
      FfmpegOracle.check(swscale.sws_setColorspaceDetails(
          context, swscale.sws_getCoefficients(matrixCoefficients), fullRange ? 1 : 0,
          swscale.sws_getCoefficients(swscale.SWS_CS_DEFAULT), 1, 0, ONE, ONE), "sws_setColorspaceDetails");
      for (int plane = 0; plane < picture.planes().length; plane++) {
        byte[] bytes = picture.planes()[plane];
        int rows = plane > 0 && picture.pixelFormat().contains("420") ? (height + 1) / 2 : height;
        int rowBytes = bytes.length / rows;
        for (int y = 0; y < rows; y++) {
          source.data(plane).position((long) y * source.linesize(plane)).put(bytes, y * rowBytes, rowBytes);
        }
      }
      FfmpegOracle.check(swscale.sws_scale(
          context, new PointerPointer<>(source.data(0), source.data(1), source.data(2), source.data(3)),
          new IntPointer(source.linesize(0), source.linesize(1), source.linesize(2), source.linesize(3)), 0, height,
          new PointerPointer<>(target.data(0), target.data(1), target.data(2), target.data(3)),
          new IntPointer(target.linesize(0), 0, 0, 0)), "sws_scale");
      return samples(target, width, height, deep ? 2 : 1);
    } finally {
      swscale.sws_freeContext(context);
      avutil.av_frame_free(source);
      avutil.av_frame_free(target);
    }
  }

  private static AVFrame frame(int width, int height, int pixelFormat) {
    AVFrame frame = avutil.av_frame_alloc();
    frame.width(width);
    frame.height(height);
    frame.format(pixelFormat);
    FfmpegOracle.check(avutil.av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
    return frame;
  }

  private static int[] samples(AVFrame frame, int width, int height, int sampleBytes) {
    int[] samples = new int[3 * width * height];
    byte[] row = new byte[3 * width * sampleBytes];
    for (int y = 0; y < height; y++) {
      frame.data(0).position((long) y * frame.linesize(0)).get(row, 0, row.length);
      for (int i = 0; i < 3 * width; i++) {
        samples[3 * width * y + i] = sampleBytes == 1 ? row[i] & 0xFF : row[2 * i] & 0xFF | ((row[2 * i + 1] & 0xFF) << 8);
      }
    }
    return samples;
  }
}
