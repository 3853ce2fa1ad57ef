package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import llm265.TensorDecoder;
import llm265.dtype.DType;
import llm265.dtype.FloatConversion;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** examples/read_carried.py, in another language, has the values of FFmpeg's samples bit by bit. Needs Python with numpy. */
class ReadCarriedExampleTest {
  private static final Path GOLDEN = Path.of("golden-vectors/tensors");
  /** The length of the header is behind the magic and the version of an npy file, and 2 bytes long. */
  private static final int NPY_LENGTH_AT = 8;

  @TempDir Path folder;

  @BeforeAll
  static void needsNumpy() throws InterruptedException {
    boolean isThere;
    try {
      isThere = run("-c", "import numpy") == 0;
    } catch (IOException missing) {
      isThere = false;
    }
    assumeTrue(isThere, "no python3 with numpy on the PATH");
  }

  private static int run(String... arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of("python3"), Stream.of(arguments)).toList();
    return new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.INHERIT).start().waitFor();
  }

  static Stream<Path> streams() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.getFileName().toString().startsWith("carried")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void valuesAreThoseOfTheDecoder(Path file) throws IOException, InterruptedException {
    byte[] stream = Files.readAllBytes(file);
    ByteArrayOutputStream luma = new ByteArrayOutputStream();
    for (OraclePicture picture : FfmpegOracle.decode(stream)) {
      luma.writeBytes(picture.planes()[0]);
    }
    Path samples = Files.write(folder.resolve("luma.yuv"), luma.toByteArray());
    Path values = folder.resolve("values.npy");

    assertThat(run("examples/read_carried.py", file.toString(), "--samples", samples.toString(), "-o", values.toString()))
        .isZero();

    byte[] npy = Files.readAllBytes(values);
    long header = MemorySegment.ofArray(npy).get(ValueLayout.JAVA_SHORT_UNALIGNED, NPY_LENGTH_AT);
    assertThat(MemorySegment.ofArray(npy).asSlice(NPY_LENGTH_AT + 2 + header).mismatch(decoded(stream))).isEqualTo(-1);
  }

  /** The values of a stream; those of BF16, which numpy does not have, as F32. */
  private static MemorySegment decoded(byte[] stream) {
    TensorDecoder decoder = TensorDecoder.open(stream);
    DType type = decoder.info().dtype();
    MemorySegment decoded = MemorySegment.ofArray(new byte[(int) type.byteSize(decoder.info().values())]);
    decoder.decodeInto(decoded);
    return type == DType.BF16 ? FloatConversion.convert(decoded, DType.BF16, DType.F32) : decoded;
  }
}
