package llm265.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.oracle.StreamCorpus;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Damaged streams that are decoded on: what is whole comes out, all else is named, and nothing is made up. */
class KeepGoingTest {
  private static final DecoderLimits SMALL = new DecoderLimits(2048, 100, 1 << 20);
  private static final int PICTURES = 8;

  /** All that a receiver is told, one line each; pictures are named by number and samples. */
  private static final class Account implements PictureReceiver {
    private final List<String> lines = new ArrayList<>();
    private final List<Picture> pictures = new ArrayList<>();
    private final List<Integer> indices = new ArrayList<>();
    private final List<Integer> damaged = new ArrayList<>();
    private final List<StreamException> faults = new ArrayList<>();
    private final List<StreamException> notes = new ArrayList<>();

    static Account of(byte[] stream, DecodingMode mode, int threads) {
      Account account = new Account();
      try {
        H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), SMALL, mode, CommonPool.workers(threads), account);
      } catch (MalformedStreamException | UnsupportedStreamException e) {
        account.lines.add("thrown: " + e.getMessage());
        account.faults.add(e);
      }
      return account;
    }

    @Override
    public void picture(DecodedPicture decoded) {
      byte[] bytes = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(bytes, 0);
      lines.add("picture " + decoded.index() + " " + Arrays.hashCode(bytes));
      pictures.add(decoded.picture());
      indices.add(decoded.index());
    }

    @Override
    public void leftOut(LeftOutPicture picture) {
      lines.add(picture.toString());
    }

    @Override
    public void damaged(int index, StreamException fault) {
      assertThat(fault.getMessage()).contains("NAL unit ").contains("clause ");
      lines.add("damaged " + index + " " + fault.getMessage());
      damaged.add(index);
      faults.add(fault);
    }

    @Override
    public void noted(StreamException fault) {
      lines.add("noted " + fault.getMessage());
      notes.add(fault);
    }
  }

  private static List<byte[]> corpus() {
    List<byte[]> corpus = new ArrayList<>(StreamCorpus.streams());
    for (int i = 0; i < 6; i++) {
      corpus.add(StreamCorpus.video(i % 2 == 0));
    }
    return corpus;
  }

  private static void check(byte[] mutant) {
    for (boolean intraOnly : new boolean[] {false, true}) {
      Account going = Account.of(mutant, new DecodingMode(intraOnly, true), 1);
      Account parallel = Account.of(mutant, new DecodingMode(intraOnly, true), 3);
      assertThat(parallel.lines).isEqualTo(going.lines);
      Account strict = Account.of(mutant, new DecodingMode(intraOnly, false), 1);
      if (strict.faults.isEmpty()) {
        assertThat(going.lines).isEqualTo(strict.lines);
      } else {
        // The first fault ends the strict decoding; what came before it comes out again. Of a P slice the type alone is read
        // there.
        assertThat(going.faults).extracting(fault -> fault.position().nalIndex())
            .contains(strict.faults.getFirst().position().nalIndex());
        assertThat(strict.lines.subList(0, strict.lines.size() - 1)).isSubsetOf(going.lines);
      }
      assertThat(going.damaged).filteredOn(index -> index >= 0).doesNotHaveDuplicates()
          .noneMatch(going.indices::contains);
    }
  }

  private static void check(long first, int count) {
    StreamMutator mutator = new StreamMutator(corpus());
    for (long seed = first; seed < first + count; seed++) {
      try {
        check(mutator.mutant(seed));
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", see " + MalformedStreamTest.save(mutator.mutant(seed), seed), e);
      }
    }
  }

  @Test
  @Timeout(120)
  void mutantsGiveTheSameAccountWithOneThreadAndWithThree() {
    check(20_000, 700);
  }

  @Test
  @Tag("long")
  void manyMutantsGiveTheSameAccount() {
    check(Long.getLong("llm265.fuzz.seed", 1_000_000) + 200_000, 20_000);
  }

  @Test
  void pastFindingsStayFixed() throws IOException, URISyntaxException {
    for (Path finding : MalformedStreamTest.pastFindings()) {
      check(Files.readAllBytes(finding));
    }
  }

  @Test
  void soundStreamsHaveNoFault() {
    for (byte[] stream : StreamCorpus.streams()) {
      assertThat(Account.of(stream, DecodingMode.KEEP_GOING, 2).lines)
          .isEqualTo(Account.of(stream, DecodingMode.STRICT, 1).lines);
    }
  }

  /** Eight pictures of two slices each, without a delimiter between them. */
  private static byte[] stream() {
    Picture source = RandomPictures.of(Content.GRADIENT, 64, 64, ChromaFormat.YUV420, 3);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE.withSlicesPerPicture(2), source.format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < PICTURES; i++) {
      out.writeBytes(encoder.encode(RandomPictures.of(Content.EDGES, 64, 64, ChromaFormat.YUV420, i), 24, i).slices());
    }
    return out.toByteArray();
  }

  /** Damage in the slice data of one picture takes that picture and no other, wherever it is. */
  @Test
  void damagedSliceDataTakeTheirPictureAlone() {
    byte[] stream = stream();
    Account whole = Account.of(stream, DecodingMode.STRICT, 1);
    List<NalUnit> units = StreamMutator.nalUnits(stream);
    Random random = new Random(5);
    int damagedPictures = 0;
    for (int round = 0; round < 400; round++) {
      int index = random.nextInt(PICTURES);
      NalUnit slice = units.get(2 + 2 * index + random.nextInt(2));
      byte[] mutant = stream.clone();
      int at = (int) slice.offset() + 8 + random.nextInt(slice.length() - 8);
      // No zeros and ones, that could make a start code or take one away
      mutant[at] = (byte) (4 + random.nextInt(250));
      Account account = Account.of(mutant, DecodingMode.KEEP_GOING, 1 + round % 3);
      for (int i = 0; i < PICTURES; i++) {
        int place = account.indices.indexOf(i);
        if (i != index) {
          assertThat(account.pictures.get(place).sameSamples(whole.pictures.get(i))).isTrue();
        } else if (place < 0) {
          damagedPictures++;
          assertThat(account.damaged).containsExactly(index);
          // A slice that ends too early is missed at the first slice of its picture; one that runs on meets the second.
          assertThat(account.faults.getFirst().position().nalIndex()).isIn(2 + 2 * index, 3 + 2 * index);
        } else {
          // A wrong level is no fault that could be seen.
          assertThat(account.damaged).isEmpty();
        }
      }
    }
    assertThat(damagedPictures).isGreaterThan(100);
  }

  @Test
  void aSliceThatCannotBeReadIsOneFaultOfItsPicture() {
    byte[] stream = stream();
    List<NalUnit> units = StreamMutator.nalUnits(stream);
    for (int damaged = 2; damaged < units.size(); damaged++) {
      byte[] mutant = stream.clone();
      // forbidden_zero_bit
      mutant[(int) units.get(damaged).offset()] |= (byte) 0x80;
      Account account = Account.of(mutant, DecodingMode.KEEP_GOING, 1 + damaged % 2);
      int index = damaged / 2 - 1;
      assertThat(account.indices).hasSize(PICTURES - 1).doesNotContain(index);
      assertThat(account.faults.getFirst().position().nalIndex()).isEqualTo(damaged);
      // If it is the first of its picture it may have been the last of the one before: both are told of.
      assertThat(account.faults).hasSize(damaged % 2 == 0 ? 2 : 1);
    }
  }

  @Test
  void behindADamagedParameterSetNothingIsDecodedUntilItComesAgain() {
    byte[] stream = stream();
    List<NalUnit> units = StreamMutator.nalUnits(stream);
    int slices = (int) units.get(2).offset() - 4;
    byte[] damagedSps = {0, 0, 0, 1, 0x67, 100, 0, 10, 0};
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(stream, 0, (int) units.get(6).offset() - 4);
    out.writeBytes(damagedSps);
    out.write(stream, slices, (int) units.get(8).offset() - 4 - slices);
    out.writeBytes(stream);
    Account account = Account.of(out.toByteArray(), DecodingMode.KEEP_GOING, 2);
    assertThat(account.indices).hasSize(2 + PICTURES);
    assertThat(account.notes).hasSize(1);
    assertThat(account.notes.getFirst().position().nalIndex()).isEqualTo(6);
    assertThat(account.faults).hasSize(6);
    assertThat(account.faults).allSatisfy(fault ->
        assertThat(fault).hasMessageContaining(
            "sequence parameter set 0 cannot be read: that of NAL unit 6 has the fault seq_parameter_set_id"));
  }

  @Test
  void picturesOfOtherSlicesAreOneFaultEach() {
    Account account = Account.of(StreamCorpus.video(false), DecodingMode.KEEP_GOING, 2);
    assertThat(account.pictures).hasSize(3);
    assertThat(account.faults).hasSize(9).allMatch(fault -> fault instanceof UnsupportedStreamException);
    assertThat(account.damaged).doesNotContain(-1).doesNotHaveDuplicates();
  }

  @Test
  void tooManyPicturesEndTheStreamAllTheSame() {
    for (int threads = 1; threads < 4; threads++) {
      int count = threads;
      List<DecodedPicture> pictures = new ArrayList<>();
      assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
          MemorySegment.ofArray(stream()), new DecoderLimits(2048, 3, 1 << 20), DecodingMode.KEEP_GOING,
          CommonPool.workers(count), pictures::add))
          .isInstanceOf(UnsupportedStreamException.class).hasMessageContaining("more pictures");
      assertThat(pictures).hasSize(3);
    }
  }

  /** What a receiver throws is its own affair, and it is not called again. */
  @Test
  void aReceiversExceptionIsNoFaultOfTheStream() {
    for (int threads = 1; threads < 4; threads++) {
      int count = threads;
      List<DecodedPicture> pictures = new ArrayList<>();
      assertThatThrownBy(() -> H264IntraDecoder.decodeAll(
          MemorySegment.ofArray(stream()), SMALL, DecodingMode.KEEP_GOING, CommonPool.workers(count), picture -> {
            pictures.add(picture);
            if (pictures.size() > 1) {
              throw new MalformedStreamException("receiver", "7.3", "has had enough");
            }
          }))
          .isInstanceOf(MalformedStreamException.class).hasMessageContaining("has had enough");
      assertThat(pictures).hasSize(2);
    }
  }
}
