package llm265.h264.generate;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.parallel.Workers;

/**
 * The samples of a stream, as the decoder makes them, in MD5: cropped planes Y, Cb, Cr, one byte a sample, two with the least
 * significant first where a plane has more than 8 bits; luma alone in monochrome.
 */
final class ExpectedSamples implements PictureReceiver {
  private final MessageDigest all = md5();
  private final List<GeneratedStream.OutputPicture> pictures = new ArrayList<>();
  private String pixelFormat = "";
  private boolean touchesAnEnd;
  private StreamException fault;

  /** Decodes a stream, up to its fault if it has one. */
  static ExpectedSamples of(byte[] stream) {
    ExpectedSamples samples = new ExpectedSamples();
    try {
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, Workers.CALLER, samples);
    } catch (StreamException e) {
      samples.fault = e;
    }
    return samples;
  }

  @Override
  public void picture(DecodedPicture decoded) {
    Picture picture = decoded.picture();
    byte[] samples = new byte[picture.croppedBytes()];
    picture.writeCropped(samples, 0);
    all.update(samples);
    pictures.add(new GeneratedStream.OutputPicture(
        picture.format().width(0), picture.format().height(0), HexFormat.of().formatHex(md5().digest(samples))));
    pixelFormat = pixelFormat(picture.format());
    touchesAnEnd |= touchesAnEnd(picture);
  }

  @Override
  public void noted(StreamException note) {
    fault = fault == null ? note : fault;
  }

  List<GeneratedStream.OutputPicture> pictures() {
    return pictures;
  }

  String pixelFormat() {
    return pixelFormat;
  }

  /** MD5 of all pictures; once. */
  String md5OfAll() {
    return HexFormat.of().formatHex(all.digest());
  }

  /** The fault that was found, or null. */
  StreamException fault() {
    return fault;
  }

  /** Whether a sample is the least or the greatest that its depth has, which clipping may have made. */
  boolean touchesAnEnd() {
    return touchesAnEnd;
  }

  private static boolean touchesAnEnd(Picture picture) {
    for (int plane = 0; plane < picture.format().planes(); plane++) {
      int most = (1 << picture.format().bitDepth(plane)) - 1;
      for (int y = 0; y < picture.format().codedHeight(plane); y++) {
        int row = picture.first(plane) + y * picture.stride(plane);
        for (int x = 0; x < picture.format().codedWidth(plane); x++) {
          int sample = picture.samples(plane)[row + x];
          if (sample == 0 || sample == most) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static String pixelFormat(PictureFormat format) {
    int luma = format.bitDepthLuma();
    String chroma = switch (format.chroma()) {
      case MONOCHROME -> "gray";
      case YUV420 -> "yuv420p";
      case YUV422 -> "yuv422p";
      case YUV444 -> "yuv444p";
    };
    if (format.chroma() != ChromaFormat.MONOCHROME && format.bitDepthChroma() != luma) {
      return chroma + luma + "and" + format.bitDepthChroma() + "le";
    }
    return luma == 8 ? chroma : chroma + luma + "le";
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
