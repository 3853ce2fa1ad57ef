package llm265.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParserContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** FFmpeg's muxers within this process: .mp4 and .mov files around byte streams. */
public final class Mp4Oracle {
  static {
    NativeLog.capture();
  }

  private Mp4Oracle() {}

  /**
   * A file with a byte stream as its video track, one sample an access unit.
   *
   * @param format mp4 or mov
   * @param audio whether a track of audio, of one sample, comes first
   * @param options of the muxer, such as movflags
   */
  public static synchronized byte[] mux(byte[] annexB, String format, boolean audio, Map<String, String> options)
      throws IOException {
    NativeLog.takeErrors();
    Path file = Files.createTempFile("muxed", "." + format);
    AVFormatContext context = new AVFormatContext(null);
    FfmpegOracle.check(
        avformat.avformat_alloc_output_context2(context, (AVOutputFormat) null, format, file.toString()),
        "avformat_alloc_output_context2");
    try {
      if (audio) {
        AVStream sound = avformat.avformat_new_stream(context, null);
        sound.codecpar().codec_type(avutil.AVMEDIA_TYPE_AUDIO).codec_id(avcodec.AV_CODEC_ID_PCM_S16BE).sample_rate(48000);
        sound.codecpar().ch_layout().nb_channels(1);
        avutil.av_channel_layout_default(sound.codecpar().ch_layout(), 1);
        sound.codecpar().bits_per_coded_sample(16).block_align(2);
      }
      OraclePicture first = FfmpegOracle.decodeWithWarts(annexB).getFirst();
      AVStream video = avformat.avformat_new_stream(context, null);
      BytePointer extradata = new BytePointer(avutil.av_mallocz(annexB.length + 64)).capacity(annexB.length + 64);
      extradata.put(annexB, 0, annexB.length);
      video.codecpar().codec_type(avutil.AVMEDIA_TYPE_VIDEO).codec_id(avcodec.AV_CODEC_ID_H264).width(first.width())
          .height(first.height())
          .extradata(extradata).extradata_size(parameterSets(annexB));
      video.time_base().num(1).den(25);
      AVIOContext io = new AVIOContext(null);
      FfmpegOracle.check(avformat.avio_open(io, file.toString(), avformat.AVIO_FLAG_WRITE), "avio_open");
      context.pb(io);
      AVDictionary dictionary = new AVDictionary(null);
      options.forEach((key, value) -> avutil.av_dict_set(dictionary, key, value, 0));
      FfmpegOracle.check(avformat.avformat_write_header(context, dictionary), "avformat_write_header");
      if (audio) {
        writeSound(context);
      }
      writeAccessUnits(annexB, context, video);
      FfmpegOracle.check(avformat.av_write_trailer(context), "av_write_trailer");
      avformat.avio_closep(io);
      List<String> errors = NativeLog.takeErrors();
      if (!errors.isEmpty()) {
        throw new OracleException("muxing: " + String.join("; ", errors));
      }
      return Files.readAllBytes(file);
    } finally {
      avformat.avformat_free_context(context);
      Files.delete(file);
    }
  }

  private static void writeSound(AVFormatContext context) {
    AVPacket packet = avcodec.av_packet_alloc();
    try (BytePointer data = new BytePointer(64L)) {
      data.zero();
      packet.data(data);
      packet.size(2);
      packet.stream_index(0).pts(0).dts(0).duration(1).flags(avcodec.AV_PKT_FLAG_KEY);
      FfmpegOracle.check(avformat.av_write_frame(context, packet), "av_write_frame");
    } finally {
      avcodec.av_packet_free(packet);
    }
  }

  /** Number of bytes before the first slice: avcC takes the parameter sets in them. */
  private static int parameterSets(byte[] annexB) {
    for (int i = 0; i + 3 < annexB.length; i++) {
      int type = annexB[i + 3] & 0x1F;
      if (annexB[i] == 0 && annexB[i + 1] == 0 && annexB[i + 2] == 1 && (type == 1 || type == 5 || type == 6)) {
        return i;
      }
    }
    return annexB.length;
  }

  private static void writeAccessUnits(byte[] annexB, AVFormatContext context, AVStream stream) {
    AVCodecParserContext parser = avcodec.av_parser_init(avcodec.AV_CODEC_ID_H264);
    AVCodecContext codec = avcodec.avcodec_alloc_context3(null);
    AVPacket packet = avcodec.av_packet_alloc();
    try (BytePointer data = new BytePointer(annexB.length + (long) avcodec.AV_INPUT_BUFFER_PADDING_SIZE);
        PointerPointer<BytePointer> unit = new PointerPointer<>(1);
        IntPointer unitLength = new IntPointer(1)) {
      data.zero();
      data.put(annexB, 0, annexB.length);
      long time = 0;
      int position = 0;
      boolean last = false;
      while (!last) {
        last = position == annexB.length;
        position += avcodec.av_parser_parse2(
            parser, codec, unit, unitLength, data.getPointer(position), annexB.length - position, avutil.AV_NOPTS_VALUE,
            avutil.AV_NOPTS_VALUE, 0);
        if (unitLength.get() > 0) {
          packet.data(unit.get(BytePointer.class, 0));
          packet.size(unitLength.get());
          packet.stream_index(stream.index());
          packet.pts(time).dts(time).duration(1);
          avcodec.av_packet_rescale_ts(packet, avutil.av_make_q(1, 25), stream.time_base());
          packet.flags(avcodec.AV_PKT_FLAG_KEY);
          time++;
          FfmpegOracle.check(avformat.av_write_frame(context, packet), "av_write_frame");
        }
      }
    } finally {
      avcodec.av_packet_free(packet);
      avcodec.avcodec_free_context(codec);
      avcodec.av_parser_close(parser);
    }
  }
}
