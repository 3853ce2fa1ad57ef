package llm265.oracle;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.decode.SpsActivations;
import llm265.h264.syntax.SeqParameterSet;

/**
 * The input of one run of the {@code ffmpeg} program: a byte stream, cut where the pixel format changes, since a run keeps one
 * pixel format and would convert all pictures to the first.
 *
 * @param from offset of the first slice NAL unit of the part, or {@link #WHOLE}
 * @param to offset of the first slice NAL unit of the next part, or {@link #WHOLE} at the end
 * @param monochrome whether its pictures are 4:0:0
 */
public record FfmpegInput(MemorySegment stream, long from, long to, boolean monochrome) {
  static final long WHOLE = -1;

  private static final byte[] START_CODE = {0, 0, 0, 1};
  private static final byte[] ACCESS_UNIT_DELIMITER = {0, 0, 0, 1, NalUnit.ACCESS_UNIT_DELIMITER, (byte) 0xF0};

  /** What distinguishes pixel formats for FFmpeg. */
  private record PixelFormat(ChromaFormat chroma, int bitDepthLuma, int bitDepthChroma, boolean fullRange, boolean rgb) {
    static PixelFormat of(SeqParameterSet sps) {
      return new PixelFormat(
          sps.format().chroma(), sps.format().bitDepthLuma(), sps.format().bitDepthChroma(),
          sps.signal().isFullRange(), sps.signal().matrixCoefficients() == 0);
    }

    boolean isMonochrome() {
      return chroma == ChromaFormat.MONOCHROME;
    }
  }

  /** The parts of a stream, at least one. */
  public static List<FfmpegInput> partsOf(MemorySegment stream) {
    List<FfmpegInput> parts = new ArrayList<>();
    Set<PixelFormat> formats = new HashSet<>();
    try {
      for (NalUnit unit : NalUnits.of(stream, DecoderLimits.DEFAULT)) {
        if (unit.nalUnitType() == NalUnit.SPS) {
          addFormat(unit, formats);
        }
      }
      if (formats.size() > 1) {
        addParts(stream, parts);
      }
    } catch (StreamException e) {
      // Decoding finds the same fault, and reports it.
      parts.clear();
    }
    return parts.isEmpty()
        ? List.of(new FfmpegInput(stream, WHOLE, WHOLE, formats.stream().limit(1).anyMatch(PixelFormat::isMonochrome))) : parts;
  }

  private static void addFormat(NalUnit sps, Set<PixelFormat> formats) {
    try {
      formats.add(PixelFormat.of(SeqParameterSet.parse(sps.rbsp().reader())));
    } catch (StreamException e) {
      // Nothing is decoded with it.
    }
  }

  private static void addParts(MemorySegment stream, List<FfmpegInput> parts) {
    List<SpsActivations.Activation> changes = new ArrayList<>();
    for (SpsActivations.Activation activation : SpsActivations.of(stream, DecoderLimits.DEFAULT)) {
      if (changes.isEmpty() || !PixelFormat.of(activation.sps()).equals(PixelFormat.of(changes.getLast().sps()))) {
        changes.add(activation);
      }
    }
    for (int i = 0; i < changes.size(); i++) {
      long to = i + 1 < changes.size() ? changes.get(i + 1).byteOffset() : WHOLE;
      parts.add(new FfmpegInput(
          stream, changes.size() == 1 ? WHOLE : changes.get(i).byteOffset(), to,
          PixelFormat.of(changes.get(i).sps()).isMonochrome()));
    }
  }

  /** Writes the stream; ends early if FFmpeg stops reading or the stream is damaged. */
  public void writeTo(OutputStream out) {
    try (WritableByteChannel channel = Channels.newChannel(out)) {
      if (from == WHOLE && to == WHOLE && !NalUnits.isFile(stream)) {
        long block = 1 << 20;
        for (long at = 0; at < stream.byteSize(); at += block) {
          channel.write(stream.asSlice(at, Math.min(block, stream.byteSize() - at)).asByteBuffer());
        }
      } else {
        writeNalUnits(channel);
      }
    } catch (IOException e) {
      // FFmpeg has stopped reading: its own message says more.
    } catch (StreamException e) {
      // Our decoder finds the same fault, and reports it.
    }
  }

  /**
   * Makes a byte stream from the contents of a file, so that FFmpeg decodes the samples that we do, whatever edit lists say.
   * For a part, writes it and the parameter sets before it. Whatever follows the last slice is left out: it may belong to the
   * next part.
   */
  private void writeNalUnits(WritableByteChannel channel) throws IOException {
    boolean within = from == WHOLE;
    int accessUnit = NalUnit.NOT_TOLD;
    List<NalUnit> beforeSlice = new ArrayList<>();
    for (NalUnit unit : NalUnits.of(stream, DecoderLimits.DEFAULT)) {
      int type = unit.nalUnitType();
      within |= unit.offset() == from;
      if (within && unit.offset() == to) {
        return;
      }
      if (within || type == NalUnit.SPS || type == NalUnit.PPS) {
        beforeSlice.add(unit);
      }
      if (within && type >= NalUnit.SLICE_NON_IDR && type <= NalUnit.SLICE_IDR) {
        if (unit.accessUnit() != accessUnit) {
          channel.write(ByteBuffer.wrap(ACCESS_UNIT_DELIMITER));
          accessUnit = unit.accessUnit();
        }
        for (NalUnit next : beforeSlice) {
          channel.write(ByteBuffer.wrap(START_CODE));
          channel.write(stream.asSlice(next.offset(), next.length()).asByteBuffer());
        }
        beforeSlice.clear();
      }
    }
  }
}
