package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.NpyFile;
import llm265.checkpoint.SafetensorsWriter;
import llm265.checkpoint.file.OutputFile;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.h264.decode.H264IntraDecoder;
import llm265.runtime.KvSamples;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvCommandTest {
  private static final int TOKENS = 150;
  private static final int CHANNELS = 64;

  @TempDir private Path folder;

  private static TensorView tensor(String name, DType type, float[] values, long... shape) {
    return new TensorView(name, type, shape, KvSamples.patterns(type, values));
  }

  private Path dump(List<TensorView> tensors) throws IOException {
    Path path = folder.resolve("dump.safetensors");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, 0)) {
      for (TensorView tensor : tensors) {
        writer.add(tensor);
      }
      writer.commit(Map.of());
    }
    return path;
  }

  private static List<TensorView> pairs(String key, String value, long... shape) {
    return List.of(
        tensor(key.replace("#", "0"), DType.BF16, KvSamples.keys(TOKENS, CHANNELS, 1), shape),
        tensor(value.replace("#", "0"), DType.BF16, KvSamples.values(TOKENS, CHANNELS, 2), shape),
        tensor(key.replace("#", "1"), DType.BF16, KvSamples.keys(TOKENS, CHANNELS, 3), shape),
        tensor(value.replace("#", "1"), DType.BF16, KvSamples.values(TOKENS, CHANNELS, 4), shape));
  }

  /** Compresses a dump without loss, and compares names, shapes and bytes of what comes back. */
  private void assertComesBack(Path dump, String suffix, String... options) throws IOException {
    Path compressed = folder.resolve("dump.kv");
    Path back = folder.resolve("back" + suffix);
    String[] arguments = new String[options.length + 6];
    String[] first = {"kv", "compress", dump.toString(), "-o", compressed.toString(), "--lossless"};
    System.arraycopy(first, 0, arguments, 0, first.length);
    System.arraycopy(options, 0, arguments, 6, options.length);
    CommandRun.succeed((Object[]) arguments);
    CommandRun.succeed("kv", "decompress", compressed, "-o", back);
    try (Checkpoint before = Checkpoint.open(dump); Checkpoint after = Checkpoint.open(back)) {
      for (TensorView tensor : before.tensors()) {
        // An .npy file has no names.
        TensorView other = suffix.equals(".npy") ? after.tensors().getFirst() : after.byName(tensor.name()).orElseThrow();
        assertThat(other.shape()).containsExactly(tensor.shape());
        assertThat(other.data().mismatch(tensor.data())).isNegative();
      }
      assertThat(after.tensors()).hasSameSizeAs(before.tensors());
    }
  }

  @Test
  void dumpsOfManyFormsComeBack() throws IOException {
    assertComesBack(dump(pairs("key_cache.#", "value_cache.#", 1, 4, TOKENS, 16)), ".safetensors");
    assertComesBack(
        dump(pairs("past_key_values.#.key", "past_key_values.#.value", 4, TOKENS, 16)), ".safetensors", "--layers", "2");
    assertComesBack(dump(pairs("layers.#.k", "layers.#.v", TOKENS, CHANNELS)), ".safetensors", "--heads", "4", "--dim", "16");
    assertComesBack(
        dump(pairs("model.layers.#.self_attn.k_cache", "model.layers.#.self_attn.v_cache", TOKENS, 4, 16)), ".safetensors",
        "--order", "tokens_first", "--heads-per-cell", "2");
    float[] all = KvSamples.keys(2 * 2 * TOKENS, CHANNELS, 1);
    assertComesBack(dump(List.of(tensor("kv", DType.F16, all, 2, 2, TOKENS, 4, 16))), ".safetensors");
    assertComesBack(
        dump(List.of(tensor("kv", DType.F32, all, 2, TOKENS, 2, 4, 16))), ".safetensors", "--order", "page_first");
    assertComesBack(
        dump(List.of(
            tensor("keys", DType.F16, KvSamples.keys(2 * TOKENS, CHANNELS, 5), 2, TOKENS, 4, 16),
            tensor("values", DType.F16, KvSamples.values(2 * TOKENS, CHANNELS, 5), 2, TOKENS, 4, 16))),
        ".safetensors");
    Path npy = folder.resolve("dump.npy");
    try (OutputFile file = OutputFile.create(npy)) {
      NpyFile.write(file, tensor("dump", DType.F32, all, 2, 2, TOKENS, CHANNELS));
      file.commit();
    }
    assertComesBack(npy, ".npy", "--heads", "4");
  }

  @Test
  void figuresAndDamageAreShown() throws IOException {
    Path dump = dump(pairs("key_cache.#", "value_cache.#", 1, 4, TOKENS, 16));
    Path compressed = folder.resolve("dump.kv");
    assertThat(CommandRun.succeed(
        "kv", "compress", dump, "-o", compressed, "--key-bits", "4", "--value-bits", "3", "--sinks", "2", "--window", "8",
        "--model", "toy")).contains("dump.kv: 150 tokens, ");
    assertThat(CommandRun.succeed("kv", "inspect", compressed)).contains(
        "model      toy", "2 layers, 4 heads of 16 and 16, BF16, hugging_face", "4.0 bits of keys, 3.0 of values",
        "8 pages of 16", "last resort 0 cells");
    assertThat(CommandRun.succeed("kv", "inspect", compressed, "--json")).contains("\"p99_page_bytes\"");
    assertThat(CommandRun.succeed("kv", "verify", compressed, "--against", dump))
        .contains("all checksums are right", "keys SNR dB", "all ");
    byte[] bytes = Files.readAllBytes(compressed);
    bytes[bytes.length - 1] ^= 1;
    Files.write(compressed, bytes);
    CommandRun run = CommandRun.of("kv", "verify", compressed);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).contains("raw tokens, layer 1, values: ");
  }

  @Test
  void axesRotaryEmbeddingAndProfilesAreOptions() throws IOException {
    Path dump = dump(pairs("key_cache.#", "value_cache.#", 1, 4, TOKENS, 16));
    Path compressed = folder.resolve("dump.kv");
    CommandRun.succeed(
        "kv", "compress", dump, "-o", compressed, "--rope-base", "10000", "--rope-dims", "8", "--rope-pairing", "even-odd");
    assertThat(CommandRun.succeed("kv", "inspect", compressed))
        .contains("rotary     4 pairs of even_odd, 1.0 to 0.001 a position, learned axes");
    assertThat(CommandRun.succeed("kv", "verify", compressed, "--against", dump)).contains("all checksums are right");
    CommandRun.succeed("kv", "compress", dump, "-o", compressed, "--no-axes");
    assertThat(CommandRun.succeed("kv", "inspect", compressed, "--json"))
        .contains("\"rotary_pairs\" : 0").contains("\"learned_axes\" : false");
    CommandRun.succeed("kv", "compress", dump, "-o", compressed, "--step", "12");
    assertThat(CommandRun.succeed("kv", "inspect", compressed))
        .contains("12.0 dB of keys, 12.0 of values, one step for all pages");
    Path profile = profile();
    CommandRun.succeed("kv", "compress", dump, "-o", compressed, "--profile", profile);
    assertThat(CommandRun.fail(2, "kv", "verify", compressed)).contains("profile_hash: is ");
    assertThat(CommandRun.succeed("kv", "verify", compressed, "--profile", profile)).contains("all checksums are right");
    CommandRun.succeed("kv", "decompress", compressed, "--profile", profile, "-o", folder.resolve("back.safetensors"));
    for (List<String> options : List.of(
        List.of("--rope-dims", "8"), List.of("--rope-base", "0"), List.of("--step", "12", "--bits", "3"),
        List.of("--rope-base", "10", "--rope-pairing", "odd"),
        List.of("--profile", profile.toString(), "--heads-per-cell", "2"))) {
      List<String> all = new ArrayList<>(List.of("kv", "compress", dump.toString()));
      all.addAll(options);
      assertThat(CommandRun.of(all.toArray()).status()).as("%s", options).isEqualTo(2);
    }
  }

  @Test
  void picturesAreExtractedAsAStream() throws IOException {
    Path dump = dump(pairs("key_cache.#", "value_cache.#", 1, 4, TOKENS, 16));
    Path compressed = folder.resolve("dump.kv");
    Path stream = folder.resolve("keys.264");
    CommandRun.succeed("kv", "compress", dump, "-o", compressed, "--pictures", "--bits", "4");
    CommandRun.succeed("kv", "extract", compressed, "--layer", "1", "--part", "keys", "-o", stream);
    assertThat(H264IntraDecoder.decodeAll(Files.readAllBytes(stream))).hasSize(10);
    assertThat(CommandRun.fail(2, "kv", "extract", compressed, "--layer", "2", "--part", "keys", "-o", stream))
        .contains("has 2 layers, and no layer 2");
    assertThat(CommandRun.fail(2, "kv", "extract", compressed, "--layer", "0", "--part", "queries", "-o", stream))
        .contains("not keys or values");
    CommandRun.succeed("kv", "compress", dump, "-o", compressed);
    assertThat(CommandRun.fail(2, "kv", "extract", compressed, "--layer", "0", "--part", "values", "-o", stream))
        .contains("has no pictures");
  }

  /** A profile of the dumps' keys and values. */
  private Path profile() throws IOException {
    var samples = new llm265.runtime.transform.KvSamples(new KvGeometry(2, 4, 16, 4, new float[0], Pairing.HALVES));
    for (int layer = 0; layer < 2; layer++) {
      samples.add(layer, KvPart.KEYS, KvSamples.keys(TOKENS, CHANNELS, 9), TOKENS, 0);
      samples.add(layer, KvPart.VALUES, KvSamples.values(TOKENS, CHANNELS, 9), TOKENS, 0);
    }
    Path file = folder.resolve("profile.safetensors");
    samples.learn("toy", 0).write(file);
    return file;
  }

  @Test
  void whatIsNoDumpIsRefusedInOneLine() throws IOException {
    Path odd = dump(List.of(tensor("weights", DType.F32, new float[60], 3, 4, 5)));
    CommandRun run = CommandRun.of("kv", "compress", odd, "-o", folder.resolve("a.kv"));
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("[2, layers, tokens, heads, dim]").hasLineCount(1);
    CommandRun inspected = CommandRun.of("kv", "inspect", odd);
    assertThat(inspected.status()).isEqualTo(2);
    assertThat(inspected.err()).contains("magic").hasLineCount(1);
    assertThat(CommandRun.fail(2, "kv", "compress", odd, "-o", folder.resolve("a.npy"))).contains("kv");
    assertThat(CommandRun.of("kv", "compress", odd, "--snr", "20", "--lossless").status()).isEqualTo(2);
  }
}
