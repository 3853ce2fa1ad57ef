package llm265.runtime.kv;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.transform.LevelRecovery;
import llm265.tensor.carrier.CarrierKernels;
import llm265.tensor.carrier.CarrierOrder;
import llm265.tensor.decode.LevelCollector;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.RawBits;
import llm265.trinity.Trellis;

/**
 * Takes levels from the pictures of cells: as they are parsed, or out of the samples that another decoder has made of them. Used
 * by one thread at a time. SPEC.md, "Cells on pictures".
 */
final class PictureDecoding {
  private static final byte[] START_CODE = {0, 0, 0, 1};

  private final CellPicture picture;
  private final Trellis trellis;
  private final H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT);
  private final short[] levels;
  private final byte[] lowBits;
  private final short[] low;
  private final float[] steps;
  private final int[] ordered = new int[CarrierKernels.ORDERED];
  private final int[] states = new int[CarrierKernels.LANES];
  private byte[] parameterSets;

  PictureDecoding(CellFormat format, int tokens) {
    picture = new CellPicture(format, tokens);
    trellis = format.trellis();
    levels = new short[picture.levels()];
    lowBits = new byte[levels.length];
    low = new short[levels.length];
    steps = new float[levels.length];
  }

  /** Reads parameter sets, unless they are those of the last cell. */
  private void use(byte[] newSets) {
    if (newSets != parameterSets) {
      parameterSets = null;
      decoder.setMacroblockListener(null);
      decoder.decode(newSets, 0, newSets.length, decoded -> {
        throw PayloadReader.malformed("parameter_sets", "have a picture");
      });
      parameterSets = newSets;
    }
  }

  /**
   * Decodes the coefficients of a cell, in steps.
   *
   * @param sets parameter sets of the sequence
   * @param luma samples of the decoded picture, row by row; null to decode it
   * @param classes of the coefficients
   * @param rows receives {@code tokens x channels} coefficients
   */
  void decode(
      byte[] sets, CellBody body, byte[] luma, CellModel model, int tokens, CellScales.RowUnits rowClass, byte[] classes,
      float[] rows) {
    LevelRecovery recovery = body.recovery();
    if (luma == null) {
      parse(sets, body.slice(), recovery);
    } else {
      recover(luma, recovery);
    }
    body.dropped(levels.length).restore(levels);
    int[] order = picture.order(model, tokens, rowClass);
    int count = tokens * model.channels();
    readLow(body.rawBits(), classes, order, count);
    for (int from = 0; from < levels.length; from += CellPicture.MACROBLOCK) {
      if (from % (CellPicture.MACROBLOCK * CellPicture.CHUNK) == 0) {
        Arrays.fill(states, 0);
      }
      CarrierOrder.fromPlaces(levels, from, ordered);
      CarrierKernels.ACTIVE.join(ordered, lowBits, low, from, trellis, states, steps, from, CarrierKernels.LANES);
    }
    for (int i = 0; i < count; i++) {
      rows[order[i]] = steps[i];
    }
  }

  private void parse(byte[] sets, byte[] slice, LevelRecovery recovery) {
    int[] pictures = new int[1];
    try {
      use(sets);
      decoder.setMacroblockListener(new LevelCollector(levels, recovery.qp()));
      byte[] unit = Arrays.copyOf(START_CODE, START_CODE.length + slice.length);
      System.arraycopy(slice, 0, unit, START_CODE.length, slice.length);
      decoder.decode(MemorySegment.ofArray(unit), PictureReceiver.passing(new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          requireSize(decoded.picture().format());
          pictures[0]++;
        }

        @Override
        public void noted(StreamException fault) {
          throw fault;
        }
      }));
    } catch (MalformedStreamException e) {
      throw e;
    } catch (StreamException e) {
      throw PayloadReader.malformed("slice", e.getMessage());
    }
    if (pictures[0] != 1) {
      throw PayloadReader.malformed("slice", "is " + pictures[0] + " pictures");
    }
  }

  private void recover(byte[] luma, LevelRecovery recovery) {
    Picture samples = new Picture(picture.format());
    short[] plane = samples.samples(0);
    if (luma.length != plane.length) {
      throw PayloadReader.malformed("luma", "has " + luma.length + " samples, not " + plane.length);
    }
    for (int i = 0; i < luma.length; i++) {
      plane[i] = (short) (luma[i] & 0xFF);
    }
    recovery.recover(samples, picture.format().heightInMbs(), levels);
  }

  private void requireSize(PictureFormat format) {
    if (format.widthInMbs() != picture.format().widthInMbs() || format.heightInMbs() != picture.format().heightInMbs()) {
      throw PayloadReader.malformed("seq_parameter_set", "its pictures are not of the size of the cells");
    }
  }

  private void readLow(byte[] rawBits, byte[] classes, int[] order, int count) {
    Arrays.fill(lowBits, (byte) 0);
    long bits = 0;
    for (int i = 0; i < count; i++) {
      lowBits[i] = (byte) CellPicture.rawBits(classes[order[i]]);
      bits += lowBits[i];
    }
    if (Math.ceilDiv(bits, 8L) != rawBits.length) {
      throw PayloadReader.malformed("raw_bits", "are " + rawBits.length + " bytes of " + bits + " bits");
    }
    RawBits raw = new RawBits(rawBits);
    for (int i = 0; i < count; i++) {
      low[i] = (short) raw.read(lowBits[i]);
    }
  }
}
