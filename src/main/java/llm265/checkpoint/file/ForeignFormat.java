package llm265.checkpoint.file;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import llm265.dtype.LittleEndian;

/**
 * Recognizes formats by the first bytes of a file whose reader expected another, and says what to do with such a file.
 *
 * <p>Ask it only about files that were refused already, or that begin like no supported format: ONNX models have no signature,
 * and some H.264 streams begin in the middle.
 */
public final class ForeignFormat {
  /** How much of a file's beginning is looked at. */
  public static final int HEAD_BYTES = 1024;

  private static final int SHOWN_TEXT = 60;
  private static final int LEAST_TEXT = 5;
  private static final int ZIP_NAME = 30;

  private static final String TAKE_STREAM = ": take the H.264 stream out of it with ffmpeg -i FILE -c:v copy OUT.264";
  private static final String SAVE_TENSORS =
      ", which is not read, since that could run code in it: save its tensors as .safetensors";
  private static final String SAVE_AGAIN = ": load it with torch.load, and save it again with torch.save";
  private static final String SAVE_ARRAYS = ", which is not read: save its arrays as .safetensors or .npy";
  private static final String FETCH_AGAIN = ", perhaps a server's answer in place of the file: fetch it again";

  /** How files of a format begin, and a sentence about such a file without its subject. */
  private record Signature(Predicate<byte[]> fits, String sentence) {}

  private static final List<Signature> SIGNATURES = List.of(
      new Signature(
          text("version https://git-lfs"), "is a git-lfs pointer in place of the file: fetch the file with git lfs pull"),
      new Signature(text("GGUF"), "is a GGUF file: its tensors are read if its name ends in .gguf"),
      new Signature(
          ForeignFormat::isTorchArchive,
          "is a PyTorch checkpoint, which commands for tensors read: name it .pt or .bin"),
      new Signature(
          hex(0, "80028a0a6cfc9c46f9206aa85019"),
          "is a PyTorch checkpoint of the form before version 1.6, which is not read" + SAVE_AGAIN),
      new Signature(
          ForeignFormat::isTorchTar, "is a PyTorch checkpoint of the form before version 0.2, which is not read" + SAVE_AGAIN),
      new Signature(zip(".npy"), "is an .npz archive: unpack it, the .npy files in it are read"),
      new Signature(text("PK\u0003\u0004"), "is a zip archive: unpack it"),
      new Signature(ForeignFormat::isPickle, "is a Python pickle" + SAVE_TENSORS),
      new Signature(hex(0, "894844460d0a1a0a"), "is an HDF5 file (.h5)" + SAVE_ARRAYS),
      new Signature(text(4, "TFL3"), "is a TensorFlow Lite model" + SAVE_ARRAYS),
      new Signature(hex(0, "1f8b08"), "is compressed with gzip: unpack it with gunzip"),
      new Signature(hex(0, "28b52ffd"), "is compressed with Zstandard: unpack it with unzstd"),
      new Signature(hex(0, "fd377a585a00"), "is compressed with xz: unpack it with unxz"),
      new Signature(text("BZh"), "is compressed with bzip2: unpack it with bunzip2"),
      new Signature(hex(0, "377abcaf271c"), "is a 7z archive: unpack it"),
      new Signature(text(257, "ustar"), "is a tar archive: unpack it"),
      new Signature(hex(0, "1a45dfa3"), "is a Matroska or WebM file" + TAKE_STREAM),
      new Signature(packets(0, 188).or(packets(4, 192)), "is an MPEG transport stream (.ts)" + TAKE_STREAM),
      new Signature(hex(0, "000001ba"), "is an MPEG program stream (.mpg, .vob)" + TAKE_STREAM),
      new Signature(text("FLV\u0001"), "is a Flash video (.flv)" + TAKE_STREAM),
      new Signature(text("RIFF").and(text(8, "AVI ")), "is an .avi file" + TAKE_STREAM),
      new Signature(text("OggS"), "is an Ogg file, and those hold no H.264"),
      new Signature(text("DKIF"), "is an .ivf file, and those hold no H.264"),
      new Signature(hex(0, "3026b2758e66cf11"), "is an ASF file (.wmv)" + TAKE_STREAM),
      new Signature(ForeignFormat::isH265, "is an H.265 stream, which is not decoded"),
      new Signature(text(4, "ftyp"), "is an .mp4 or .mov file, and those hold no tensors"),
      new Signature(hex(0, "89504e470d0a1a0a"), "is a PNG image: h264 encode makes a stream of it"),
      new Signature(hex(0, "ffd8ff"), "is a JPEG image: make a PNG image of it, and a stream of that with h264 encode"),
      new Signature(text("YUV4MPEG2"), "is a YUV4MPEG2 file (.y4m): h264 encode makes a stream of it"),
      new Signature(text("%PDF-"), "is a PDF document"),
      new Signature(markup("<!doctype html", "<html"), "is a web page (HTML)" + FETCH_AGAIN),
      new Signature(markup("<?xml"), "is XML text" + FETCH_AGAIN));

  private ForeignFormat() {}

  /**
   * What a file is, judged by its first bytes, such as "is a zip archive: unpack it"; empty if it is in none of these formats.
   */
  public static Optional<String> of(MemorySegment file) {
    byte[] head = file.asSlice(0, Math.min(HEAD_BYTES, file.byteSize())).toArray(LittleEndian.BYTE);
    if (isSafetensors(head)) {
      return Optional.empty();
    }
    return SIGNATURES.stream().filter(signature -> signature.fits().test(head)).map(Signature::sentence).findFirst()
        .or(() -> textOf(head));
  }

  /** The same for the file at a path; empty if it cannot be read. */
  public static Optional<String> of(Path path) {
    if (!Files.isRegularFile(path)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(path)) {
      return of(MemorySegment.ofArray(in.readNBytes(HEAD_BYTES)));
    } catch (IOException e) {
      // Opening the file reports why.
      return Optional.empty();
    }
  }

  /** Whatever else is wrong with it: the size of its header may be any number of three bytes and more. */
  private static boolean isSafetensors(byte[] head) {
    return bytes(4, new byte[4]).and(text(8, "{")).test(head);
  }

  private static Predicate<byte[]> bytes(int at, byte[] mark) {
    return head -> head.length >= at + mark.length && Arrays.equals(head, at, at + mark.length, mark, 0, mark.length);
  }

  private static Predicate<byte[]> hex(int at, String mark) {
    return bytes(at, HexFormat.of().parseHex(mark));
  }

  private static Predicate<byte[]> text(int at, String mark) {
    return bytes(at, mark.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Predicate<byte[]> text(String mark) {
    return text(0, mark);
  }

  /** Whether the name of a zip archive's first entry has a given ending. */
  private static Predicate<byte[]> zip(String nameEnd) {
    return text("PK\u0003\u0004").and(head -> firstEntry(head).endsWith(nameEnd));
  }

  private static String firstEntry(byte[] head) {
    int length = head.length < ZIP_NAME ? 0 : (head[26] & 0xFF) + ((head[27] & 0xFF) << 8);
    return new String(head, Math.min(ZIP_NAME, head.length), Math.clamp(length, 0, Math.max(0, head.length - ZIP_NAME)),
        StandardCharsets.ISO_8859_1);
  }

  /** Whether a file begins as those of PyTorch: torch.save writes NAME/data.pkl first, and TorchScript one of the others. */
  public static boolean isTorchArchive(byte[] head) {
    return zip("/data.pkl").or(zip("/version")).or(zip("/byteorder")).or(zip("/constants.pkl")).or(zip("/data/0")).test(head);
  }

  private static boolean isTorchTar(byte[] head) {
    return text(257, "ustar").test(head)
        && text("sys_info").or(text("pickle")).or(text("storages")).or(text("tensors")).test(head);
  }

  /** The opcode PROTO with an existing protocol, and the opcodes that begin an object. */
  private static boolean isPickle(byte[] head) {
    return head.length > 2 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5
        && (head[2] == (byte) 0x95 || head[2] == (byte) 0x8a || "}](cN\u0089\u0088".indexOf(head[2] & 0xFF) >= 0);
  }

  /** Packets that each have a sync_byte; at least three if there are that many bytes. */
  private static Predicate<byte[]> packets(int firstSync, int size) {
    return head -> {
      int count = 0;
      for (int at = firstSync; at < head.length && count < 3; at += size, count++) {
        if (head[at] != 0x47) {
          return false;
        }
      }
      return count > 0 && head.length >= size;
    };
  }

  /** A video parameter set or an access unit delimiter of H.265 comes first. */
  private static boolean isH265(byte[] head) {
    int at = hex(0, "00000001").test(head) ? 4 : hex(0, "000001").test(head) ? 3 : -1;
    return at > 0 && head.length > at + 1 && (head[at] == 0x40 || head[at] == 0x46) && head[at + 1] == 1;
  }

  private static Predicate<byte[]> markup(String... beginnings) {
    return head -> {
      String start = textAfterMark(head).toLowerCase(Locale.ROOT);
      return Arrays.stream(beginnings).anyMatch(start::startsWith);
    };
  }

  /** Bytes as text, without a leading byte order mark and blanks. */
  private static String textAfterMark(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8);
    return (text.startsWith("\ufeff") ? text.substring(1) : text).stripLeading();
  }

  private static Optional<String> textOf(byte[] head) {
    String text = textAfterMark(head);
    boolean plain = text.chars().allMatch(c -> c >= ' ' && c != 0x7F || c == '\n' || c == '\r' || c == '\t')
        && text.indexOf('\ufffd') < 0;
    if (!plain || text.length() < LEAST_TEXT || text.charAt(0) != '{' && !Character.isLetter(text.charAt(0))) {
      return Optional.empty();
    }
    String start = PrintableText.cut(text.lines().findFirst().orElse("").strip(), SHOWN_TEXT);
    return Optional.of((text.charAt(0) == '{' ? "is JSON text" : "is text") + ", \"" + start + "\"" + FETCH_AGAIN);
  }
}
