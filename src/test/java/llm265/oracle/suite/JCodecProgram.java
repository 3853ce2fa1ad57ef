package llm265.oracle.suite;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jcodec.codecs.h264.BufferH264ES;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.io.model.NALUnit;
import org.jcodec.codecs.h264.io.model.NALUnitType;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.model.ColorSpace;
import org.jcodec.common.model.Packet;
import org.jcodec.common.model.Picture;
import org.jcodec.common.model.Rect;

/** JCodec as a program: decodes a byte stream to planar samples. It knows 8 bits in 4:2:0 alone. */
public final class JCodecProgram {
  /** JCodec keeps samples as signed bytes. */
  private static final int OFFSET = 128;

  private JCodecProgram() {}

  public static void main(String[] arguments) throws IOException {
    byte[] stream = Files.readAllBytes(Path.of(arguments[0]));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[1])))) {
      decode(stream, out);
    }
  }

  private static void decode(byte[] stream, OutputStream out) throws IOException {
    int width = 0;
    int height = 0;
    for (ByteBuffer unit : H264Utils.splitFrame(ByteBuffer.wrap(stream))) {
      if (NALUnit.read(unit).type == NALUnitType.SPS) {
        SeqParameterSet sps = SeqParameterSet.read(unit);
        width = Math.max(width, 16 * (sps.picWidthInMbsMinus1 + 1));
        height = Math.max(height, 16 * SeqParameterSet.getPicHeightInMbs(sps));
      }
    }
    BufferH264ES units = new BufferH264ES(ByteBuffer.wrap(stream));
    H264Decoder decoder = new H264Decoder();
    for (Packet packet = units.nextFrame(); packet != null; packet = units.nextFrame()) {
      byte[][] planes = Picture.create(width, height, ColorSpace.YUV420J).getData();
      write(decoder.decodeFrame(packet.getData(), planes), out);
    }
  }

  private static void write(Picture picture, OutputStream out) throws IOException {
    Rect crop = picture.getCrop() == null ? new Rect(0, 0, picture.getWidth(), picture.getHeight()) : picture.getCrop();
    for (int plane = 0; plane < 3; plane++) {
      int shift = plane == 0 ? 0 : 1;
      byte[] samples = picture.getPlaneData(plane);
      for (int y = crop.getY() >> shift; y < (crop.getY() + crop.getHeight()) >> shift; y++) {
        for (int x = crop.getX() >> shift; x < (crop.getX() + crop.getWidth()) >> shift; x++) {
          out.write(samples[y * picture.getPlaneWidth(plane) + x] + OFFSET);
        }
      }
    }
  }
}
