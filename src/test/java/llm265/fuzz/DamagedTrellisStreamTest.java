package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.reference.trellis.AnyTensor;
import llm265.reference.trellis.Refused;
import llm265.reference.trellis.TextTensor;
import llm265.tensor.Codec;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Damaged trellis streams: the two documented exceptions or what SPEC.md makes of them, soon, and with little memory. A failure
 * leaves the stream under target/fuzz-findings.
 */
class DamagedTrellisStreamTest {
  private static final int ROWS = 17;
  private static final int COLUMNS = 50;

  /** Tables, values of a tile and what is made of them, for the greatest tile that there may be. */
  private static final long TILE_BYTES = 80 << 20;

  private static float[] values(int kind) {
    Random random = new Random(kind);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      double value = random.nextGaussian();
      values[i] = (float) switch (kind) {
        case 0 -> value * Math.exp((i % COLUMNS - 25) / 9.0) * Math.exp((i / COLUMNS - 8) / 7.0);
        case 1 -> Math.sin(i / COLUMNS * 0.21) * (i % COLUMNS - 25) + 0.01 * value;
        case 2 -> i % 90 == 0 ? Double.NaN : value * value * value;
        default -> value;
      };
    }
    return values;
  }

  private static List<byte[]> streams() {
    List<byte[]> streams = new ArrayList<>();
    TensorEncoder encoder = TensorEncoder.atBits(2).withCodec(Codec.TRINITY).withEffort(Effort.FAST);
    for (int kind = 0; kind < 4; kind++) {
      streams.add(encoder.encode(values(kind), ROWS, COLUMNS));
    }
    float[] weights = new float[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
      weights[i] = 1 + i;
    }
    streams.add(encoder.withChannelWeights(weights).encode(values(3), ROWS, COLUMNS));
    streams.add(TensorEncoder.atMaxError(0.1).withCodec(Codec.TRINITY).withEffort(Effort.FAST).encode(values(2), ROWS, COLUMNS));
    return streams;
  }

  private static List<byte[]> corpus() {
    List<byte[]> corpus = streams();
    for (int seed = 0; seed < 30; seed++) {
      corpus.add(AnyTensor.stream(seed));
    }
    return corpus;
  }

  /** A fault's message, or an empty string. */
  private static String fault(byte[] stream) {
    try {
      TensorDecoder.open(stream).verify();
      return "";
    } catch (MalformedStreamException | UnsupportedStreamException e) {
      StreamException fault = e;
      if (fault.clause().isEmpty() || fault.syntaxElement().isEmpty()) {
        throw new AssertionError("an error without a name", e);
      }
      return fault.getMessage();
    }
  }

  /** The fault, after a look at what it takes. What classes take that are initialized is not taken again. */
  private static String cheapFault(byte[] stream) {
    long most = TILE_BYTES + 300L * stream.length;
    long least = Long.MAX_VALUE;
    String fault = "";
    for (int i = 0; i < 20 && least > most; i++) {
      if (i >= 4) {
        LockSupport.parkNanos(25_000_000);
      }
      long before = allocatedBytes();
      fault = fault(stream);
      least = Math.min(least, allocatedBytes() - before);
    }
    assertThat(least).as("bytes allocated").isLessThanOrEqualTo(most);
    return fault;
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Compares with the text, where that does not take too long. */
  private static void checkOutcome(byte[] stream, String fault) {
    if (fault.isEmpty()) {
      TensorDecoder decoder = TensorDecoder.open(stream);
      if (decoder.info().values() < 1 << 18) {
        byte[] decoded = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
        decoder.decodeInto(MemorySegment.ofArray(decoded));
        assertThat(decoded).isEqualTo(TextTensor.read(stream).bytes());
      }
    } else {
      try {
        TextTensor.read(stream);
      } catch (Refused | ArithmeticException | UnsupportedOperationException expected) {
        return;
      }
      throw new AssertionError("SPEC.md has nothing against it: " + fault);
    }
  }

  private static Map<String, Integer> check(long first, int count) {
    TrellisMutator mutator = new TrellisMutator(corpus());
    Map<String, Integer> faults = new HashMap<>();
    for (long seed = first; seed < first + count; seed++) {
      byte[] mutant = mutator.mutant(seed);
      try {
        String fault = cheapFault(mutant);
        checkOutcome(mutant, fault);
        faults.merge(fault.split(":")[0], 1, Integer::sum);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", see " + MalformedStreamTest.save(mutant, seed) + ": " + e, e);
      }
    }
    return faults;
  }

  @Test
  @Timeout(120)
  void everyFlippedBitIsFound() {
    for (byte[] stream : List.of(streams().get(0), streams().get(2))) {
      for (int bit = 0; bit < 8 * stream.length; bit++) {
        byte[] damaged = stream.clone();
        damaged[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(fault(damaged)).as("bit %d", bit).isNotEmpty();
      }
    }
  }

  @Test
  @Timeout(120)
  void everyTruncationIsFound() {
    List<byte[]> corpus = corpus();
    for (byte[] stream : corpus) {
      boolean each = stream == corpus.get(2) || stream == corpus.getLast();
      for (int length = 0; length < stream.length; length += each ? 1 : 1 + length / 40) {
        assertThat(fault(Arrays.copyOf(stream, length))).as("of %d bytes the first %d", stream.length, length).isNotEmpty();
      }
      assertThat(fault(Arrays.copyOf(stream, stream.length + 1))).isNotEmpty();
    }
  }

  /** The head of one stream and the tail of another, also of one that differs in its last values alone. */
  @Test
  @Timeout(120)
  void everySpliceIsFound() {
    float[] other = values(3);
    other[other.length - 1] += 1;
    byte[] one = streams().get(3);
    byte[] two = TensorEncoder.atBits(2).withCodec(Codec.TRINITY).withEffort(Effort.FAST).encode(other, ROWS, COLUMNS);
    // The header of one tensor and the tile of another are sound, each by its own checksum.
    List<byte[]> sound = List.of(one, two, spliced(one, two, TrellisMutator.headerEnd(one)));
    for (int cut = 1; cut < Math.min(one.length, two.length); cut++) {
      byte[] spliced = spliced(one, two, cut);
      if (sound.stream().noneMatch(stream -> Arrays.equals(stream, spliced))) {
        assertThat(fault(spliced)).as("cut at %d", cut).isNotEmpty();
      }
    }
  }

  private static byte[] spliced(byte[] head, byte[] tail, int cut) {
    byte[] spliced = tail.clone();
    System.arraycopy(head, 0, spliced, 0, cut);
    return spliced;
  }

  @Test
  @Timeout(120)
  void mutantsDecodeByTheTextOrAreRefused() {
    Map<String, Integer> faults = check(0, 2000);
    // Damage went as deep as it can.
    assertThat(faults).containsKeys(
        "chunk", "lane_states", "chunk_bytes", "law_kind", "token_count", "outlier_gap", "tile_crc", "header_crc", "");
  }

  @Test
  @Tag("long")
  @Timeout(7200)
  void manyMutantsDecodeByTheTextOrAreRefused() {
    check(Long.getLong("llm265.fuzz.seed", 1_000_000), 100_000);
  }

  /** A stream of few bytes with a long claim: each allocates what a tile takes, and no more. */
  @Test
  @Timeout(60)
  void fewBytesTakeLittleMemory() {
    byte[] stream = streams().get(3);
    for (int at = 12; at < 100; at++) {
      for (int value : new int[] {0x7F, 0x80, 0xFF}) {
        byte[] damaged = stream.clone();
        damaged[at] = (byte) value;
        cheapFault(TrellisMutator.repaired(damaged));
      }
    }
  }
}
