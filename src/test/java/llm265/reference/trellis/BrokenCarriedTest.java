package llm265.reference.trellis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.dtype.DType;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.encode.H264IntraEncoder;
import llm265.oracle.FfmpegOracle;
import llm265.tensor.Effort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each "must" of SPEC.md, "Carried integers" and "Carried levels", broken by itself, with sound checksums: refused by name. And
 * side information with any damage, under checksums that are made right: decoded as SPEC.md says, or refused.
 */
class BrokenCarriedTest {
  private static final byte[] UUID = HexFormat.of().parseHex("dac7dccf99a447df9f7d07546cd1340b");
  private static final int TENSOR = 1;
  private static final int TILE = 3;
  private static final int DROPPED = 11;

  /** A stream of one tile, taken apart. */
  private static final class Parts {
    final byte[] parameterSets;
    byte[] slices;
    byte[] raw;
    final byte[] luma;
    final int qp;
    final int[] integers;
    /** Tags and contents. */
    final List<byte[]> contents = new ArrayList<>();
    final List<Integer> tags = new ArrayList<>();

    Parts(byte[] stream) {
      List<TextNalUnit> units = TextNalUnit.all(stream);
      TextNalUnit sei = units.stream().filter(TextNalUnit::isOurs).findFirst().orElseThrow();
      int slice = units.stream().filter(unit -> unit.type() == 5).mapToInt(TextNalUnit::start).findFirst().orElseThrow();
      int behind = units.stream().filter(unit -> unit.type() == 30).mapToInt(TextNalUnit::start).findFirst()
          .orElse(stream.length);
      parameterSets = Arrays.copyOf(stream, sei.start());
      slices = Arrays.copyOfRange(stream, slice, behind);
      raw = units.stream().filter(unit -> unit.type() == 30).map(TextNalUnit::rbsp).findFirst().orElse(null);
      Fields payload = sei.payload();
      while (!payload.atEnd()) {
        tags.add((int) payload.uv());
        contents.add(payload.part(payload.uv()).rest());
      }
      Plane plane = new Plane(1, 1, false, 48, 32);
      luma = FfmpegOracle.decode(stream).getFirst().planes()[0];
      qp = content(TENSOR)[content(TENSOR).length - 5 - QP];
      integers = TextCarrier.integers(qp, luma, plane.tileWidth(), plane.tileHeight());
    }

    byte[] content(int tag) {
      return contents.get(tags.indexOf(tag));
    }

    void put(int tag, byte[] content) {
      contents.set(tags.indexOf(tag), content);
    }

    void insert(int tag, byte[] content) {
      tags.add(tags.size() - 1, tag);
      contents.add(contents.size() - 1, content);
    }

    /** Replaces bytes of the tensor section, counted from its end without the checksum. */
    void tensor(int fromEnd, int length, byte... bytes) {
      byte[] old = content(TENSOR);
      int at = old.length - 5 - fromEnd;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(old, 0, at);
      out.writeBytes(bytes);
      out.write(old, at + length, old.length - at - length);
      put(TENSOR, out.toByteArray());
    }

    /** The integers, dropped ones included, unless their section is broken. */
    private int[] restored() {
      int[] restored = integers.clone();
      try {
        if (tags.contains(DROPPED)) {
          byte[] dropped = content(DROPPED);
          for (int[] one : TextTensor.dropped(new Fields(dropped, 0, dropped.length), restored.length)) {
            restored[one[0]] = one[1];
          }
        }
      } catch (Refused broken) {
        return integers;
      }
      return restored;
    }

    /** The stream, with the checksums of what is there. */
    byte[] stream() {
      byte[] header = content(TENSOR);
      if (header.length >= 5) {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, header.length - 5);
        for (int i = 0; i < 5; i++) {
          header[header.length - 5 + i] = (byte) ((crc.getValue() >> (7 * i)) | 0x80);
        }
      }
      Out first = new Out();
      Out others = new Out();
      for (int i = 0; i < tags.size(); i++) {
        Out out = tags.get(i) == TENSOR ? first : others;
        out.uv(tags.get(i)).uv(contents.get(i).length).all(contents.get(i));
      }
      byte[] checked = others.toByteArray();
      CRC32C crc = new CRC32C();
      crc.update(checked, 0, checked.length - 4);
      for (int integer : restored()) {
        crc.update(integer);
        crc.update(integer >> 8);
      }
      if (raw != null) {
        crc.update(raw, 0, raw.length - 1);
      }
      for (int i = 0; i < 4; i++) {
        checked[checked.length - 4 + i] = (byte) (crc.getValue() >> (8 * i));
      }
      byte[] payload = new Out().all(UUID).all(first.toByteArray()).all(checked).toByteArray();
      Out sei = new Out().u8(5);
      for (int size = payload.length; size >= 0; size -= 255) {
        sei.u8(Math.min(size, 255));
      }
      Out stream = new Out().all(parameterSets).all(nal(6, sei.all(payload).u8(0x80).toByteArray())).all(slices);
      return raw == null ? stream.toByteArray() : stream.all(nal(30, raw)).toByteArray();
    }

    private static byte[] nal(int type, byte[] rbsp) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      // An access unit begins with the long start code, and nothing else does.
      out.writeBytes(type == 30 ? new byte[] {0, 0, 1, (byte) type} : new byte[] {0, 0, 0, 1, (byte) type});
      int zeros = 0;
      for (byte b : rbsp) {
        if (zeros == 2 && (b & 0xFF) <= 3) {
          out.write(3);
          zeros = 0;
        }
        zeros = b == 0 ? zeros + 1 : 0;
        out.write(b);
      }
      return out.toByteArray();
    }
  }

  private record Fault(String what, boolean unsupported, String named, Consumer<Parts> change) {
    @Override
    public String toString() {
      return what;
    }
  }

  /** Of one tile of 48x32, whose values are at its left: with low bits. */
  private static byte[] sound() {
    return TensorEncoder.atBits(5).withEffort(Effort.FAST)
        .encode(Source.GAUSSIAN.tensor(DType.F32, new long[] {30, 50}, new Random(1)));
  }

  private static Fault malformed(String what, String named, Consumer<Parts> change) {
    return new Fault(what, false, named, change);
  }

  private static Fault unsupported(String what, String named, Consumer<Parts> change) {
    return new Fault(what, true, named, change);
  }

  /** The second field of the tensor section; 8192 alone takes two bytes. */
  private static Consumer<Parts> flags(int flags) {
    return parts -> {
      byte[] old = parts.content(TENSOR);
      parts.put(TENSOR, new Out().uv(1).uv(flags).all(Arrays.copyOfRange(old, 3, old.length)).toByteArray());
    };
  }

  private static Consumer<Parts> dropped(long... fields) {
    Out out = new Out();
    for (long field : fields) {
      out.uv(field);
    }
    return parts -> parts.insert(DROPPED, out.toByteArray());
  }

  /**
   * The slices of a picture of another kind.
   *
   * @param qpMore by how much its QP is greater
   */
  private static Consumer<Parts> slices(EncoderConfig config, int width, int height, int qpMore) {
    return parts -> {
      PictureFormat format = PictureFormat.of8Bit(width, height, ChromaFormat.YUV420);
      Picture picture = new Picture(format);
      Random random = new Random(2);
      for (int i = 0; i < width * height; i++) {
        picture.samples(0)[picture.first(0) + i / width * picture.stride(0) + i % width] = (short) random.nextInt(256);
      }
      parts.slices = new H264IntraEncoder(config, format).encode(picture, parts.qp + qpMore, 0).slices();
    };
  }

  // The last fields before the checksum: state_bits, chunk_macroblocks of two bytes, raw_level_bits, carrier_qp, two of three
  // bytes.
  private static final int STATE_BITS = 11;
  private static final int CHUNK = 10;
  private static final int RAW = 8;
  private static final int QP = 7;

  static Stream<Fault> faults() {
    return Stream.of(
        malformed("a trellis of 2 states", "state_bits", parts -> parts.tensor(STATE_BITS, 1, (byte) 1)),
        malformed("a trellis of 512 states", "state_bits", parts -> parts.tensor(STATE_BITS, 1, (byte) 9)),
        malformed("chunks of no macroblocks", "chunk_macroblocks", parts -> parts.tensor(CHUNK, 2, (byte) 0)),
        malformed("chunks of 2^16 and one", "chunk_macroblocks",
            parts -> parts.tensor(CHUNK, 2, new Out().uv(65_537).toByteArray())),
        malformed("16 raw level bits", "raw_level_bits", parts -> parts.tensor(RAW, 1, (byte) 16)),
        malformed("a QP that carries nothing", "carrier_qp", parts -> parts.tensor(QP, 1, (byte) 22)),
        malformed("another QP than that of the pictures", "macroblock_layer",
            parts -> parts.tensor(QP, 1, (byte) (44 - parts.qp))),
        malformed("fewer raw level bits than there are", "raw", parts -> parts.tensor(RAW, 1, (byte) 1)),
        malformed("more raw level bits than there are", "raw", parts -> parts.tensor(RAW, 1, (byte) 12)),
        malformed("raw bits that are not there", "raw", parts -> parts.raw = null),
        malformed("raw bits of a byte less", "raw", parts -> {
          parts.raw = Arrays.copyOf(parts.raw, parts.raw.length - 1);
          parts.raw[parts.raw.length - 1] = -128;
        }),
        unsupported("with a pre-inverse transform", "transform_flags", flags(8192 + 2)),
        unsupported("with sample bits", "transform_flags", flags(8192 + 256)),
        unsupported("with low bits", "transform_flags", flags(8192 + 512)),
        unsupported("with a trellis beside", "transform_flags", flags(8192 + 2048)),
        unsupported("with blocks of exact values", "transform_flags", flags(8192 + 4096)),
        unsupported("with blocks without channels", "transform_flags", flags(8192 + 1024)),
        unsupported("with an unknown flag", "transform_flags", flags(8192 + 16_384)),
        unsupported("sign patterns", "section_tag", parts -> parts.insert(5, new byte[100])),
        unsupported("row classes without their flag", "section_tag", parts -> parts.insert(7, new byte[] {0, -1})),
        unsupported("an unknown section", "section_tag", parts -> parts.insert(13, new byte[] {0})),
        unsupported("dropped levels twice", "section_tag", dropped(1, 5, 4).andThen(dropped(1, 6, 4))),
        malformed("more dropped levels than levels", "dropped_count", dropped(48 * 32 + 1, 0, 2)),
        malformed("more dropped levels than bytes", "dropped_count", dropped(3, 0, 2)),
        malformed("a dropped level behind the last place", "gap", dropped(1, 48 * 32, 2)),
        malformed("the second one behind the last place", "gap", dropped(2, 48 * 32 - 1, 2, 0, 2)),
        malformed("a dropped level of 17 bits", "dropped_level", dropped(1, 0, 65_535)),
        malformed("bytes behind the dropped levels", "dropped levels section", dropped(1, 0, 2, 7)),
        malformed("macroblocks of a QP that is greater by 1", "macroblock_layer", slices(EncoderConfig.WHITE_TENSOR, 48, 32, 1)),
        malformed("other prediction modes", "macroblock_layer", slices(EncoderConfig.TENSOR, 48, 32, 0)),
        malformed("a picture that ends early", "", slices(EncoderConfig.WHITE_TENSOR, 48, 16, 0)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whatIsBrokenIsNamed(Fault fault) {
    Parts parts = new Parts(sound());
    fault.change.accept(parts);
    byte[] stream = parts.stream();
    Throwable thrown = catchThrowable(() -> TensorDecoder.decode(stream));
    assertThat(thrown).isInstanceOf(fault.unsupported ? UnsupportedStreamException.class : MalformedStreamException.class);
    StreamException exception = (StreamException) thrown;
    assertThat(exception.getMessage()).contains(fault.named);
    assertThat(exception.clause()).isNotEmpty();
    assertThat(exception.syntaxElement()).isNotEmpty();
    assertThat(catchThrowable(() -> TensorDecoder.open(stream).verify())).isInstanceOf(StreamException.class);
  }

  private static byte[] decoded(byte[] stream) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    byte[] decoded = new byte[(int) decoder.info().dtype().byteSize(decoder.info().values())];
    decoder.decodeInto(MemorySegment.ofArray(decoded));
    decoder.verify();
    return decoded;
  }

  @Test
  void whatIsPutTogetherAgainIsTheSame() {
    assertThat(new Parts(sound()).stream()).isEqualTo(sound());
  }

  /** Streams that no encoder writes, but which mean something. */
  @Test
  void whatIsAllowedIsDecodedByTheText() {
    Map<String, Consumer<Parts>> changes = new HashMap<>();
    for (int stateBits : new int[] {0, 2, 3, 4, 5, 6, 7, 8}) {
      changes.put("2^" + stateBits + " states", parts -> parts.tensor(STATE_BITS, 1, (byte) stateBits));
    }
    for (int chunk : new int[] {1, 2, 5, 65_536}) {
      changes.put("chunks of " + chunk, parts -> parts.tensor(CHUNK, 2, new Out().uv(chunk).toByteArray()));
    }
    changes.put("dropped levels", dropped(4, 0, 100, 0, 65_534, 1000, 65_533, 100, 0));
    changes.put("no dropped levels", dropped(0));
    changes.put("a section to be skipped", parts -> parts.insert(14, new byte[] {1, 2, 3}));
    changes.put("no raw level bits", parts -> {
      parts.raw = null;
      parts.tensor(RAW, 1, (byte) 0);
    });
    changes.forEach((what, change) -> {
      Parts parts = new Parts(sound());
      change.accept(parts);
      byte[] stream = parts.stream();
      assertThat(decoded(stream)).as(what).isEqualTo(TextTensor.read(stream, List.of(parts.luma)).bytes());
    });
  }

  @Test
  @Timeout(120)
  void mutantsDecodeByTheTextOrAreRefused() {
    byte[] plain = sound();
    byte[] scaled = TensorEncoder.atBits(3).withEffort(Effort.FAST)
        .encode(Source.SCALED.tensor(DType.F16, new long[] {30, 50}, new Random(2)));
    Parts first = new Parts(plain);
    Parts second = new Parts(scaled);
    Random random = new Random(3);
    int whole = 0;
    for (int round = 0; round < 3000; round++) {
      Parts parts = round % 2 == 0 ? first : second;
      List<byte[]> contents = new ArrayList<>(parts.contents);
      List<Integer> tags = new ArrayList<>(parts.tags);
      byte[] raw = parts.raw;
      if (round % 3 == 0) {
        dropped(1, random.nextInt(3500), random.nextInt(70_000)).accept(parts);
      }
      for (int i = random.nextInt(3); i >= 0; i--) {
        int section = random.nextInt(parts.contents.size());
        byte[] changed = parts.contents.get(section).clone();
        // The checksums are made right.
        int end = changed.length - (parts.tags.get(section) == TENSOR ? 5 : parts.tags.get(section) == TILE ? 4 : 0);
        changed[random.nextInt(end)] = (byte) (random.nextBoolean() ? random.nextInt(256) : random.nextInt(4));
        parts.contents.set(section, changed);
      }
      byte[] stream = parts.stream();
      parts.contents.clear();
      parts.contents.addAll(contents);
      parts.tags.clear();
      parts.tags.addAll(tags);
      parts.raw = raw;
      byte[] values;
      try {
        values = decoded(stream);
      } catch (MalformedStreamException | UnsupportedStreamException refused) {
        assertThat(refused.syntaxElement()).isNotEmpty();
        assertThat(refused.clause()).isNotEmpty();
        continue;
      }
      whole++;
      assertThat(values).as("round %d", round).isEqualTo(TextTensor.read(stream, List.of(parts.luma)).bytes());
    }
    assertThat(whole).isGreaterThan(300);
  }
}
