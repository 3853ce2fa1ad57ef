package llm265.tensor.format;

import llm265.h264.bitstream.Sei;
import llm265.tensor.StreamStore;

/** Writes a tensor stream into a store: access units in order; at the end the header again, with what is known only then. */
public final class StreamWriter {
  private final StreamStore store;
  private final TensorHeader blank;
  private final int[] tileBytes;
  private int parameterSetBytes;
  private byte[] firstSections;
  private int firstUnitBytes;

  /**
   * Begins a stream and replaces what the store holds.
   *
   * @param blank the header without what is known only after coding
   */
  public StreamWriter(StreamStore store, TensorHeader blank) {
    this.store = store;
    this.blank = blank;
    tileBytes = new int[blank.framing().tiles()];
    store.clear();
  }

  /** Appends a tile; tiles must come in order. */
  public void add(int number, CodedTile tile) {
    byte[] payload = tile.sections();
    if (number == 0) {
      firstSections = tile.sections();
      parameterSetBytes = tile.parameterSets().length;
      store.append(tile.parameterSets());
      payload = SideInformation.withHeader(blank, firstSections);
    }
    byte[] unit = unit(payload);
    firstUnitBytes = number == 0 ? unit.length : firstUnitBytes;
    store.append(unit);
    tileBytes[number] = unit.length;
    for (byte[] nalUnits : tile.pictures()) {
      store.append(nalUnits);
      tileBytes[number] += nalUnits.length;
    }
  }

  /** Ends the stream and returns its size. */
  public long finish(float rmsError) {
    byte[] unit = unit(SideInformation.withHeader(blank.withResult(rmsError, tileBytes), firstSections));
    if (unit.length != firstUnitBytes) {
      throw new IllegalStateException("the header's size depends on its contents");
    }
    store.overwrite(parameterSetBytes, unit);
    return store.size();
  }

  /** A payload as it stands in the stream: before a picture in an SEI NAL unit, else behind its length. */
  private byte[] unit(byte[] payload) {
    return blank.transforms().hasPictures()
        ? Sei.userDataUnregistered(SideInformation.UUID, payload) : TrellisStream.withLength(payload);
  }
}
