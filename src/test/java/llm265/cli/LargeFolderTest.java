package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import llm265.dtype.DType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder whose weights are far larger than the heap, with a tensor of more than 2^31 values. */
class LargeFolderTest {
  private static final long VALUES = (1L << 31) + (1 << 20);

  @TempDir private Path folder;

  @Test
  @Tag("long")
  void fourGigabytesTakeHalfAGigabyteOfHeap() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    Path small = new SampleModel().gaussian("w", DType.BF16, 64, 64).save(folder.resolve("small.safetensors"));
    MemorySegment w = SampleModel.tensor(small, "w").data();
    long bytes = 2 * VALUES;
    byte[] json = ("{\"w\":{\"dtype\":\"BF16\",\"shape\":[64,64],\"data_offsets\":[0,8192]},"
        + "\"big\":{\"dtype\":\"BF16\",\"shape\":[" + VALUES + "],\"data_offsets\":[8192," + (8192 + bytes) + "]}}")
        .getBytes(StandardCharsets.UTF_8);
    try (FileChannel file = FileChannel.open(
        model.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, json.length));
      file.write(ByteBuffer.wrap(json));
      file.write(w.asByteBuffer());
      file.write(ByteBuffer.allocate(2), 8 + json.length + 8192 + bytes - 2);
    }
    Path compressed = folder.resolve("compressed");
    java("compress", model, "-o", compressed, "--include", "^w$", "--bits", "4");
    assertThat(Files.size(compressed.resolve("model.safetensors"))).isBetween(bytes, bytes + 8192);
    Path back = folder.resolve("back");
    java("decompress", compressed, "-o", back, "--dtype", "f16", "--shard-size", "1GB");
    assertThat(SampleModel.files(back)).containsExactly(
        "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json");
    assertThat(Files.size(back.resolve("model-00002-of-00002.safetensors"))).isBetween(bytes, bytes + 1024);
  }

  private void java(Object... arguments) {
    Object[] command = new Object[arguments.length + 5];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "java");
    command[1] = "-Xmx512m";
    command[2] = "-cp";
    command[3] = System.getProperty("java.class.path");
    command[4] = Main.class.getName();
    System.arraycopy(arguments, 0, command, 5, arguments.length);
    ProgramRun run = ProgramRun.of(folder, Map.of(), command);
    assertThat(run.status()).as(run.err()).isZero();
  }
}
