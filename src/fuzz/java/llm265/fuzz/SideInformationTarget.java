package llm265.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.Sei;
import llm265.h264.container.NalUnits;
import llm265.tensor.format.SideInformation;

/** SEI messages, and in those of ours the sections of side information, under checksums that are made right. */
final class SideInformationTarget implements FuzzTarget {
  /** Where the sections begin in a trellis stream, whose checksums {@link TrellisMutator} repairs. */
  private static final int SECTIONS = 12;

  @Override
  public String name() {
    return "side-information";
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (byte[] stream : new TensorStreamTarget().seeds()) {
      try {
        for (NalUnit unit : NalUnits.of(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT)) {
          if (unit.nalUnitType() == NalUnit.SEI) {
            NalUnit.Rbsp rbsp = unit.rbsp();
            seeds.add(Arrays.copyOfRange(rbsp.data(), 0, rbsp.length()));
          }
        }
      } catch (StreamException e) {
        // Among the golden vectors are bad ones.
      }
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    try {
      byte[] padded = Arrays.copyOf(input, input.length + NalUnit.SLACK);
      for (Sei.Message message : Sei.parse(new RbspReader(padded, 0, input.length))) {
        byte[] payload = message.payload();
        boolean ours = message.payloadType() == Sei.USER_DATA_UNREGISTERED && payload.length >= Sei.UUID_BYTES
            && Arrays.equals(payload, 0, Sei.UUID_BYTES, SideInformation.UUID, 0, Sei.UUID_BYTES);
        if (ours) {
          readSections(payload);
        }
      }
    } catch (StreamException e) {
      Refusals.check(e);
    }
  }

  private static void readSections(byte[] payload) {
    byte[] stream = new byte[SECTIONS + payload.length - Sei.UUID_BYTES];
    System.arraycopy(payload, Sei.UUID_BYTES, stream, SECTIONS, payload.length - Sei.UUID_BYTES);
    byte[] sealed = TrellisMutator.repaired(stream);
    SideInformation.read(sealed, SECTIONS, sealed.length, null);
  }
}
