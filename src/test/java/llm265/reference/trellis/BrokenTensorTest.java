package llm265.reference.trellis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import llm265.TensorDecoder;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each "must" of SPEC.md, "Trellis stream" and "Side information", broken by itself, with sound checksums: refused by name. */
class BrokenTensorTest {
  /**
   * A fault.
   *
   * @param unsupported whether it may be what a later version knows
   * @param named words of the message, the field's name among them
   */
  private record Fault(String what, boolean unsupported, String named, Consumer<WrittenTensor> change) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static final List<Fault> FAULTS = new ArrayList<>();

  private static void malformed(String what, String named, Consumer<WrittenTensor> change) {
    FAULTS.add(new Fault(what, false, named, change));
  }

  private static void unsupported(String what, String named, Consumer<WrittenTensor> change) {
    FAULTS.add(new Fault(what, true, named, change));
  }

  /** Other bytes in place of a field. */
  private static Consumer<WrittenTensor> put(String field, Out content) {
    return tensor -> tensor.instead.put(field, content.toByteArray());
  }

  private static Consumer<WrittenTensor> flags(int flags) {
    return tensor -> tensor.flags |= flags;
  }

  private static Consumer<WrittenTensor> laws(int... bytes) {
    Out out = new Out();
    for (int b : bytes) {
      out.u8(b);
    }
    return put("law", out);
  }

  private static Consumer<WrittenTensor> counts(int alphabet, int... first) {
    Out out = new Out().u8(2).u8(alphabet);
    for (int i = 0; i < 30; i++) {
      out.uv(i < first.length ? first[i] : i == 15 ? 4000 : 0);
    }
    return put("law", out);
  }

  /** The first chunk, changed. */
  private static Consumer<WrittenTensor> chunk(UnaryOperator<byte[]> change) {
    return tensor -> {
      byte[][] chunk = {null};
      tensor.chunkSteps = 65_536;
      WrittenTensor.Tile tile = tensor.tiles.getFirst();
      TextLaw[] lawOf = new TextLaw[tile.magnitudes.length];
      Arrays.fill(lawOf, tensor.laws.getFirst().text());
      chunk[0] = new ChunkWriter(tensor.stateBits, lawOf, tile.magnitudes, tile.negative, tile.escapes)
          .withTailUpTo(1, new Random(1));
      tensor.instead.put("chunk", change.apply(chunk[0]));
    };
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static Consumer<WrittenTensor> outlier(Consumer<WrittenTensor> more) {
    return tensor -> {
      tensor.tiles.getFirst().outliers.add(new long[] {3, 0x41000000L});
      more.accept(tensor);
    };
  }

  private static Consumer<WrittenTensor> run(Consumer<WrittenTensor> more) {
    return tensor -> {
      tensor.tiles.getFirst().runPatterns = new long[] {0x7FC00000L, 0x7F800000L, 0xFF800000L};
      tensor.tiles.getFirst().runs.add(new int[] {5, 4, 1});
      more.accept(tensor);
    };
  }

  private static Consumer<WrittenTensor> rotated(Consumer<WrittenTensor> more) {
    return tensor -> {
      tensor.flags |= TextTensor.ROTATION;
      tensor.reflections = new int[1][16];
      tensor.reflections[0][3] = 5;
      more.accept(tensor);
    };
  }

  private static Consumer<WrittenTensor> channels(Consumer<WrittenTensor> more) {
    return tensor -> {
      tensor.flags |= TextTensor.CHANNELS;
      tensor.channelClasses = new int[] {1, 2, 3, 4};
      more.accept(tensor);
    };
  }

  private static Consumer<WrittenTensor> blocks(Consumer<WrittenTensor> more) {
    return channels(tensor -> {
      tensor.flags |= TextTensor.BLOCKS;
      tensor.blockChannels = 2;
      tensor.channelBlock = 400;
      more.accept(tensor);
    });
  }

  static {
    malformed("other first bytes", "tensor header",
        put("stream", new Out().all(new byte[] {(byte) 0x8C, 0x32, 0, 0, 0, 0, 0, 0})));
    malformed("a payload behind the stream", "payload_length", put("payload_length", new Out().little(100_000, 4)));
    malformed("a payload of 2^32 - 1 bytes", "payload_length", put("payload_length", new Out().little(-1, 4)));
    malformed("a shorter payload", "", put("payload_length", new Out().little(60, 4)));
    malformed("no payload", "tensor section", put("payload_length", new Out().little(0, 4)));
    unsupported("another version", "format_version", put("format_version", new Out().uv(2)));
    unsupported("an unknown flag", "transform_flags", flags(4096));
    unsupported("a flag of 2^40", "transform_flags", put("transform_flags", new Out().uv((1L << 40) + 2048)));
    unsupported("a trellis and a pre-inverse transform", "transform_flags", flags(2));
    unsupported("a trellis and exact values", "transform_flags", flags(128));
    unsupported("a trellis and sample bits", "transform_flags", flags(256));
    unsupported("a trellis and low bits", "transform_flags", flags(512));
    unsupported("blocks without channels", "transform_flags", flags(TextTensor.BLOCKS));
    malformed("no trellis", "", put("transform_flags", new Out().uv(0)));
    unsupported("integers", "element_type", put("element_type", new Out().uv(5)));
    unsupported("a type that is not known", "element_type", put("element_type", new Out().uv(77)));
    unsupported("another layout", "layout", put("layout", new Out().uv(1)));
    malformed("33 dimensions", "rank", put("dimension", new Out().uv(33).all(new byte[33])));
    malformed("2^64 values", "", put("dimension", new Out().uv(2).uv(1L << 32).uv(1L << 32)));
    malformed("2^35 values", "tile_bytes", put("dimension", new Out().uv(1).uv(1L << 35)));
    malformed("no columns", "framing", put("view_columns", new Out().uv(0)));
    malformed("2^62 columns", "framing", put("view_columns", new Out().uv(1L << 62)));
    malformed("narrow tiles", "framing", put("tile_width", new Out().uv(2)));
    malformed("wide tiles", "tile_width", put("tile_width", new Out().uv(257)));
    malformed("low tiles", "framing", put("tile_height", new Out().uv(0)));
    malformed("high tiles", "tile_height", put("tile_height", new Out().uv(257)));
    malformed("tiles of more than 2^21 samples", "tile_height",
        put("tile_width", new Out().uv(256)).andThen(put("tile_height", new Out().uv(33))));
    malformed("a partial row, transposed", "framing",
        flags(TextTensor.TRANSPOSED).andThen(put("dimension", new Out().uv(1).uv(767))));
    malformed("no values, transposed", "framing",
        flags(TextTensor.TRANSPOSED).andThen(put("dimension", new Out().uv(1).uv(0))));
    malformed("a partial row, rotated", "rotation", rotated(put("dimension", new Out().uv(1).uv(767))));
    malformed("cut columns, rotated", "tile_height", rotated(put("dimension", new Out().uv(2).uv(17).uv(48))));
    malformed("257 reflections", "reflection_count", rotated(put("rotation", new Out().uv(257).all(new byte[4000]))));
    malformed("a reflection about nothing", "vector_element", rotated(tensor -> tensor.reflections[0][3] = 0));
    malformed("a reflection about 2^15", "vector_element", rotated(tensor -> tensor.reflections[0][3] = 32_768));
    malformed("a parameter of reflections of 16", "rice_parameter",
        rotated(put("rotation", new Out().uv(1).all(new byte[] {16}))));
    unsupported("a rotation with scales of channels", "transform_flags", rotated(channels(tensor -> { })));
    malformed("a run of 0 values of a channel", "channel_count", channels(put("channel_run", new Out().uv(0))));
    malformed("no channels", "channel_count", channels(put("channel_count", new Out().uv(0))));
    malformed("2^20 channels and one", "channel_count", channels(put("channel_count", new Out().uv((1 << 20) + 1))));
    malformed("channels of no whole blocks", "channel_block", blocks(tensor -> tensor.blockChannels = 3));
    malformed("blocks of no channels", "channel_block", blocks(put("block_channels", new Out().uv(0))));
    malformed("values behind the last block", "channel_block", blocks(tensor -> tensor.channelBlock = 300));
    malformed("blocks of no values", "channel_block", blocks(put("channel_block", new Out().uv(0))));
    malformed("a class of a channel of 64", "", channels(tensor -> tensor.channelClasses[2] = 64));
    malformed("a class of a channel of -1", "", channels(tensor -> tensor.channelClasses[2] = -1));
    malformed("a middle class of 64", "middle_class", channels(put("middle_class", new Out().u8(64))));
    malformed("a parameter of classes of 8", "rice_parameter", channels(put("rice_parameter of classes", new Out().u8(8))));
    malformed("a trellis of 2 states", "state_bits", put("state_bits", new Out().u8(1)));
    malformed("a trellis of 512 states", "state_bits", put("state_bits", new Out().u8(9)));
    malformed("a trellis of 2^255 states", "state_bits", put("state_bits", new Out().u8(255)));
    malformed("chunks of no steps", "chunk_steps", put("chunk_steps", new Out().uv(0)));
    malformed("chunks of 2^16 steps and one", "chunk_steps", put("chunk_steps", new Out().uv(65_537)));
    malformed("no laws", "law_classes", put("law_classes", new Out().uv(0)));
    malformed("128 laws", "law_classes", put("law_classes", new Out().uv(128)));
    malformed("a narrower law than none", "law_kind", laws(0));
    malformed("a narrower law than counted ones", "law_kind", tensor -> {
      int[] frequencies = new int[16];
      frequencies[0] = 4095;
      frequencies[TextLaw.ESCAPE] = 1;
      Out out = new Out();
      WrittenLaw.counted(0, new int[][] {frequencies, frequencies}).write(out);
      tensor.instead.put("law", out.u8(0).toByteArray());
      tensor.instead.put("law_classes", new byte[] {2});
    });
    malformed("a law of kind 3", "law_kind", laws(3, 0, 40, 16, 8, 6, 4));
    malformed("an alphabet 3", "alphabet", laws(1, 3, 40, 16, 8, 6, 4));
    malformed("an alphabet 3 of counted tokens", "alphabet", counts(3, 4000));
    malformed("a width of 160", "law", laws(1, 0, 160, 16, 8, 6, 4));
    malformed("a shape of 3", "law", laws(1, 0, 40, 3, 8, 6, 4));
    malformed("a shape of 25", "law", laws(1, 0, 40, 25, 8, 6, 4));
    malformed("a first zero of 16", "law", laws(1, 0, 40, 16, 16, 6, 4));
    malformed("a second zero of 16", "law", laws(1, 0, 40, 16, 8, 16, 4));
    malformed("a first one of 8", "law", laws(1, 0, 40, 16, 8, 6, 8));
    malformed("counts of 4096 and no escape", "law", counts(0, 2000, 2096));
    malformed("counts over 4096", "law", counts(0, 4000, 4000));
    malformed("a count of 4096", "law", counts(0, 4096));
    malformed("a count of 4097", "token_count", counts(0, 4097));
    malformed("an escape of 4096", "law", counts(0));
    malformed("a count that is no multiple of 8", "law", counts(1, 1000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12));
    malformed("a deviation that is infinite", "f21", put("deviation", new Out().f21(Float.POSITIVE_INFINITY)));
    malformed("an error that is NaN", "f21", put("rms_error", new Out().f21(Float.NaN)));
    malformed("an error without its high bits", "rms_error", put("rms_error", new Out().u8(1).u8(2).u8(3)));
    malformed("another checksum of the header", "header_crc", put("header_crc", new Out().s7(12345, 5)));
    malformed("a checksum of the header of 33 bits", "header_crc", tensor -> {
      byte[] stream = tensor.write(new Random(1));
      // Of a stream of one tile, five bytes of the first section are the last.
      Fields fields = new Fields(stream, 13, stream.length);
      int end = (int) fields.uv() + fields.place();
      byte[] crc = Arrays.copyOfRange(stream, end - 5, end);
      crc[4] ^= 0x10;
      tensor.instead.put("header_crc", crc);
    });
    malformed("a byte behind the header's checksum", "tensor section", put("behind header_crc", new Out().u8(0)));
    malformed("no header", "", put("tensor section", new Out()));
    malformed("the tile 1 in place of 0", "tile_number", put("tile_number", new Out().uv(1)));
    malformed("an infinite offset", "offset", put("offset", new Out().f32(Float.POSITIVE_INFINITY)));
    malformed("a step that is NaN", "step", put("step", new Out().f32(Float.NaN)));
    malformed("more outliers than values", "outlier_count", put("outlier_count", new Out().uv(769)));
    malformed("more outliers than bits", "outlier_count", put("outlier_count", new Out().uv(700)));
    malformed("a parameter of gaps of 25", "rice_parameters", outlier(put("rice_parameters", new Out().u8(25 << 3))));
    malformed("an exponent of 256", "outlier_exponent",
        outlier(put("outlier", new Out().rice(0, 3).bits(0, 1).rice(126, 2).bits(0, 23).fill())));
    malformed("an outlier in the padding", "outlier_gap", outlier(tensor -> {
      tensor.shape = new long[] {16, 40};
      tensor.viewColumns = 40;
      tensor.withTiles(new Random(1), 0);
      tensor.tiles.getFirst().outliers.add(new long[] {41, 0x41000000L});
    }));
    malformed("an outlier behind the tile", "outlier_gap",
        outlier(put("outlier", new Out().rice(768, 3).bits(0, 1).rice(0, 2).bits(0, 23).fill())));
    malformed("fill bits of outliers", "outlier_mantissa",
        outlier(put("outlier", new Out().rice(5, 3).bits(0, 1).rice(0, 2).bits(0, 23).bits(1, 1).fill())));
    malformed("an outlier that is in a run, too", "",
        run(outlier(tensor -> tensor.tiles.getFirst().outliers.add(new long[] {6, 0x41000000L}))));
    malformed("no patterns", "pattern_count", run(put("pattern_count", new Out().uv(0))));
    malformed("17 patterns", "pattern_count", run(put("pattern_count", new Out().uv(17))));
    malformed("a pattern of 1.0", "pattern", run(tensor -> tensor.tiles.getFirst().runPatterns[2] = 0x3F800000L));
    malformed("no runs", "run_count", run(put("run_count", new Out().uv(0))));
    malformed("more runs than values", "run_count", run(put("run_count", new Out().uv(769))));
    malformed("a parameter of runs of 25", "gap_parameter", run(put("gap_parameter", new Out().u8(25))));
    malformed("a parameter of lengths of 25", "length_parameter", run(put("length_parameter", new Out().u8(25))));
    malformed("a run behind the last value", "run_length",
        run(tensor -> tensor.tiles.getFirst().runs.add(new int[] {760, 9, 0})));
    malformed("a pattern of a run that is not there", "pattern_index",
        run(tensor -> tensor.tiles.getFirst().runs.add(new int[] {60, 9, 3})));
    malformed("fill bits of runs", "", run(put("run", new Out().rice(5, 3).rice(1, 1).bits(1, 2).bits(1, 1).fill())));
    malformed("a byte behind the runs", "", run(put("run", new Out().rice(5, 3).rice(1, 1).bits(1, 2).fill().u8(0))));
    unsupported("runs with a rotation", "section_tag", run(rotated(tensor -> { })));
    unsupported("sign patterns", "section_tag", put("sections before", new Out().uv(5).uv(2).u8(1).u8(0)));
    unsupported("an unknown section", "section_tag", put("sections before", new Out().uv(11).uv(0)));
    unsupported("row classes that the flags do not have", "section_tag",
        put("sections before", new Out().uv(7).uv(2).u8(1).u8(255)));
    unsupported("row classes twice", "section_tag",
        flags(TextTensor.ROWS_BY_SCALE).andThen(put("sections before", new Out().uv(7).uv(2).u8(1).u8(255)))
        .andThen(tensor -> tensor.rowClasses = new int[16]));
    malformed("no row classes", "row classes", flags(TextTensor.ROWS_BY_SCALE).andThen(put("row classes", new Out()))
        .andThen(tensor -> tensor.rowClasses = new int[16]));
    malformed("a byte behind the row classes", "row classes", flags(TextTensor.ROWS_BY_SCALE)
        .andThen(put("row classes", new Out().uv(7).uv(3).u8(1).u8(255).u8(0)))
        .andThen(tensor -> tensor.rowClasses = new int[16]));
    malformed("a section behind that of the tile", "side information", put("sections behind", new Out().uv(2).uv(0)));
    malformed("another checksum of the tile", "tile_crc", put("tile_crc", new Out().little(99, 4)));
    malformed("a body with a step of 0", "step", put("step", new Out().f32(0)));
    malformed("a chunk longer than the body", "chunk_bytes",
        put("chunk_bytes", new Out().uv(60).uv(60_000).uv(60).uv(60).uv(60).uv(60)));
    malformed("chunks shorter than the body", "chunk_bytes", put("behind the chunks", new Out().u8(0)));
    malformed("no body", "chunk_bytes", put("chunk_bytes", new Out()).andThen(put("chunks", new Out())));
    malformed("an empty chunk", "chunk", chunk(bytes -> new byte[0]));
    malformed("a tail longer than the chunk", "tail", chunk(bytes -> with(bytes, 0, 49)));
    malformed("a chunk without its states", "lane_states", chunk(bytes -> Arrays.copyOf(bytes, 9)));
    malformed("a chunk without its lengths", "lane_states", chunk(bytes -> Arrays.copyOf(bytes, 5)));
    malformed("a word too many", "chunk", chunk(bytes -> Arrays.copyOf(bytes, bytes.length + 2)));
    malformed("a byte too many", "chunk", chunk(bytes -> Arrays.copyOf(bytes, bytes.length + 1)));
    malformed("a word too few", "chunk", chunk(bytes -> Arrays.copyOf(bytes, bytes.length - 2)));
    malformed("a byte too few", "chunk", chunk(bytes -> Arrays.copyOf(bytes, bytes.length - 1)));
    malformed("no words", "chunk", chunk(bytes -> Arrays.copyOf(bytes, 60)));
    malformed("another state", "chunk", chunk(bytes -> with(bytes, 12, bytes[12] ^ 1)));
  }

  static Stream<Fault> faults() {
    return FAULTS.stream();
  }

  private static WrittenTensor sound() {
    return new WrittenTensor().withTiles(new Random(265), 0.02);
  }

  @Test
  void whatIsBrokenWasSound() {
    byte[] stream = sound().write(new Random(1));
    assertThat(TensorDecoder.open(stream).decode()).hasSize(768);
    assertThat(TextTensor.read(stream).patterns()).hasSize(768);
    Consumer<WrittenTensor> none = tensor -> { };
    for (Consumer<WrittenTensor> change
        : List.of(outlier(none), run(none), rotated(none), channels(none), blocks(none), chunk(bytes -> bytes))) {
      WrittenTensor tensor = sound();
      change.accept(tensor);
      assertThat(TensorDecoder.open(tensor.write(new Random(1))).decode()).hasSize(768);
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void faultsAreNamed(Fault fault) {
    WrittenTensor tensor = sound();
    fault.change.accept(tensor);
    byte[] stream = tensor.write(new Random(1));
    assertThatThrownBy(() -> TensorDecoder.open(stream).verify())
        .isInstanceOf(fault.unsupported ? UnsupportedStreamException.class : MalformedStreamException.class)
        .hasMessageContaining(fault.named);
    assertThat(((StreamException) catchThrowable(() -> TensorDecoder.open(stream).decode())).clause()).startsWith("SPEC.md, ");
    assertThat(catchThrowable(() -> TextTensor.read(stream))).isInstanceOfAny(
        Refused.class, ArithmeticException.class, UnsupportedOperationException.class);
  }
}
