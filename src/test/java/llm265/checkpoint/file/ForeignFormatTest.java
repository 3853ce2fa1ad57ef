package llm265.checkpoint.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import llm265.checkpoint.Checkpoint;
import llm265.h264.ChromaFormat;
import llm265.oracle.StreamCorpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignFormatTest {
  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + "ab".repeat(32) + "\nsize 4976698672\n";

  @TempDir private Path folder;

  private static String of(byte[] bytes) {
    return ForeignFormat.of(MemorySegment.ofArray(bytes)).orElse("");
  }

  private static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(new byte[100]);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void archivesAreNamedForWhatIsInThem() throws IOException {
    assertThat(of(zip("archive/data.pkl", "archive/data/0"))).startsWith("is a PyTorch checkpoint, which commands for tensors");
    assertThat(of(zip("model/version", "model/data.pkl"))).startsWith("is a PyTorch checkpoint");
    assertThat(of(zip("weight.npy", "bias.npy"))).startsWith("is an .npz archive");
    assertThat(of(zip("model.safetensors"))).startsWith("is a zip archive");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(new byte[1000]);
    }
    assertThat(of(bytes.toByteArray())).isEqualTo("is compressed with gzip: unpack it with gunzip");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      47475546 03000000 00000000 ; is a GGUF file
      80025d7100 ; is a Python pickle
      80028a0a6cfc9c46f9206aa85019 ; is a PyTorch checkpoint of the form before version 1.6, which is not read
      80049565 ; is a Python pickle
      894844460d0a1a0a00 ; is an HDF5 file
      28b52ffd04 ; is compressed with Zstandard
      fd377a585a0000 ; is compressed with xz
      1a45dfa3a34286 ; is a Matroska or WebM file
      464c560101 ; is a Flash video
      4f67675300 ; is an Ogg file
      00000001 40010c01 ; is an H.265 stream
      000001 46010c01 ; is an H.265 stream
      89504e470d0a1a0a ; is a PNG image
      """)
  void marksAreKnown(String hex, String sentence) {
    assertThat(of(HexFormat.of().parseHex(hex.replace(" ", "")))).startsWith(sentence);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      <!DOCTYPE html><html> ; is a web page (HTML), perhaps a server's answer
      <HTML lang=en> ; is a web page (HTML)
      <?xml version="1.0"?><Error><Code>AccessDenied ; is XML text
      {"error":"Repository not found"} ; is JSON text, "{"error":"Repository not found"}", perhaps
      Entry not found ; is text, "Entry not found", perhaps a server's answer in place of the file
      """)
  void answersOfServersAreTold(String text, String sentence) {
    assertThat(of(latin1(text))).startsWith(sentence);
    assertThat(of(("\ufeff\r\n " + text).getBytes(StandardCharsets.UTF_8))).startsWith(sentence);
  }

  @Test
  void whatIsReadIsNeverTakenForAnother() throws IOException {
    byte[][] all = {
      StreamCorpus.stills(ChromaFormat.YUV420, 8, "qp=30"), StreamCorpus.video(true), StreamCorpus.video(false)
    };
    for (byte[] stream : all) {
      for (int begin = 0; begin < 200; begin++) {
        assertThat(of(Arrays.copyOfRange(stream, begin, stream.length))).as("%d", begin).isEmpty();
      }
    }
    // A header of any size: among them are those whose bytes begin as gzip's and GGUF's do.
    byte[] safetensors = new byte[600];
    Arrays.fill(safetensors, (byte) ' ');
    safetensors[8] = '{';
    for (int mark : new int[] {0x088b1f, 0x4747, 0x474747, 0x5a4250, 0x0280, 0x3c, 0x7b, 0x05f5e100}) {
      for (int i = 0; i < 8; i++) {
        safetensors[i] = (byte) ((long) mark >>> 8 * i);
      }
      assertThat(of(safetensors)).isEmpty();
    }
    Random random = new Random(1);
    byte[] npy = new byte[1000];
    random.nextBytes(npy);
    System.arraycopy(latin1("\u0093NUMPY"), 0, npy, 0, 6);
    assertThat(of(npy)).isEmpty();
    assertThat(of(new byte[0])).isEmpty();
    assertThat(of(latin1("abc"))).isEmpty();
  }

  /** By every reader, whatever the file is called. */
  @ParameterizedTest
  @ValueSource(strings = {"m.safetensors", "m.onnx", "m.npy", "m.safetensors.index.json", "m.bin"})
  void readersNameWhatTheyRefuse(String name) throws IOException {
    for (Map.Entry<String, String> file
        : Map.of(POINTER, "is a git-lfs pointer in place of the file: fetch the file with git lfs pull",
        "\u0089HDF\r\n\u001a\n", "is an HDF5 file (.h5)").entrySet()) {
      Path path = Files.write(folder.resolve(name), latin1(file.getKey()));
      assertThatThrownBy(() -> Checkpoint.open(path)).isInstanceOf(ModelFormatException.class)
          .hasMessageStartingWith(path + ": " + file.getValue());
    }
  }

  @Test
  void ofAFileItTellsWhatItsBytesTell() throws IOException {
    assertThat(ForeignFormat.of(Files.writeString(folder.resolve("pointer"), POINTER))).hasValueSatisfying(
        sentence -> assertThat(sentence).startsWith("is a git-lfs pointer"));
    assertThat(ForeignFormat.of(folder)).isEmpty();
    assertThat(ForeignFormat.of(folder.resolve("none"))).isEmpty();
  }
}
