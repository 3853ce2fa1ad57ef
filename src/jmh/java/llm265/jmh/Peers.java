package llm265.jmh;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
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

/** FFmpeg's H.264 decoder and x264, in this process, on one thread, with all that the processor offers. */
final class Peers {
  static {
    avutil.av_log_set_level(avutil.AV_LOG_QUIET);
  }

  private Peers() {}

  /** Decodes a stream and drops its pictures; returns how many there were. */
  static int decodeWithFfmpeg(BytePointer data, int length) {
    AVCodec codec = avcodec.avcodec_find_decoder(avcodec.AV_CODEC_ID_H264);
    AVCodecParserContext parser = avcodec.av_parser_init(avcodec.AV_CODEC_ID_H264);
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    int pictures = 0;
    try (PointerPointer<BytePointer> unit = new PointerPointer<>(1); IntPointer unitLength = new IntPointer(1)) {
      context.thread_count(1);
      check(avcodec.avcodec_open2(context, codec, (AVDictionary) null));
      int position = 0;
      boolean last = false;
      while (!last) {
        last = position == length;
        position += avcodec.av_parser_parse2(
            parser, context, unit, unitLength, data.getPointer(position), length - position, avutil.AV_NOPTS_VALUE,
            avutil.AV_NOPTS_VALUE, 0);
        if (unitLength.get() > 0) {
          packet.data(unit.get(BytePointer.class, 0));
          packet.size(unitLength.get());
          check(avcodec.avcodec_send_packet(context, packet));
          pictures += receive(context, frame);
        }
      }
      check(avcodec.avcodec_send_packet(context, null));
      return pictures + receive(context, frame);
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
      avcodec.av_parser_close(parser);
    }
  }

  private static int receive(AVCodecContext context, AVFrame frame) {
    int pictures = 0;
    while (avcodec.avcodec_receive_frame(context, frame) >= 0) {
      pictures++;
      avutil.av_frame_unref(frame);
    }
    return pictures;
  }

  /**
   * Encodes frames of flat chroma as IDR pictures without deblocking, adaptive quantization or psychovisual tuning.
   *
   * @param luma samples of each frame, {@code size x size}
   * @param preset x264's preset
   * @return the stream
   */
  static byte[] encodeWithX264(byte[][] luma, int size, int qp, String preset) {
    AVCodec codec = avcodec.avcodec_find_encoder_by_name("libx264");
    AVCodecContext context = avcodec.avcodec_alloc_context3(codec);
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    try {
      context.width(size).height(size).pix_fmt(avutil.AV_PIX_FMT_YUV420P).thread_count(1);
      context.time_base().num(1).den(25);
      check(avutil.av_opt_set(context.priv_data(), "preset", preset, 0));
      check(avutil.av_opt_set(
          context.priv_data(), "x264-params", "keyint=1:bframes=0:cabac=1:no-deblock=1:aq-mode=0:psy=0:qp=" + qp, 0));
      check(avcodec.avcodec_open2(context, codec, (AVDictionary) null));
      frame.width(size).height(size).format(avutil.AV_PIX_FMT_YUV420P);
      check(avutil.av_frame_get_buffer(frame, 0));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] flat = new byte[size / 2];
      Arrays.fill(flat, (byte) 128);
      for (int i = 0; i < luma.length; i++) {
        check(avutil.av_frame_make_writable(frame));
        for (int y = 0; y < size; y++) {
          frame.data(0).position((long) y * frame.linesize(0)).put(luma[i], y * size, size);
        }
        for (int y = 0; y < size / 2; y++) {
          frame.data(1).position((long) y * frame.linesize(1)).put(flat, 0, size / 2);
          frame.data(2).position((long) y * frame.linesize(2)).put(flat, 0, size / 2);
        }
        frame.pts(i);
        check(avcodec.avcodec_send_frame(context, frame));
        drain(context, packet, out);
      }
      check(avcodec.avcodec_send_frame(context, null));
      drain(context, packet, out);
      return out.toByteArray();
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(context);
    }
  }

  private static void drain(AVCodecContext context, AVPacket packet, ByteArrayOutputStream out) {
    while (avcodec.avcodec_receive_packet(context, packet) >= 0) {
      byte[] bytes = new byte[packet.size()];
      packet.data().get(bytes);
      out.writeBytes(bytes);
      avcodec.av_packet_unref(packet);
    }
  }

  private static void check(int code) {
    if (code < 0) {
      throw new IllegalStateException("FFmpeg returns " + code);
    }
  }
}
