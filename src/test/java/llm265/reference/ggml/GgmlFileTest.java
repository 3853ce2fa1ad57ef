package llm265.reference.ggml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.gguf.GgufHeader;
import llm265.checkpoint.gguf.GgufTensor;
import llm265.checkpoint.gguf.GgufWriter;
import llm265.checkpoint.gguf.WrittenType;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that the ggml library writes, and that it reads. */
@Tag("long")
class GgmlFileTest {
  private static GgmlFile ggml;

  @TempDir Path folder;

  @BeforeAll
  static void find() throws IOException {
    Optional<GgmlLibrary> library = GgmlLibrary.find();
    assumeThat(library).as("the library could not be fetched").isPresent();
    ggml = new GgmlFile(library.orElseThrow());
  }

  private Path allTypes() throws IOException {
    Path path = folder.resolve("all-types.gguf");
    ggml.writeAllTypes(path);
    return path;
  }

  /** Everyday tests use a file that this library once wrote. */
  @Test
  void theFileOfOtherTestsIsWhatTheLibraryWrites() throws IOException {
    try (InputStream resource = GgmlFileTest.class.getResourceAsStream("/llm265/gguf/all-types.gguf")) {
      assertThat(resource.readAllBytes()).isEqualTo(Files.readAllBytes(allTypes()));
    }
  }

  @ParameterizedTest
  @EnumSource(value = DType.class, names = {"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  void theLibraryReadsWhatIsWritten(DType wanted) throws IOException {
    Path source = allTypes();
    Path target = folder.resolve("target.gguf");
    GgufHeader written;
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      GgufHeader header = GgufHeader.parse(source, checkpoint.header().orElseThrow());
      // The file's matrices have one row each, which llama.cpp would not quantize.
      try (GgufWriter writer = GgufWriter.create(target, header, tensor -> typeOf(tensor, wanted))) {
        for (TensorView tensor : checkpoint.tensors().reversed()) {
          writer.write(tensor);
        }
        writer.commit();
        written = writer.header();
      }
    }
    GgmlFile.Contents contents = ggml.read(target);
    assertThat(contents.tensors()).isEqualTo(written.tensors().stream().map(GgmlFileTest::inWords).toList());
    assertThat(contents.dataOffset()).isEqualTo(written.dataOffset());
    List<String> keys = ggml.read(source).keys();
    assertThat(contents.keys()).containsAll(keys);
    assertThat(Files.size(target)).isEqualTo(written.dataOffset() + written.dataSize());
  }

  private static DType typeOf(GgufTensor tensor, DType wanted) {
    return tensor.name().endsWith(".weight") ? wanted : WrittenType.of(tensor, wanted);
  }

  private static String inWords(GgufTensor tensor) {
    String type = tensor.dtype().name();
    String name = type.contains("_K") ? type.toLowerCase(Locale.ROOT).replace("_k", "_K") : type.toLowerCase(Locale.ROOT);
    long[] ne = {1, 1, 1, 1};
    for (int i = 0; i < tensor.shape().length; i++) {
      ne[i] = tensor.shape()[tensor.shape().length - 1 - i];
    }
    return tensor.name() + " " + name + " " + tensor.offset() + " " + tensor.byteSize() + " " + Arrays.toString(ne);
  }
}
