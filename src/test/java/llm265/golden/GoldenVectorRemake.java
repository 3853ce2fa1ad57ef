package llm265.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.oracle.FfmpegOracle;
import llm265.oracle.OraclePicture;
import org.junit.jupiter.api.Test;

/**
 * Writes golden-vectors/ anew and has FFmpeg decode every good stream. Not named like a test, so that only
 * {@code golden-vectors/remake} runs it.
 */
class GoldenVectorRemake {
  @Test
  void remake() throws IOException {
    Files.createDirectories(GoldenManifest.FOLDER);
    List<GoldenManifest.Entry> entries = new ArrayList<>();
    for (GoldenStream golden : Stream.concat(EncodedStreams.all().stream(), WrittenStreams.all().stream()).toList()) {
      byte[] stream = golden.recipe().get();
      Files.write(GoldenManifest.FOLDER.resolve(golden.file()), stream);
      entries.add(good(golden, stream));
    }
    for (GoldenStream golden : MalformedStreams.all()) {
      byte[] stream = golden.recipe().get();
      Files.write(GoldenManifest.FOLDER.resolve(golden.file()), stream);
      GoldenDecoding decoding = GoldenDecoding.of(stream, 1);
      assertThat(decoding.error()).as(golden.file()).startsWith("MalformedStreamException: ");
      entries.add(new GoldenManifest.Entry(
          golden.file(), "malformed", GoldenManifest.sha256(stream), decoding.pictures().size(), "", decoding.error(),
          golden.madeBy(), ""));
    }
    Set<String> made = entries.stream().map(GoldenManifest.Entry::file).collect(Collectors.toSet());
    for (String file : GoldenManifest.streams()) {
      if (!made.contains(file)) {
        Files.delete(GoldenManifest.FOLDER.resolve(file));
      }
    }
    GoldenManifest.write(entries);
  }

  private static GoldenManifest.Entry good(GoldenStream golden, byte[] stream) {
    GoldenDecoding ours = GoldenDecoding.of(stream, 1);
    assertThat(ours.error()).as(golden.file()).isEmpty();
    List<OraclePicture> theirs = FfmpegOracle.decode(stream);
    assertThat(theirs).as(golden.file()).hasSameSizeAs(ours.pictures());
    MessageDigest digest = GoldenManifest.digest();
    for (int i = 0; i < theirs.size(); i++) {
      Picture picture = ours.pictures().get(i);
      assertThat(theirs.get(i).firstDifferenceFrom(picture)).as("%s, picture %d", golden.file(), i).isEmpty();
      int planes = picture.format().chroma() == ChromaFormat.MONOCHROME ? 1 : 3;
      for (int plane = 0; plane < planes; plane++) {
        digest.update(theirs.get(i).planes()[plane]);
      }
    }
    return new GoldenManifest.Entry(
        golden.file(), "good", GoldenManifest.sha256(stream), theirs.size(), HexFormat.of().formatHex(digest.digest()), "",
        golden.madeBy(), GoldenManifest.tools(stream));
  }
}
