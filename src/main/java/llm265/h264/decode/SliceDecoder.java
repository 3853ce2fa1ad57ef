package llm265.h264.decode;

import llm265.h264.MalformedStreamException;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.StreamPosition;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.SyntaxTrace;
import llm265.h264.macroblock.LumaQp;
import llm265.h264.macroblock.Macroblock;
import llm265.h264.macroblock.MbNeighbours;
import llm265.h264.macroblock.MbaffNeighbours;
import llm265.h264.macroblock.PictureMbState;
import llm265.h264.reconstruct.MacroblockReconstructor;

/**
 * 7.3.4 Slice data: parses and reconstructs macroblocks until end_of_slice_flag or the end of the data.
 *
 * <p>Owns everything that decoding a macroblock needs, so that nothing is allocated per macroblock or per slice.
 */
final class SliceDecoder {
  private final llm265.h264.cabac.MacroblockParser cabacParser = new llm265.h264.cabac.MacroblockParser();
  private final llm265.h264.cavlc.MacroblockParser cavlcParser = new llm265.h264.cavlc.MacroblockParser();
  private final Macroblock mb = new Macroblock();
  private final MbNeighbours neighbours = new MbNeighbours();
  private final MbaffNeighbours mbaffNeighbours = new MbaffNeighbours();

  /** Null if there is no trace. */
  private SyntaxTrace trace;

  /** Reports every element of slice data to a trace from now on; null for no trace. */
  void setTrace(SyntaxTrace listener) {
    trace = listener;
    cabacParser.setTrace(listener);
    cavlcParser.setTrace(listener);
  }

  /**
   * Decodes one slice into the picture that {@code reconstructor} writes to.
   *
   * @param mbaff MbaffFrameFlag
   * @param nextMbAddresses NextMbAddress( n ) for each n, for pairs with MBAFF; null for n + 1
   * @param sliceIndex number of the slice in the picture
   * @param listener receives every macroblock; may be null
   * @return number of macroblocks decoded
   */
  int decode(
      CodedPicture.Slice slice,
      PictureFormat format,
      boolean mbaff,
      int[] nextMbAddresses,
      PictureMbState state,
      MacroblockReconstructor reconstructor,
      MacroblockListener listener,
      int sliceIndex) {
    NalUnit nalUnit = slice.nalUnit();
    int address = slice.header().firstMbInSlice() << (mbaff ? 1 : 0);
    int decoded = 0;
    int qpY = slice.header().sliceQpY();
    try {
      boolean cabac = slice.pps().entropyCodingModeFlag();
      startSlice(slice, format);
      mb.mbFieldDecodingFlag = false;
      MbNeighbours around = mbaff ? mbaffNeighbours : neighbours;
      boolean endOfSlice;
      do {
        requireFree(address, format, state);
        if (trace != null) {
          trace.macroblock(address);
        }
        mb.clearResidual();
        if (mbaff) {
          moveToMbaff(address, cabac, format, state, sliceIndex);
        } else {
          mb.moveTo(address, format.widthInMbs());
          neighbours.derive(state, mb.mbX, mb.mbY, sliceIndex);
        }
        parseMacroblock(cabac, state, around);
        qpY = LumaQp.next(qpY, mb.mbQpDelta, format.qpBdOffsetY());
        mb.qpY = qpY;
        state.store(mb, sliceIndex);
        if (listener == null || listener.wantsSamples()) {
          reconstructor.reconstruct(mb, around);
        }
        if (listener != null) {
          listener.macroblock(mb, sliceIndex);
        }
        decoded++;
        if (mbaff && (address & 1) == 0) {
          // A slice holds whole pairs.
          endOfSlice = false;
          address++;
        } else {
          endOfSlice = cabac ? cabacParser.parseEndOfSliceFlag() : !cavlcParser.moreDataFlag();
          address = nextMbAddresses == null ? address + 1 : mbaff
              ? 2 * nextMbAddresses[address >> 1] : nextMbAddresses[address];
        }
      } while (!endOfSlice);
      if (trace != null) {
        traceTrailingBits(slice, cabac ? cabacParser.bitPosition() - 1 : cavlcParser.bitPosition());
      }
      return decoded;
    } catch (StreamException e) {
      // A block that was read in part has levels without its flag. They must not become levels of the next macroblock.
      mb.codedBlockFlags = Macroblock.ALL_CODED;
      mb.clearResidual();
      throw e.at(new StreamPosition(nalUnit.index(), nalUnit.offset(), address));
    }
  }

  private void parseMacroblock(boolean cabac, PictureMbState state, MbNeighbours around) {
    if (trace != null) {
      trace.begin("macroblock_layer");
    }
    if (cabac) {
      cabacParser.parse(mb, state, around);
    } else {
      cavlcParser.parse(mb, state, around);
    }
    if (trace != null) {
      trace.end();
    }
  }

  /** 7.3.4 and 7.4.4: the flag of a pair comes before its top macroblock. */
  private void moveToMbaff(int address, boolean cabac, PictureFormat format, PictureMbState state, int sliceIndex) {
    mb.moveToMbaff(address, format.widthInMbs());
    if ((address & 1) == 0) {
      mb.mbFieldDecodingFlag = cabac
          ? cabacParser.parseMbFieldDecodingFlag(mbaffNeighbours.fieldPairs(state, address, sliceIndex))
          : cavlcParser.parseMbFieldDecodingFlag();
      state.mbField[address] = mb.mbFieldDecodingFlag;
      state.mbField[address + 1] = mb.mbFieldDecodingFlag;
    }
    mbaffNeighbours.derive(state, address, mb.mbFieldDecodingFlag, sliceIndex, format.chroma());
  }

  private void startSlice(CodedPicture.Slice slice, PictureFormat format) {
    NalUnit.Rbsp rbsp = slice.rbsp();
    int bitOffset = slice.header().sliceDataBitOffset();
    boolean transform8x8ModeFlag = slice.pps().transform8x8ModeFlag();
    if (trace != null) {
      trace.begin("slice_data");
    }
    if (slice.pps().entropyCodingModeFlag()) {
      if (trace != null) {
        traceAlignment(rbsp, bitOffset);
      }
      // cabac_alignment_one_bit fills up to the next whole byte.
      cabacParser.startSlice(
          rbsp.data(), (bitOffset + 7) >> 3, rbsp.length(), slice.header().sliceQpY(), format, transform8x8ModeFlag,
          slice.header().fieldPicFlag());
    } else {
      RbspReader reader = rbsp.reader();
      reader.moveTo(bitOffset);
      reader.setTrace(trace);
      // A trace covers one RBSP: that of partition A.
      RbspReader residuals = slice.partitions() == null ? reader : slice.partitions().residuals();
      cavlcParser.startSlice(reader, residuals, format, transform8x8ModeFlag, slice.header().fieldPicFlag());
    }
  }

  private void traceAlignment(NalUnit.Rbsp rbsp, int bitOffset) {
    RbspReader reader = rbsp.reader();
    reader.moveTo(bitOffset);
    reader.setTrace(trace);
    while (!reader.isByteAligned()) {
      reader.readBits(1, "cabac_alignment_one_bit");
    }
  }

  /** 7.3.2.10 rbsp_slice_trailing_bits(). */
  private void traceTrailingBits(CodedPicture.Slice slice, long bitOffset) {
    trace.end();
    trace.begin("rbsp_slice_trailing_bits");
    RbspReader reader = slice.rbsp().reader();
    reader.moveTo(bitOffset);
    reader.setTrace(trace);
    reader.readTrailingBits(slice.pps().entropyCodingModeFlag());
    trace.end();
  }

  private static void requireFree(int address, PictureFormat format, PictureMbState state) {
    if (address >= format.sizeInMbs()) {
      throw new MalformedStreamException("end_of_slice_flag", "7.3.4", "the slice runs past the end of the picture");
    }
    if (state.sliceIndex[address] >= 0) {
      throw new MalformedStreamException("first_mb_in_slice", "7.4.3", "the macroblock is in an earlier slice already");
    }
  }
}
