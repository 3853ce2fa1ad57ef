package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import llm265.TensorDecoder;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.parallel.CommonPool;
import llm265.tensor.decode.TensorStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged NAL units that no picture needs: FFmpeg's samples all the same, and a note. */
class DamageBesidePicturesTest {
  private static final byte[] STREAM = StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30:slices=2");
  private static final List<byte[]> SETS = StreamUnits.split(STREAM, StreamUnits::isParameterSet).subList(0, 2);
  private static final List<byte[]> SLICES = StreamUnits.split(STREAM, StreamUnits::isSlice);
  /** payloadType 5, payloadSize 162, three bytes. */
  private static final byte[] SHORT_SEI = {6, 5, (byte) 162, 1, 2, 3, (byte) 0x80};

  /** Hears of everything. */
  private record Account(List<DecodedPicture> pictures, List<StreamException> notes) implements PictureReceiver {
    static Account of(byte[] stream, DecodingMode mode, int threads) {
      Account account = new Account(new ArrayList<>(), new ArrayList<>());
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, mode,
          CommonPool.workers(threads), account);
      return account;
    }

    @Override
    public void picture(DecodedPicture decoded) {
      pictures.add(decoded);
    }

    @Override
    public void noted(StreamException fault) {
      notes.add(fault);
    }

    @Override
    public void damaged(int index, StreamException fault) {
      throw fault;
    }
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  static Stream<Arguments> damagedUnits() {
    return Stream.of(
        Arguments.of("SEI that is too short", SHORT_SEI, "payloadSize"),
        Arguments.of("SEI pic_timing that is too short", bytes(6, 1, 113, 17, 17, 128), "payloadSize"),
        Arguments.of("SEI without anything", bytes(6, 255, 255), "last_payload_type_byte"),
        Arguments.of("SEI with forbidden_zero_bit", bytes(0x86, 5, 0, 128), "forbidden_zero_bit"),
        // seq_parameter_set_id 1, then nothing
        Arguments.of("SPS that nothing refers to", bytes(0x67, 100, 0, 10, 0x5F), ""),
        Arguments.of("PPS that nothing refers to, its number out of range", bytes(0x68, 0, 0x80, 0x80), "pic_parameter_set_id"),
        // pic_parameter_set_id 1, seq_parameter_set_id 0, cut short
        Arguments.of("PPS that nothing refers to", bytes(0x68, 0x58), ""),
        Arguments.of("PPS of an SPS that there is not", bytes(0x68, 0x48, 0xCE, 0x3C, 0x80), "seq_parameter_set_id"),
        Arguments.of("delimiter with forbidden_zero_bit", bytes(0x89, 0xF0), "forbidden_zero_bit"),
        Arguments.of("filler data with forbidden_zero_bit", bytes(0x8C, 255, 128), "forbidden_zero_bit"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damagedUnits")
  void samplesAreFfmpegsAndTheDamageIsNoted(String name, byte[] damaged, String element) {
    boolean numberLost = element.equals("pic_parameter_set_id");
    byte[] stream = StreamUnits.join(
        numberLost ? damaged : List.of(), SETS, numberLost ? List.of() : damaged, SLICES.subList(0, 4),
        numberLost ? SETS : damaged,
        SLICES.subList(4, 6));
    List<OraclePicture> oracle = FfmpegOracle.decodeWithWarts(stream);
    assertThat(oracle).hasSize(3);
    for (DecodingMode mode : List.of(DecodingMode.STRICT, DecodingMode.INTRA_ONLY, DecodingMode.KEEP_GOING)) {
      for (int threads = 1; threads <= 3; threads += 2) {
        Account account = Account.of(stream, mode, threads);
        assertThat(account.pictures).hasSize(3);
        for (int i = 0; i < 3; i++) {
          assertThat(oracle.get(i).firstDifferenceFrom(account.pictures.get(i).picture())).isEmpty();
        }
        assertThat(account.notes).isNotEmpty().allSatisfy(note -> {
          assertThat(note.syntaxElement()).contains(element);
          assertThat(note.position().nalIndex()).isBetween(0, 7);
        });
      }
    }
  }

  /** Messages before the damaged one are whole. */
  @Test
  void messagesBeforeTheDamageAreKept() {
    byte[] sei = bytes(6, 5, 3, 7, 8, 9, 1, 100, 128);
    List<DecodedPicture> pictures = Account.of(StreamUnits.join(SETS, sei, SLICES), DecodingMode.STRICT, 1).pictures;
    assertThat(pictures.getFirst().sei()).hasSize(1);
    assertThat(pictures.getFirst().sei().getFirst().payload()).containsExactly(7, 8, 9);
  }

  @Test
  void aParameterSetThatSlicesReferToMustBeRead() {
    byte[] sps = Arrays.copyOf(SETS.get(0), 6);
    byte[] stream = StreamUnits.join(SETS, SLICES.subList(0, 2), sps, SLICES.subList(2, 6));
    assertThatThrownBy(() -> Account.of(stream, DecodingMode.STRICT, 1)).isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("sequence parameter set 0 cannot be read: that of NAL unit 4 has the fault ")
        .hasMessageContaining("NAL unit 5,");
    byte[] nothing = StreamUnits.join(SETS, SLICES.subList(0, 2), bytes(0x68), SLICES.subList(2, 6));
    assertThatThrownBy(() -> Account.of(nothing, DecodingMode.STRICT, 1)).isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("picture parameter set 0 cannot be read: that of NAL unit 4 has the fault pic_parameter_set_id");
    // Once it has come again all is well.
    byte[] again = StreamUnits.join(SETS, SLICES.subList(0, 2), sps, SETS, SLICES.subList(2, 6));
    assertThat(Account.of(again, DecodingMode.STRICT, 1).pictures).hasSize(3);
  }

  /** All of a tensor's stream is of our own making: nothing in it is passed over. */
  @Test
  void aTensorStreamTakesNoDamage() throws IOException {
    byte[] tensor;
    try (Stream<Path> files = Files.list(Path.of("golden-vectors/tensors"))) {
      tensor = Files.readAllBytes(files.filter(file -> file.toString().endsWith(".264")).sorted().findFirst().orElseThrow());
    }
    List<byte[]> units = new ArrayList<>(StreamUnits.split(tensor));
    int ours = 0;
    while ((units.get(ours)[0] & 0x1F) != 6) {
      ours++;
    }
    List<byte[]> cut = new ArrayList<>(units);
    cut.set(ours, Arrays.copyOf(units.get(ours), units.get(ours).length - 9));
    assertThatThrownBy(() -> TensorStream.isTensor(MemorySegment.ofArray(StreamUnits.join(cut))))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("payloadSize").hasMessageContaining("NAL unit " + ours);
    List<byte[]> other = new ArrayList<>(units);
    other.add(0, SHORT_SEI);
    assertThat(TensorStream.isTensor(MemorySegment.ofArray(StreamUnits.join(other)))).isTrue();
    assertThatThrownBy(() -> TensorDecoder.open(StreamUnits.join(other)).verify()).isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("payloadSize");
    assertThat(TensorStream.isTensor(MemorySegment.ofArray(StreamUnits.join(SETS, SHORT_SEI, SLICES)))).isFalse();
  }
}
