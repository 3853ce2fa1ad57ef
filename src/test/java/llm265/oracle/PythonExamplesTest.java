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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * examples/read_carried.py and read_samples.py, in another language, have the values of FFmpeg's samples bit by bit. Needs Python
 * with numpy.
 */
class PythonExamplesTest {
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
    return new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD).start().waitFor();
  }

  static Stream<Path> streams() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN)) {
      return files.filter(file -> file.getFileName().toString().startsWith("carried")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void levelsOfPicturesAreThoseOfTheDecoder(Path file) throws IOException, InterruptedException {
    assertValuesAreThoseOfTheDecoder("examples/read_carried.py", file);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pre-inverse-f16", "weights"})
  void samplesThatStandForValuesAreThoseOfTheDecoder(String name) throws IOException, InterruptedException {
    assertValuesAreThoseOfTheDecoder("examples/read_samples.py", GOLDEN.resolve(name + ".264"));
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "plain", "monochrome", "doubles", "scales", "modes-bf16", "not-finite-runs", "sign-patterns"})
  @Tag("long")
  void samplesOfOtherStreamsAreThoseOfTheDecoder(String name) throws IOException, InterruptedException {
    assertValuesAreThoseOfTheDecoder("examples/read_samples.py", GOLDEN.resolve(name + ".264"));
  }

  /** With PyTorch the same arithmetic runs on another device; here on the CPU. */
  @Test
  void pyTorchHasTheSameValues() throws IOException, InterruptedException {
    assumeTrue(run("-c", "import torch") == 0, "no python3 with torch on the PATH");
    assertValuesAreThoseOfTheDecoder("examples/read_samples.py", GOLDEN.resolve("weights.264"), "--torch", "cpu");
    assertValuesAreThoseOfTheDecoder("examples/read_samples.py", GOLDEN.resolve("pre-inverse-f16.264"), "--torch", "cpu");
  }

  @Test
  void otherStreamsAreRefused() throws IOException, InterruptedException {
    Path carried = GOLDEN.resolve("carried.264");
    assertThat(run("examples/read_samples.py", carried.toString(), "--samples", carried.toString(), "-o",
        folder.resolve("x.npy").toString())).isEqualTo(1);
  }

  private void assertValuesAreThoseOfTheDecoder(String program, Path file, String... options)
      throws IOException, InterruptedException {
    byte[] stream = Files.readAllBytes(file);
    ByteArrayOutputStream luma = new ByteArrayOutputStream();
    for (OraclePicture picture : FfmpegOracle.decode(stream)) {
      luma.writeBytes(picture.planes()[0]);
    }
    Path samples = Files.write(folder.resolve("luma.yuv"), luma.toByteArray());
    Path values = folder.resolve("values.npy");

    assertThat(run(Stream.concat(
        Stream.of(program, file.toString(), "--samples", samples.toString(), "-o", values.toString()), Stream.of(options))
        .toArray(String[]::new))).isZero();

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
