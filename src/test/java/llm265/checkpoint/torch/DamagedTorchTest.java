package llm265.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged archives and pickles: they open and can be read, or ModelFormatException says why not. */
class DamagedTorchTest {
  private static final String OPCODES =
      "\u0080\u0002.(012NJKMG\u008aXqrhjt)\u0085\u0086\u0087]l}dsuaecR"
      + "\u0081bQ\u0088\u0089\u008f\u0090\u0091\u0093\u0094\u0095";

  @TempDir Path folder;

  private static byte[] fixture(String name) throws IOException {
    try (InputStream in = DamagedTorchTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  /** Changes bytes, most of them in the pickle or in the directory; its length stays, so that the directory still fits. */
  private static byte[] mutate(byte[] seed, Random random) {
    byte[] bytes = seed.clone();
    int pickle = indexOf(bytes, "PK\u0003\u0004", 1);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = switch (random.nextInt(4)) {
        case 0 -> random.nextInt(bytes.length);
        case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 400));
        default -> random.nextInt(Math.max(1, pickle));
      };
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt(256);
        case 2 -> bytes[at] = (byte) OPCODES.charAt(random.nextInt(OPCODES.length()));
        case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) (random.nextInt(3) - 1));
        default -> System.arraycopy(bytes, random.nextInt(bytes.length), bytes, at, Math.min(random.nextInt(16), 1));
      }
    }
    return random.nextInt(20) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  private static int indexOf(byte[] bytes, String mark, int from) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(mark, from);
  }

  private void fuzz(String name, int mutants) throws IOException {
    byte[] seed = fixture(name);
    Path path = folder.resolve(name);
    int refused = 0;
    for (int i = 0; i < mutants; i++) {
      Files.write(path, mutate(seed, new Random(i * 0x9E3779B97F4A7C15L)));
      try (Checkpoint checkpoint = Checkpoint.open(path)) {
        for (TensorView tensor : checkpoint.tensors()) {
          assertThat(tensor.data().byteSize()).isEqualTo(tensor.dtype().byteSize(tensor.count()));
          tensor.data().toArray(LittleEndian.BYTE);
        }
      } catch (ModelFormatException e) {
        refused++;
        assertThat(e.getMessage().lines().count()).as("message of mutant %d: %s", i, e.getMessage()).isEqualTo(1);
      } catch (RuntimeException e) {
        fail("mutant " + i + " of " + name, e);
      }
    }
    // Were all of them refused, or none, the mutations would miss the point.
    assertThat(refused).isBetween(mutants / 4, mutants - mutants / 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"state-dict.pt", "strides-protocol-4.pt", "libtorch.pt", "training.pt", "newer.pt"})
  void damagedFiles(String name) throws IOException {
    fuzz(name, 600);
  }

  @Test
  @Tag("long")
  void manyDamagedFiles() throws IOException {
    for (String name : new String[] {"state-dict.pt", "strides.pt", "training.pt", "unread.pt", "newer.pt"}) {
      fuzz(name, 20_000);
    }
  }
}
