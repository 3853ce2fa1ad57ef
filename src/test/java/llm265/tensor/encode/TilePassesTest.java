package llm265.tensor.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import llm265.tensor.EncodedTensor;
import llm265.tensor.MemoryStore;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TileCoder;
import llm265.tensor.format.TilePasses;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiles that are coded by others, in any order, and searches that begin again and find passes made already. */
class TilePassesTest {
  private static final TensorView TENSOR = tensor();

  private static TensorView tensor() {
    Random random = new Random(3);
    float[] values = new float[2100 * 1024];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((1 + i / 1024 % 7) * random.nextGaussian());
    }
    return TensorView.view("w", new long[] {2100, 1024}, values);
  }

  private static Stream<CodingSettings> settings() {
    CodingSettings bits = CodingSettings.at(new RateTarget.Bits(2)).with(Effort.FAST);
    return Stream.of(
        bits.with(Codec.TRINITY), bits.with(Codec.H264).with(new RateTarget.Qp(36)),
        bits.with(Codec.TRINITY).with(new RateTarget.Snr(9)), bits.with(Codec.TRINITY).with(new RateTarget.Lossless()));
  }

  private static final class NotMade extends RuntimeException {}

  /** Codes the tiles of the first passes backwards, and keeps them; stops at the next. */
  private static final class Elsewhere implements TilePasses {
    private final List<List<CodedTile>> made;
    private int next;

    Elsewhere(List<List<CodedTile>> made) {
      this.made = made;
    }

    @Override
    public void make(int tiles, TileCoder coder, Workers.Consumer<CodedTile> results) {
      int pass = next++;
      if (pass == made.size()) {
        CodedTile[] coded = new CodedTile[tiles];
        IntStream.range(0, tiles).map(i -> tiles - 1 - i).forEach(i -> coded[i] = coder.code(i));
        made.add(List.of(coded));
        throw new NotMade();
      }
      assertThat(made.get(pass)).hasSize(tiles);
      IntStream.range(0, tiles).forEach(i -> results.accept(i, made.get(pass).get(i)));
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aSearchOverTilesOfOthersFindsTheSame(CodingSettings settings) {
    MemoryStore here = new MemoryStore();
    EncodedTensor expected = new TargetSearch(settings, Workers.CALLER).code(TENSOR, here);
    List<List<CodedTile>> made = new ArrayList<>();
    for (int pass = 0; pass < expected.passes(); pass++) {
      assertThatThrownBy(() -> new TargetSearch(settings, Workers.CALLER, new Elsewhere(made)).code(TENSOR, new MemoryStore()))
          .isInstanceOf(NotMade.class);
    }
    assertThat(made).hasSize(expected.passes()).allMatch(tiles -> tiles.size() > 1);
    MemoryStore there = new MemoryStore();
    assertThat(new TargetSearch(settings, Workers.CALLER, new Elsewhere(made)).code(TENSOR, there)).isEqualTo(expected);
    assertThat(there.toByteArray()).isEqualTo(here.toByteArray());
  }
}
