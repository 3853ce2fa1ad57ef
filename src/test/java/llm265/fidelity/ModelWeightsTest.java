package llm265.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.file.ModelFormatException;
import llm265.lm.LanguageModel;
import llm265.model.CompressedModel;
import llm265.model.ModelCompressor;
import llm265.model.ModelDecompressor;
import llm265.parallel.Workers;
import llm265.reference.lm.TinyModel;
import llm265.reference.lm.TinyModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelWeightsTest {
  private static final String NORM = "model.norm.weight";

  @TempDir
  private Path folder;

  private final TinyModel model = TinyModels.of("llama");

  private static ModelWeights other(Path path, ModelWeights original) throws IOException {
    return ModelWeights.other(path, original.config(), Runnable::run, 1);
  }

  private long values() {
    return model.values().values().stream().mapToLong(values -> values.length).sum();
  }

  private Path compressed() throws IOException {
    Path file = folder.resolve("small.safetensors");
    ModelCompressor.atBits(5).compress(model.write(folder.resolve("model")).resolve("model.safetensors"), file);
    return file;
  }

  @Test
  void allBytesOfAllFilesCount() throws IOException {
    Path shards = model.writeShards(folder.resolve("shards"));
    long bytes = Files.size(shards.resolve("model-00001-of-00002.safetensors"))
        + Files.size(shards.resolve("model-00002-of-00002.safetensors"));
    try (ModelWeights weights = ModelWeights.folder(shards, Runnable::run, 1)) {
      assertThat(weights.bitsPerValue()).isEqualTo(8.0 * bytes / values()).isGreaterThan(32);
    }
    Path small = compressed();
    try (ModelWeights original = ModelWeights.folder(folder.resolve("model"), Runnable::run, 1);
        ModelWeights weights = other(small, original)) {
      assertThat(weights.bitsPerValue()).isEqualTo(8.0 * Files.size(small) / values()).isLessThan(8);
    }
  }

  @Test
  void compressedWeightsAreThoseThatAreDecompressed() throws IOException {
    Path small = compressed();
    Path again = folder.resolve("again.safetensors");
    ModelDecompressor.create().decompress(small, again);
    try (ExecutorService executor = Executors.newFixedThreadPool(2);
        ModelWeights original = ModelWeights.folder(folder.resolve("model"), executor, 2);
        ModelWeights plain = other(again, original);
        ModelWeights coded = ModelWeights.other(small, original.config(), executor, 2);
        CompressedModel opened = CompressedModel.open(small)) {
      assertThat(coded.source().names()).isEqualTo(original.source().names());
      assertThat(opened.tensors()).anyMatch(CompressedModel.Tensor::isStream).anyMatch(tensor -> !tensor.isStream());
      for (String name : coded.source().names()) {
        assertThat(coded.source().shape(name)).isEqualTo(original.source().shape(name));
        assertThat(coded.source().read(name)).isEqualTo(plain.source().read(name));
        assertThat(new CompressedWeights(opened).read(name)).isEqualTo(plain.source().read(name));
      }
    }
  }

  @Test
  void aFolderMayHaveACompressedFile() throws IOException {
    Path small = compressed();
    Path file = folder.resolve("model").resolve("model.safetensors");
    Files.copy(small, file, StandardCopyOption.REPLACE_EXISTING);
    try (ModelWeights weights = ModelWeights.folder(folder.resolve("model"), Runnable::run, 1)) {
      assertThat(LanguageModel.load(weights.config(), weights.source(), Workers.CALLER).layers()).isEqualTo(2);
    }
  }

  @Test
  void whatTheModelNeedsMustBeThere() throws IOException {
    Path whole = model.write(folder.resolve("model"));
    Path without = model.renamed(name -> name.equals(NORM) ? null : name).write(folder.resolve("without"));
    Path shortened = model.renamed(name -> name.replaceFirst("^model\\.", "")).write(folder.resolve("shortened"));
    Path larger = TinyModels.large("llama").write(folder.resolve("larger"));
    try (ModelWeights original = ModelWeights.folder(whole, Runnable::run, 1);
        ModelWeights missing = other(without.resolve("model.safetensors"), original);
        ModelWeights renamed = other(shortened.resolve("model.safetensors"), original);
        ModelWeights reshaped = other(larger.resolve("model.safetensors"), original)) {
      ReadWeights read = new ReadWeights(original.source());
      LanguageModel.load(original.config(), read, Workers.CALLER);

      assertThat(read.needed()).containsExactlyInAnyOrderElementsOf(model.values().keySet());
      renamed.requireAll(read.needed(), read);
      assertThatThrownBy(() -> missing.requireAll(read.needed(), read)).isInstanceOf(ModelFormatException.class)
          .hasMessage(without.resolve("model.safetensors") + ": tensor " + NORM + ", which the model needs, is missing");
      assertThatThrownBy(() -> reshaped.requireAll(read.needed(), read)).isInstanceOf(ModelFormatException.class)
          .hasMessageContaining("has the shape").hasMessageContaining(larger.toString());
    }
  }
}
