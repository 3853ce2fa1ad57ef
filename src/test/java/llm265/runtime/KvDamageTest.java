package llm265.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.h264.StreamException;
import llm265.runtime.transform.KvPart;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of damaged sequences and pages: an error, never values. */
class KvDamageTest {
  private static final KvSpec SPEC = KvSpec.of("toy", 2, 2, 16, DType.F16).withPages(16, 1).withRaw(2, 10);

  /** Bytes of sinks and the tail behind the last page. */
  private static final int RAW_BYTES = (2 + 12) * 2 * 2 * 2 * 16 * 2;

  private static final byte[][] FILES = Stream.concat(
      Arrays.stream(KvRate.Mode.values()).map(KvDamageTest::file),
      Stream.of(file(SPEC.withLearnedAxes(), KvRate.Mode.SNR))).toArray(byte[][]::new);

  private static byte[] file(KvRate.Mode mode) {
    return file(SPEC, mode);
  }

  private static byte[] file(KvSpec spec, KvRate.Mode mode) {
    KvCacheWriter writer = KvCodec.of(spec, KvSamples.rate(mode)).newSequence();
    writer.append(KvSamples.view(spec, 140, 1), 0, 140);
    return writer.serialise();
  }

  @ParameterizedTest
  @EnumSource(KvRate.Mode.class)
  void everyFlippedByteOfAPageIsFound(KvRate.Mode mode) {
    KvCodec codec = KvCodec.of(SPEC, KvSamples.rate(mode));
    KvView view = KvSamples.view(SPEC, 64, 1);
    KvContext context = codec.learn(view, 0, 64, 0);
    byte[] bytes = new byte[(int) codec.maxPageBytes()];
    KvPageJob encode = new KvPageJob(view, 16, 16, 16, 0, 2, MemorySegment.ofArray(bytes));
    codec.encodePages(context, 0, encode);
    assertThat(encode.problem()).isEmpty();
    byte[] page = Arrays.copyOf(bytes, (int) encode.length());
    MemorySegment[] keys = new MemorySegment[2];
    MemorySegment[] values = new MemorySegment[2];
    KvView room = KvSamples.room(SPEC, keys, values, 16);
    for (int i = 0; i < page.length; i++) {
      byte[] damaged = page.clone();
      damaged[i] ^= (byte) (1 << (i % 8));
      KvPageJob decode = new KvPageJob(room, 0, 16, 16, 0, 2, MemorySegment.ofArray(damaged));
      assertThat(codec.decodePages(context, 0, decode)).as("byte %d", i).isZero();
      assertThat(decode.status()).isIn(KvPageJob.Status.DAMAGED, KvPageJob.Status.REFUSED);
      assertThat(decode.problem()).isNotEmpty();
    }
    for (MemorySegment untouched : keys) {
      assertThat(untouched.toArray(LittleEndian.BYTE)).containsOnly(0);
    }
    KvPageJob good = new KvPageJob(room, 0, 16, 16, 0, 2, MemorySegment.ofArray(page));
    codec.decodePages(context, 0, good);
    assertThat(good.problem()).isEmpty();
  }

  @Test
  void pagesOfOtherPlacesAndSequencesAreMisses() {
    KvCodec codec = KvCodec.of(SPEC, KvRate.fixedBytes(6, 6));
    KvView view = KvSamples.view(SPEC, 64, 1);
    KvContext context = codec.learn(view, 0, 64, 0);
    byte[] page = new byte[(int) codec.maxPageBytes()];
    assertThat(codec.encodePages(context, 0, new KvPageJob(view, 16, 16, 16, 0, 2, MemorySegment.ofArray(page)))).isEqualTo(1);
    KvPageJob otherPlace = new KvPageJob(view, 16, 32, 16, 0, 2, MemorySegment.ofArray(page));
    KvContext otherContext = codec.learn(KvSamples.view(SPEC, 64, 9), 0, 64, 0);
    KvPageJob otherSequence = new KvPageJob(view, 16, 16, 16, 0, 2, MemorySegment.ofArray(page));
    assertThat(codec.decodePages(context, 0, otherPlace)).isZero();
    assertThat(codec.decodePages(otherContext, 0, otherSequence)).isZero();
    assertThat(otherSequence.status()).isEqualTo(KvPageJob.Status.DAMAGED);
  }

  @Test
  void everyFlippedByteOfAFileIsFound() {
    KvSpec small = KvSpec.of("toy", 1, 2, 8, DType.F16).withPages(64, 1).withRaw(2, 10);
    everyFlippedByteIsFound(file(small, KvRate.Mode.BITS));
    everyFlippedByteIsFound(file(small.withLearnedAxes(), KvRate.Mode.BITS));
  }

  private static void everyFlippedByteIsFound(byte[] file) {
    // Every byte of headers and pages, and some of the tokens that are kept as they are.
    int pages = file.length - 14 * 2 * 2 * 8 * 2;
    for (int i = 0; i < file.length; i += i < pages ? 1 : 97) {
      byte[] damaged = file.clone();
      damaged[i] ^= (byte) (1 << (i % 8));
      boolean isFound;
      try {
        isFound = !KvCacheReader.open(damaged, null).verify().isEmpty();
      } catch (StreamException e) {
        isFound = true;
      }
      assertThat(isFound).as("byte %d", i).isTrue();
    }
  }

  @Test
  void damageNamesLayerAndPageAndTheRestIsRead() {
    byte[] file = file(KvRate.Mode.BITS);
    KvCacheReader whole = KvCacheReader.open(file, SPEC);
    // Near the end of the last page: its last cell, the values of the last layer's last head.
    file[file.length - RAW_BYTES - 3] ^= 1;
    KvCacheReader reader = KvCacheReader.open(file, SPEC);
    assertThat(reader.verify()).singleElement()
        .matches(damage -> damage.page() == 7 && damage.layer() == 1 && damage.part() == KvPart.VALUES);
    MemorySegment dst = MemorySegment.ofArray(new byte[140 * 2 * 16 * 2]);
    assertThatThrownBy(() -> reader.read(1, KvPart.VALUES, 1, 2, 0, 140, dst))
        .isInstanceOf(KvCellException.class).hasMessageStartingWith("page 7, layer 1, values: its checksum");
    assertThat(dst.toArray(LittleEndian.BYTE)).containsOnly(0);
    assertThat(reader.tryRead(1, KvPart.VALUES, 0, 1, 0, 140, dst)).isTrue();
    assertThat(whole.tokens()).isEqualTo(reader.tokens());
  }

  /** What the mutations below need, and fuzzing. */
  @Test
  void repairReachesTheLastCellAndTheLastToken() {
    for (byte[] file : FILES) {
      byte[] damaged = file.clone();
      damaged[file.length - 1] ^= 1;
      damaged[file.length - RAW_BYTES - 3] ^= 1;
      assertThat(KvCacheReader.open(damaged, null).verify()).hasSize(2);
      KvDamage.repair(damaged);
      assertThat(KvCacheReader.open(damaged, null).verify()).isEmpty();
    }
  }

  /** Mutations under checksums that are made right: nothing but the documented exceptions. */
  @Property(tries = 150)
  void onlyDocumentedExceptionsEscape(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] file = FILES[random.nextInt(FILES.length)].clone();
    int header = MemorySegment.ofArray(file).get(LittleEndian.INT, 8);
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      int at = random.nextInt(3) == 0 ? random.nextInt(file.length) : 12 + random.nextInt(header);
      file[at] = (byte) (random.nextBoolean() ? random.nextInt() : file[at] ^ (1 << random.nextInt(8)));
    }
    if (random.nextInt(8) == 0) {
      file = Arrays.copyOf(file, random.nextInt(file.length));
    }
    KvDamage.repair(file);
    try {
      KvDamage.readAll(file);
    } catch (StreamException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  /** Found by fuzzing: the name of a type went into the message as it was, with line ends and all. */
  @Test
  void textOfAFileStaysOnItsLineInMessages() {
    byte[] file = file(KvRate.Mode.LOSSLESS);
    String text = new String(file, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("F16");
    file[at] = '\n';
    file[at + 1] = 0x1B;
    KvDamage.repair(file);
    assertThatThrownBy(() -> KvCacheReader.open(file, null)).isInstanceOf(StreamException.class)
        .hasMessageContaining("\\u000a\\u001b6").satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }
}
