package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each of many faults, planted in our decoder, is found by a stream of the cover sets. The table of docs/conformance.md says by
 * which first; written anew with {@code -Plong -Dllm265.conformance.update=true}.
 */
class PlantedFaultsTest {
  private static final Path PAGE = Path.of("docs/conformance.md");
  private static final String BEGIN = "<!-- computed by PlantedFaultsTest -->\n";
  private static final String END = "<!-- end of planted faults -->\n";

  /** Two profiles that have all tools between them but data partitions, which are slices in another order. */
  private static final List<GeneratedProfile> PROFILES = List.of(GeneratedProfile.HIGH444, GeneratedProfile.BASELINE);

  /** Candidates of {@code --cover}. */
  private static final int CANDIDATES = 200;

  private static StreamRequest request(GeneratedProfile profile) {
    return new StreamRequest(profile, 0, Set.of(), 0, 0, 0, 0, List.of());
  }

  private static String table() throws IOException {
    String page = Files.readString(PAGE);
    return page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
  }

  /** Makes a stream by its name, such as {@code high444-0017-qp}. */
  private static GeneratedStream stream(String name) {
    String[] parts = name.split("-");
    GeneratedProfile profile = PROFILES.stream().filter(one -> one.label().equals(parts[0])).findFirst().orElseThrow();
    int index = Integer.parseInt(parts[1]);
    GeneratedStream stream = CoverSearch.generator(request(profile), index).stream(index);
    assertThat(stream.name()).isEqualTo(name);
    return stream;
  }

  @Test
  void aDecoderWithoutFaultMakesAllSamples() {
    GeneratedStream stream = stream("high444-0000");
    assertThat(FaultyDecoder.decode(null, stream.bytes())).isEqualTo(stream.md5());
  }

  /** One fault in ten by the stream that the page names; the long tier has them all. */
  @Test
  void faultsAreFoundByTheStreamsThatThePageNames() throws IOException {
    List<String> named = new ArrayList<>();
    for (String line : table().lines().skip(2).toList()) {
      String[] cells = line.substring(2, line.length() - 2).split(" \\| ");
      PlantedFault fault = PlantedFault.all().get(named.size());
      if (named.size() % 10 == 0) {
        GeneratedStream stream = stream(cells[1]);
        assertThat(FaultyDecoder.decode(fault, stream.bytes())).as("%s", fault).isNotEqualTo(stream.md5());
      }
      named.add(cells[0]);
    }
    assertThat(named).isEqualTo(PlantedFault.all().stream().map(PlantedFault::name).toList()).hasSizeGreaterThan(40);
  }

  private static List<GeneratedStream> coverSets() {
    List<GeneratedStream> streams = new ArrayList<>();
    for (GeneratedProfile profile : PROFILES) {
      streams.addAll(CoverSearch.search(request(profile), CANDIDATES, CommonPool.workers(2), () -> { }).streams());
    }
    return streams;
  }

  @Tag("long")
  @Test
  void thePageNamesTheFirstStreamThatFindsAFault() throws IOException {
    List<GeneratedStream> streams = coverSets();
    StringBuilder text = new StringBuilder("| fault | found first by |\n|---|---|\n");
    for (PlantedFault fault : PlantedFault.all()) {
      String name = streams.stream().filter(stream -> !FaultyDecoder.decode(fault, stream.bytes()).equals(stream.md5()))
          .map(GeneratedStream::name).findFirst().orElse("no stream");
      assertThat(name).as(fault.name()).isNotEqualTo("no stream");
      text.append("| ").append(fault.name()).append(" | ").append(name).append(" |\n");
    }
    if (Boolean.getBoolean("llm265.conformance.update")) {
      Files.writeString(PAGE, Files.readString(PAGE).replace(BEGIN + table() + END, BEGIN + text + END));
    }
    assertThat(table()).isEqualTo(text.toString());
  }
}
