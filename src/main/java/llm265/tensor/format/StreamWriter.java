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
  private int firstSeiBytes;

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
    byte[] sei = unit(payload);
    firstSeiBytes = number == 0 ? sei.length : firstSeiBytes;
    store.append(sei);
    tileBytes[number] = sei.length;
    for (byte[] nalUnits : tile.pictures()) {
      store.append(nalUnits);
      tileBytes[number] += nalUnits.length;
    }
  }

  /** Ends the stream and returns its size. */
  public long finish(float rmsError) {
    byte[] sei = unit(SideInformation.withHeader(blank.withResult(rmsError, tileBytes), firstSections));
    if (sei.length != firstSeiBytes) {
      throw new IllegalStateException("the header's size depends on its contents");
    }
    store.overwrite(parameterSetBytes, sei);
    return store.size();
  }

  /** A payload as it stands in the stream: before a picture in an SEI NAL unit, else behind its length. */
  private byte[] unit(byte[] payload) {
    return blank.transforms().trellis() == null
        ? Sei.userDataUnregistered(SideInformation.UUID, payload) : TrellisStream.withLength(payload);
  }
}
