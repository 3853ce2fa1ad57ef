package llm265.reference.trellis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import llm265.TensorDecoder;
import llm265.h264.MalformedStreamException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams with any fields, such as no encoder writes, decode to what SPEC.md makes of them. */
class WrittenTensorTest {
  private static byte[] decoded(byte[] stream) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    byte[] bytes = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
    decoder.decodeInto(MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static void check(long seed, int count) {
    for (long i = seed; i < seed + count; i++) {
      try {
        byte[] stream = AnyTensor.stream(i);
        assertThat(decoded(stream)).isEqualTo(TextTensor.read(stream).bytes());
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + i, e);
      }
    }
  }

  /** A tensor with a step of 1 and an offset of 0, so that its values are its levels. */
  private static WrittenTensor ofLevels(long rows, long columns, WrittenLaw law) {
    WrittenTensor tensor = new WrittenTensor();
    tensor.shape = new long[] {rows, columns};
    tensor.viewColumns = columns;
    tensor.tileWidth = (int) Math.max(48, (columns + 15) / 16 * 16);
    tensor.tileHeight = (int) (rows + 15) / 16 * 16;
    tensor.laws.set(0, law);
    tensor.withTiles(new Random(rows), 0);
    tensor.tiles.getFirst().offset = 0;
    tensor.tiles.getFirst().step = 1;
    return tensor;
  }

  /** Compares with the levels that were written, and with the text. */
  private static void checkLevels(WrittenTensor tensor) {
    byte[] stream = tensor.write(new Random(1));
    float[] values = TensorDecoder.decode(stream);
    int[] levels = tensor.tiles.getFirst().levels;
    assertThat(values).hasSize(levels.length);
    for (int i = 0; i < levels.length; i++) {
      if (values[i] != levels[i]) {
        throw new AssertionError("value " + i + " is " + values[i] + ", its level " + levels[i]);
      }
    }
    assertThat(decoded(stream)).isEqualTo(TextTensor.read(stream).bytes());
  }

  private static WrittenLaw law(int alphabet, int token, int most) {
    int[] frequencies = new int[16];
    frequencies[token] = most;
    frequencies[TextLaw.ESCAPE] += 4096 - most - (token == TextLaw.ESCAPE ? 1 : 0);
    frequencies[0] += token == TextLaw.ESCAPE ? 1 : 0;
    return WrittenLaw.counted(alphabet, new int[][] {frequencies, frequencies.clone()});
  }

  @Test
  void everyTail() {
    // A token that costs next to nothing leaves a lane's state as it is for many steps.
    WrittenTensor tensor = ofLevels(95, 48, law(0, 0, 4095));
    tensor.chunkSteps = 300;
    WrittenTensor.Tile tile = tensor.tiles.getFirst();
    Arrays.fill(tile.magnitudes, 0);
    TextLaw[] lawOf = new TextLaw[tile.magnitudes.length];
    Arrays.fill(lawOf, tensor.laws.getFirst().text());
    ChunkWriter writer = new ChunkWriter(tensor.stateBits, lawOf, tile.magnitudes, tile.negative, tile.escapes);
    for (int tail = 0; tail <= 255; tail++) {
      byte[] chunk = writer.withTail(tail, new Random() {
        @Override
        public int nextInt(int bound) {
          return 0;
        }
      });
      assertThat(chunk[0]).isEqualTo((byte) tail);
      tensor.instead.put("chunk", chunk);
      assertThat(TensorDecoder.decode(tensor.write(new Random(1)))).containsOnly(0);
    }
  }

  @Test
  void everyMagnitudeIsTheEscapes() {
    WrittenTensor tensor = ofLevels(40, 50, law(2, TextLaw.ESCAPE, 4095));
    int[] magnitudes = tensor.tiles.getFirst().magnitudes;
    Random random = new Random(3);
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = i % 7 == 0 ? 65_535 - i % 2 : i % 7 == 1 ? 0 : random.nextInt(65_536);
    }
    checkLevels(tensor);
  }

  @Test
  void everyMagnitudeOfEveryAlphabet() {
    for (int alphabet = 0; alphabet < 3; alphabet++) {
      for (int stateBits : new int[] {0, 2, 3, 4, 5, 6, 7, 8}) {
        WrittenTensor tensor = ofLevels(30, 48, WrittenLaw.computed(alphabet, 90, 4, 8, 6, 4));
        tensor.stateBits = stateBits;
        int[] magnitudes = tensor.tiles.getFirst().magnitudes;
        for (int i = 0; i < magnitudes.length; i++) {
          magnitudes[i] = i * 7 % 600;
        }
        checkLevels(tensor);
      }
    }
  }

  @Test
  void chunksOfOneStep() {
    WrittenTensor tensor = ofLevels(7, 7, WrittenLaw.computed(1, 60, 16, 8, 6, 4));
    tensor.chunkSteps = 1;
    checkLevels(tensor);
  }

  @Test
  void chunksOfAsManyStepsAsThereMayBe() {
    WrittenTensor tensor = ofLevels(1025, 1024, WrittenLaw.computed(1, 60, 16, 8, 6, 4));
    tensor.chunkSteps = 65_536;
    checkLevels(tensor);
  }

  @Test
  void theGreatestTile() {
    WrittenTensor tensor = ofLevels(512, 4096, WrittenLaw.computed(1, 60, 16, 8, 6, 4));
    tensor.tiles.getFirst().step = 0;
    tensor.tiles.getFirst().offset = 5;
    float[] values = TensorDecoder.decode(tensor.write(new Random(1)));
    assertThat(values).hasSize(1 << 21);
    for (float value : values) {
      if (value != 5) {
        throw new AssertionError("a value is " + value);
      }
    }
  }

  @Test
  void noValuesNoDimensionsAndAsManyAsThereMayBe() {
    for (long[] shape : new long[][] {{0}, {}, {1}, new long[32]}) {
      WrittenTensor tensor = new WrittenTensor();
      tensor.shape = shape;
      tensor.withTiles(new Random(1), 0);
      byte[] stream = tensor.write(new Random(1));
      assertThat(TensorDecoder.open(stream).info().shape()).isEqualTo(shape);
      assertThat(decoded(stream)).isEqualTo(TextTensor.read(stream).bytes());
      TensorDecoder.open(stream).verify();
    }
  }

  /** A file of 3 GB, most of which is no tile's. */
  @Test
  void aUnitOfMoreBytesThanCanBe(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("long");
    Files.write(file, ofLevels(7, 7, WrittenLaw.computed(1, 60, 16, 8, 6, 4)).write(new Random(1)));
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        Arena arena = Arena.ofShared()) {
      MemorySegment stream = channel.map(FileChannel.MapMode.READ_WRITE, 0, 3L << 30, arena);
      assertThatThrownBy(() -> TensorDecoder.open(stream).verify()).isInstanceOf(MalformedStreamException.class)
          .hasMessageContaining("tile_bytes");
    }
  }

  @Test
  void anyFields() {
    check(0, 40);
  }

  @Test
  @Tag("long")
  void manyOfAnyFields() {
    check(Long.getLong("llm265.fuzz.seed", 1_000_000), 10_000);
  }
}
