package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxText;
import llm265.parallel.CommonPool;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 7.4.1.2.4 where slice headers do not tell one picture from the next: encoders that leave idr_pic_id as it is, and pictures that
 * come again.
 */
class RepeatedPicturesTest {
  private record Account(List<Picture> pictures, List<Integer> indices, List<Integer> damaged, List<StreamException> faults) {
    static Account of(byte[] stream, DecodingMode mode, int threads) {
      Account account = new Account(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      Workers workers = CommonPool.workers(threads);
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, mode, workers, new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          account.pictures.add(decoded.picture());
          account.indices.add(decoded.index());
        }

        @Override
        public void damaged(int index, StreamException fault) {
          account.damaged.add(index);
          account.faults.add(fault);
        }
      });
      return account;
    }
  }

  private static List<byte[]> parameterSets(byte[] stream) {
    return StreamUnits.split(stream, StreamUnits::isParameterSet).subList(0, 2);
  }

  /** The slices of three pictures, of which the first and the last have the same idr_pic_id: x264 counts 0 and 1 by turns. */
  private static List<List<byte[]>> pictures(byte[] stream) {
    List<byte[]> slices = StreamUnits.split(stream, StreamUnits::isSlice);
    int each = slices.size() / 3;
    return List.of(slices.subList(0, each), slices.subList(each, 2 * each), slices.subList(2 * each, 3 * each));
  }

  private static void assertFfmpegs(byte[] stream, int pictures) {
    List<OraclePicture> oracle = FfmpegOracle.decode(stream);
    assertThat(oracle).hasSize(pictures);
    for (DecodingMode mode : List.of(DecodingMode.STRICT, DecodingMode.INTRA_ONLY, DecodingMode.KEEP_GOING)) {
      for (int threads = 1; threads <= 3; threads += 2) {
        Account account = Account.of(stream, mode, threads);
        assertThat(account.pictures).hasSize(pictures);
        assertThat(account.damaged).isEmpty();
        for (int i = 0; i < pictures; i++) {
          assertThat(oracle.get(i).firstDifferenceFrom(account.pictures.get(i))).as("picture %d", i).isEmpty();
        }
      }
    }
    List<String> lines = new ArrayList<>();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, new SyntaxText(lines::add));
    assertThat(lines.stream().filter(line -> line.startsWith("slice_data picture")).map(line -> line.split(" ")[2]).distinct()
        .count())
        .isEqualTo(pictures);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qp=30", "qp=30:slices=3", "qp=28:cabac=0:slices=2", "qp=30:tff=1", "qp=30:tff=1:slices=2:cabac=0"})
  void macroblock0ComingAgainBeginsAPicture(String parameters) {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, parameters);
    List<List<byte[]>> pictures = pictures(stream);
    assertFfmpegs(StreamUnits.join(parameterSets(stream), pictures.get(0), pictures.get(2), pictures.get(0)), 3);
    assertFfmpegs(StreamUnits.join(parameterSets(stream), pictures.get(1), pictures.get(1), pictures.get(1), pictures.get(1)), 4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aFrameOfTwoFieldsMayComeAgain(boolean bottomFirst) {
    byte[] stream = StreamCorpus.fieldPair(bottomFirst);
    List<byte[]> fields = StreamUnits.split(stream, StreamUnits::isSlice);
    assertFfmpegs(StreamUnits.join(parameterSets(stream), fields, fields, fields), 3);
  }

  /** What is missing of a picture is not taken from the next, of the same headers. */
  @Test
  void aPictureThatIsNotWholeEndsWhereTheNextBegins() {
    byte[] stream = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=3");
    List<List<byte[]>> pictures = pictures(stream);
    Account whole = Account.of(stream, DecodingMode.STRICT, 1);
    for (int lost = 0; lost < 3; lost++) {
      List<byte[]> rest = new ArrayList<>(pictures.get(0));
      rest.remove(lost);
      byte[] damaged = StreamUnits.join(parameterSets(stream), rest, pictures.get(2));
      for (int threads = 1; threads <= 3; threads += 2) {
        Account account = Account.of(damaged, DecodingMode.KEEP_GOING, threads);
        assertThat(account.damaged).containsExactly(0);
        assertThat(account.faults.getFirst()).hasMessageContaining(" macroblocks of the picture are in no slice");
        assertThat(account.indices).containsExactly(1);
        assertThat(account.pictures.getFirst().sameSamples(whole.pictures.get(2))).isTrue();
      }
    }
  }
}
