package llm265.reference;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Entropy;
import llm265.h264.generate.RandomStream.Structure;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.syntax.ProfileLevel;

/**
 * Streams of the kinds that FFmpeg does not decode, or not all of, which the tests of this package hold against others that it
 * does.
 */
public final class UnknownToFfmpeg {
  private UnknownToFfmpeg() {}

  public static List<byte[]> streams() {
    List<byte[]> streams = new ArrayList<>();
    for (Structure structure : Structure.values()) {
      Tools planes = new Tools(ChromaFormat.YUV444, 8, structure, Entropy.BOTH, false);
      streams.add(ColourPlanesTest.write(new RandomStream(1, planes).withSeparatePlanes().make(), new SplittableRandom(1)));
      Tools lossless = new Tools(ChromaFormat.YUV444, 8, structure, Entropy.CAVLC, true);
      streams.add(DataPartitionsTest.stream(1, structure));
      streams.add(new RandomStream(1, lossless).make().withProfile(ProfileLevel.CAVLC_444_INTRA).write());
    }
    Stream.concat(BitDepthsTest.unlikeDepths(), Stream.concat(BitDepthsTest.oddDepths(), BitDepthsTest.everyDepth()))
        .forEach(tools -> streams.add(new RandomStream(1, tools).make().write()));
    SliceGroupsTest.everyType().forEach(what -> streams.add(SliceGroupsTest.stream(what)));
    SlicesTest.mixtures().forEach(tools -> streams.add(new RandomStream(1, tools).withPpsOfEachSlice().make().write()));
    for (long seed = 0; seed < 10; seed++) {
      streams.add(SlicesTest.inAnyOrder(seed));
      streams.add(SlicesTest.withRedundantSlices(seed));
    }
    return streams;
  }
}
