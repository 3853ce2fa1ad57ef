package llm265.h264.container;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-15, 5.3.3.1 AVC decoder configuration record.
 *
 * @param lengthSize number of bytes of the length before each NAL unit: 1 to 4; the standard does not allow 3
 * @param parameterSets where the parameter sets lie in the file, sequence parameter sets first
 */
record AvcConfiguration(int lengthSize, List<Place> parameterSets) {
  /** A NAL unit in the file. */
  record Place(long offset, int length) {}

  AvcConfiguration {
    parameterSets = List.copyOf(parameterSets);
  }

  /**
   * Reads an avcC box. Parameter sets that exceed the box are left out, with a note. The data after the picture parameter sets
   * are not read: they repeat what sequence parameter sets say.
   */
  static AvcConfiguration read(Box avcC) {
    if (avcC.unsignedByte(0) != 1) {
      throw avcC.malformed("configurationVersion " + avcC.unsignedByte(0) + " is not 1");
    }
    int lengthSize = 1 + (avcC.unsignedByte(4) & 3);
    List<Place> places = new ArrayList<>();
    try {
      long at = addSets(avcC, 6, avcC.unsignedByte(5) & 0x1F, places);
      addSets(avcC, at + 1, avcC.unsignedByte(at), places);
    } catch (MalformedStreamException e) {
      // Samples may carry parameter sets of their own; a slice that refers to a missing one is a fault.
      avcC.notes().accept(e);
    }
    return new AvcConfiguration(lengthSize, places);
  }

  private static long addSets(Box avcC, long from, int count, List<Place> places) {
    long at = from;
    for (int i = 0; i < count; i++) {
      int length = avcC.unsignedShort(at);
      avcC.requireTable(length, at + 2, 1);
      if (length > 0) {
        places.add(new Place(avcC.start() + at + 2, length));
      }
      at += 2 + length;
    }
    return at;
  }
}
