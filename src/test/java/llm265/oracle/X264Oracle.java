package llm265.oracle;

import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** x264, and FFmpeg's other encoders, within this process: streams whose encoder knows nothing of our decoder. */
public final class X264Oracle {
  static {
    NativeLog.capture();
  }

  private X264Oracle() {}

  /**
   * Encodes pictures of one format, each an IDR picture.
   *
   * @param parameters x264's options as {@code name=value} between colons, such as {@code qp=20:8x8dct=1:slices=2}
   */
  public static byte[] encode(List<Picture> pictures, String parameters) {
    return encodeVideo(pictures, "keyint=1:bframes=0:" + parameters);
  }

  /** Encodes pictures of one format as a video with P and B pictures, or what else the parameters ask for. */
  public static byte[] encodeVideo(List<Picture> pictures, String parameters) {
    return encode("libx264", pictures, Map.of("preset", "slow", "x264-params", parameters));
  }

  /** The same by any of FFmpeg's encoders, with options by name. */
  static synchronized byte[] encode(String encoder, List<Picture> pictures, Map<String, String> options) {
    NativeLog.takeErrors();
    PictureFormat format = pictures.getFirst().format();
    AVCodec codec = avcodec.avcodec_find_encoder_by_name(encoder);
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    String what = encoder + " with " + options;
    try {
      int pixelFormat = avutil.av_get_pix_fmt(pixelFormat(format));
      context.width(format.width(0)).height(format.height(0)).pix_fmt(pixelFormat).thread_count(1);
      context.time_base().num(1).den(25);
      // Encoders log what they were told and how it went; only FFmpeg's own errors are wanted.
      options.forEach((name, value) ->
          FfmpegOracle.check(avutil.av_opt_set(context, name, value, avutil.AV_OPT_SEARCH_CHILDREN), what));
      FfmpegOracle.check(avcodec.avcodec_open2(context, codec, (AVDictionary) null), "avcodec_open2, " + what);
      frame.width(format.width(0)).height(format.height(0)).format(pixelFormat);
      FfmpegOracle.check(avutil.av_frame_get_buffer(frame, 0), "av_frame_get_buffer");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int i = 0; i < pictures.size(); i++) {
        FfmpegOracle.check(avutil.av_frame_make_writable(frame), "av_frame_make_writable");
        fill(frame, pictures.get(i));
        frame.pts(i);
        FfmpegOracle.check(avcodec.avcodec_send_frame(context, frame), "avcodec_send_frame");
        receive(context, packet, out);
      }
      FfmpegOracle.check(avcodec.avcodec_send_frame(context, null), "draining");
      receive(context, packet, out);
      List<String> errors = NativeLog.takeErrors();
      if (!errors.isEmpty()) {
        throw new OracleException(what + " says: " + String.join("; ", errors));
      }
      return out.toByteArray();
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
    }
  }

  private static String pixelFormat(PictureFormat format) {
    String depth = format.bitDepthLuma() == 8 ? "" : format.bitDepthLuma() + "le";
    return switch (format.chroma()) {
      case MONOCHROME -> "gray" + depth;
      case YUV420 -> "yuv420p" + depth;
      case YUV422 -> "yuv422p" + depth;
      case YUV444 -> "yuv444p" + depth;
    };
  }

  private static void fill(AVFrame frame, Picture picture) {
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      byte[] samples = OraclePicture.plane(picture, plane);
      int height = picture.format().height(plane);
      int rowBytes = samples.length / height;
      BytePointer rows = frame.data(plane);
      for (int y = 0; y < height; y++) {
        rows.position((long) y * frame.linesize(plane)).put(samples, y * rowBytes, rowBytes);
      }
    }
  }

  private static void receive(AVCodecContext context, AVPacket packet, ByteArrayOutputStream out) {
    while (true) {
      int code = avcodec.avcodec_receive_packet(context, packet);
      if (code == AVERROR_EAGAIN() || code == avutil.AVERROR_EOF) {
        return;
      }
      FfmpegOracle.check(code, "avcodec_receive_packet");
      byte[] bytes = new byte[packet.size()];
      packet.data().get(bytes);
      out.writeBytes(bytes);
      avcodec.av_packet_unref(packet);
    }
  }
}
