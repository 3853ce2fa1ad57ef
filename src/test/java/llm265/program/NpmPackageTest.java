package llm265.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class NpmPackageTest {
  @TempDir private Path folder;

  private static void entry(OutputStream out, String prefix, String name, byte[] content) throws IOException {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 124, String.format("%011o", content.length));
    put(header, 345, prefix);
    out.write(header);
    out.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** An npm that packs this archive, whatever it is asked for. */
  private Path npm(byte[] archive) throws IOException {
    Path kept = Files.write(folder.resolve("kept.tgz"), archive);
    return FakePrograms.script(folder.resolve("npm"),
        "[ \"$1 $3\" = 'pack @scope/thing@1.2' ] || exit 1", "/bin/cp '" + kept + "' scope-thing-1.2.tgz");
  }

  private static byte[] archive(boolean whole) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      entry(out, "", "package/first", new byte[700]);
      entry(out, "package/deep", "data.txt", "text".getBytes(StandardCharsets.UTF_8));
      if (whole) {
        out.write(new byte[1024]);
      }
    }
    return bytes.toByteArray();
  }

  private static NpmPackage packageOf(byte[] archive) throws NoSuchAlgorithmException {
    return new NpmPackage(
        "@scope/thing", "1.2", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive)));
  }

  @Test
  void aFileIsTakenOutOfThePackage() throws Exception {
    byte[] archive = archive(true);
    assertThat(packageOf(archive).fetch(npm(archive), "package/deep/data.txt", folder)).asString().isEqualTo("text");
    assertThat(packageOf(archive).fetch(npm(archive), "package/first", folder)).hasSize(700);
    try (var left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("kept.tgz", "npm");
    }
  }

  @Test
  void whatIsWrongIsTold() throws Exception {
    byte[] archive = archive(true);
    NpmPackage known = packageOf(archive);
    assertThatIOException().isThrownBy(() -> known.fetch(npm(archive), "package/none", folder))
        .withMessage("scope-thing-1.2.tgz holds no package/none");
    assertThatIOException().isThrownBy(() -> known.fetch(npm(archive(false)), "package/first", folder))
        .withMessage("npm has fetched another @scope/thing@1.2 than is known here");
    assertThatIOException().isThrownBy(() -> packageOf(archive(false)).fetch(npm(archive(false)), "package/none", folder))
        .withMessage("scope-thing-1.2.tgz: damaged archive");
    assertThatIOException()
        .isThrownBy(() -> new NpmPackage("@scope/other", "1.2", "").fetch(npm(archive), "package/first", folder))
        .withMessage("npm could not fetch @scope/other@1.2; is this machine connected?");
  }
}
