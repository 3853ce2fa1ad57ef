package llm265.oracle.suite;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jcodec.codecs.h264.H264Decoder;
import org.jcodec.codecs.h264.H264Utils;
import org.jcodec.codecs.h264.io.model.NALUnit;
import org.jcodec.codecs.h264.io.model.NALUnitType;
import org.jcodec.codecs.h264.io.model.SeqParameterSet;
import org.jcodec.common.model.ColorSpace;
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
    H264Decoder decoder = new H264Decoder();
    List<ByteBuffer> picture = new ArrayList<>();
    boolean slices = false;
    for (ByteBuffer unit : H264Utils.splitFrame(ByteBuffer.wrap(stream))) {
      NALUnitType type = NALUnit.read(unit.duplicate()).type;
      if (type == NALUnitType.SPS) {
        ByteBuffer rbsp = unit.duplicate();
        rbsp.get();
        SeqParameterSet sps = SeqParameterSet.read(rbsp);
        width = Math.max(width, 16 * (sps.picWidthInMbsMinus1 + 1));
        height = Math.max(height, 16 * SeqParameterSet.getPicHeightInMbs(sps));
      }
      boolean slice = type == NALUnitType.IDR_SLICE || type == NALUnitType.NON_IDR_SLICE;
      // A slice whose first_mb_in_slice is 0 has a bit 1 first.
      if (slices && (!slice || unit.get(unit.position() + 1) < 0)) {
        write(decoder.decodeFrameFromNals(picture, planes(width, height)), out);
        picture.clear();
        slices = false;
      }
      picture.add(unit);
      slices |= slice;
    }
    if (slices) {
      write(decoder.decodeFrameFromNals(picture, planes(width, height)), out);
    }
  }

  private static byte[][] planes(int width, int height) {
    return Picture.create(width, height, ColorSpace.YUV420J).getData();
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
