package llm265.oracle;

import static org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * FFmpeg's H.264 decoder within this process: a second opinion on every stream.
 *
 * <p>FFmpeg's C code is the reference. Its SSE2 code for the DC levels of Intra_16x16 departs from 8.5.10 by one now and then
 * where LevelScale4x4(qP % 6, 0, 0) * 2^(qP / 6 + 2) is above 32767 but no multiple of 128. That takes a scaling list with a
 * large entry for DC and a QP below 30.
 */
public final class FfmpegOracle {
  static {
    NativeLog.capture();
  }

  /** Planar formats; the last digit of 420, 422 and 444 tells the sampling of chroma. */
  private static final Pattern PIXEL_FORMAT = Pattern.compile("(gray|yuvj?4[24](?<vertical>[024])p)(?<depth>\\d+le)?");

  private FfmpegOracle() {}

  /** As {@link #decode(byte[], boolean)}, by the C code. */
  public static List<OraclePicture> decode(byte[] annexB) {
    return decode(annexB, false);
  }

  /**
   * Decodes an Annex B stream, strictly: any error that FFmpeg returns, flags on a frame or logs is an exception.
   *
   * @param simd whether FFmpeg may use what the processor has
   * @return the pictures in output order
   */
  static List<OraclePicture> decode(byte[] annexB, boolean simd) {
    return decode(annexB, simd, true);
  }

  /**
   * Decodes a stream that FFmpeg has something to say about, such as an unpaired field or inter prediction from a picture that
   * there is not: only what it returns as an error is an exception.
   */
  static List<OraclePicture> decodeWithWarts(byte[] annexB) {
    return decode(annexB, false, false);
  }

  private static synchronized List<OraclePicture> decode(byte[] annexB, boolean simd, boolean strict) {
    NativeLog.takeErrors();
    avutil.av_force_cpu_flags(simd ? -1 : 0);
    AVCodec codec = avcodec.avcodec_find_decoder(avcodec.AV_CODEC_ID_H264);
    AVCodecParserContext parser = avcodec.av_parser_init(avcodec.AV_CODEC_ID_H264);
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    try (BytePointer data = new BytePointer(annexB.length + (long) avcodec.AV_INPUT_BUFFER_PADDING_SIZE)) {
      data.zero();
      data.put(annexB, 0, annexB.length);
      context.thread_count(1);
      // Without this flag a left crop is rounded to what suits aligned loads.
      context.flags(context.flags() | avcodec.AV_CODEC_FLAG_UNALIGNED);
      if (strict) {
        context.err_recognition(
            avcodec.AV_EF_CRCCHECK | avcodec.AV_EF_BITSTREAM | avcodec.AV_EF_BUFFER | avcodec.AV_EF_EXPLODE);
      }
      check(avcodec.avcodec_open2(context, codec, (AVDictionary) null), "avcodec_open2");
      List<OraclePicture> pictures = new ArrayList<>();
      feed(parser, context, packet, frame, data, annexB.length, pictures);
      check(avcodec.avcodec_send_packet(context, null), "draining");
      receive(context, frame, pictures);
      List<String> errors = NativeLog.takeErrors();
      if (strict && !errors.isEmpty()) {
        throw new OracleException("FFmpeg says: " + String.join("; ", errors));
      }
      return pictures;
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
      avcodec.av_parser_close(parser);
    }
  }

  private static void feed(
      AVCodecParserContext parser,
      AVCodecContext context,
      AVPacket packet,
      AVFrame frame,
      BytePointer data,
      int length,
      List<OraclePicture> pictures) {
    try (PointerPointer<BytePointer> unit = new PointerPointer<>(1); IntPointer unitLength = new IntPointer(1)) {
      int position = 0;
      boolean last = false;
      while (!last) {
        last = position == length;
        int used = avcodec.av_parser_parse2(
            parser, context, unit, unitLength, data.getPointer(position), length - position,
            avutil.AV_NOPTS_VALUE, avutil.AV_NOPTS_VALUE, 0);
        check(used, "av_parser_parse2");
        position += used;
        if (unitLength.get() > 0) {
          packet.data(unit.get(BytePointer.class, 0));
          packet.size(unitLength.get());
          check(avcodec.avcodec_send_packet(context, packet), "avcodec_send_packet");
          receive(context, frame, pictures);
        }
      }
    }
  }

  private static void receive(AVCodecContext context, AVFrame frame, List<OraclePicture> pictures) {
    while (true) {
      int code = avcodec.avcodec_receive_frame(context, frame);
      if (code == AVERROR_EAGAIN() || code == avutil.AVERROR_EOF) {
        return;
      }
      check(code, "avcodec_receive_frame");
      if (frame.decode_error_flags() != 0) {
        throw new OracleException("decode_error_flags " + frame.decode_error_flags());
      }
      pictures.add(picture(frame));
      avutil.av_frame_unref(frame);
    }
  }

  private static OraclePicture picture(AVFrame frame) {
    String name = avutil.av_get_pix_fmt_name(frame.format()).getString();
    int width = frame.width();
    int height = frame.height();
    Matcher format = PIXEL_FORMAT.matcher(name);
    if (!format.matches()) {
      throw new OracleException("pixel format " + name);
    }
    int sampleBytes = format.group("depth") == null ? 1 : 2;
    int shiftX = "0".equals(format.group("vertical")) || "2".equals(format.group("vertical")) ? 1 : 0;
    int shiftY = "0".equals(format.group("vertical")) ? 1 : 0;
    byte[][] samples = new byte[name.startsWith("gray") ? 1 : 3][];
    for (int plane = 0; plane < samples.length; plane++) {
      int rowBytes = sampleBytes * (plane == 0 ? width : (width + shiftX) >> shiftX);
      int planeHeight = plane == 0 ? height : (height + shiftY) >> shiftY;
      samples[plane] = new byte[rowBytes * planeHeight];
      BytePointer rows = frame.data(plane);
      for (int y = 0; y < planeHeight; y++) {
        rows.position((long) y * frame.linesize(plane)).get(samples[plane], y * rowBytes, rowBytes);
      }
    }
    return new OraclePicture(width, height, name, samples);
  }

  /** Turns one of FFmpeg's negative results into an exception with its message. */
  static void check(int code, String call) {
    if (code < 0) {
      byte[] text = new byte[avutil.AV_ERROR_MAX_STRING_SIZE];
      avutil.av_strerror(code, text, text.length);
      int end = 0;
      while (end < text.length && text[end] != 0) {
        end++;
      }
      throw new OracleException(
          call + ": " + new String(text, 0, end, StandardCharsets.UTF_8) + " " + NativeLog.takeErrors());
    }
  }
}
