package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import llm265.checkpoint.file.OutputFolder;
import llm265.cli.output.Notes;
import llm265.cli.output.Progress;
import llm265.cli.output.TextTable;
import llm265.h264.generate.CoverSearch;
import llm265.h264.generate.CoverageTargets;
import llm265.h264.generate.GeneratedProfile;
import llm265.h264.generate.GeneratedStream;
import llm265.h264.generate.StreamFault;
import llm265.h264.generate.StreamFolder;
import llm265.h264.generate.StreamGenerator;
import llm265.h264.generate.StreamRequest;
import llm265.h264.generate.Stress;
import llm265.h264.generate.Tool;
import llm265.parallel.Workers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code llm265 h264 generate}. */
@Command(
    name = "generate",
    description = {
      "Makes streams of I slices that no encoder would choose, for tests of decoders: random syntax that keeps to a profile and "
          + "to the lowest level that holds it, with the MD5 of the samples that a decoder must make.",
      "DIR gets NAME.264, NAME.md5 (index, width, height and MD5 of each output picture) and MANIFEST.tsv. The same seed makes "
          + "the same bytes, on every machine and with any number of threads, by version " + StreamGenerator.VERSION
          + " of the generator."
    },
    mixinStandardHelpOptions = true)
final class H264GenerateCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})(mb)?");
  private static final int MOST_STREAMS = 100_000;
  private static final int MOST_CANDIDATES = 9_999;
  private static final int DEFAULT_COUNT = 16;
  private static final int DEFAULT_CANDIDATES = 200;
  private static final int MOST_SHOWN = 12;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true,
      description = "Folder to make; must be missing or empty")
  private Path output;

  @Option(names = "--force", description = "Replace a folder that has a " + StreamFolder.MANIFEST)
  private boolean force;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
      description = "What streams follow from (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--count", paramLabel = "N",
      description = "Number of streams (default: 16); with --cover, of candidates (default: 200)")
  private Integer count;

  @Option(names = "--profile", paramLabel = "P", defaultValue = "high",
      description = "baseline, main, extended, high, high10, high422, high444, cavlc444, or nvdec: what NVIDIA's decoding "
          + "engines take (default: ${DEFAULT-VALUE})")
  private String profile;

  @Option(names = "--tools", paramLabel = "LIST", split = ",",
      description = "What streams are made of (default: all that the profile has): cavlc, cabac; progressive, frame, mbaff, "
          + "fields, paff; 400, 420, 422, 444; depth8 to depth14; 8x8, scaling, pcm, deblocking, cropping; lossless, planes, "
          + "fmo, aso, redundant, partitions, sets, nonidr")
  private List<String> tools = List.of();

  @Option(names = "--size", paramLabel = "WxH", description = "Size in samples, or in macroblocks with mb behind: 5x4mb")
  private String size;

  @Option(names = "--stress", paramLabel = "LIST", split = ",",
      description = "What streams do to excess, one after another: codes, levels, arithmetic, qp, scaling, slices, cropping, "
          + "mbaff, pcm, emulation, macroblocks, timing, tables; or all that the profile has")
  private List<String> stress = List.of();

  @Option(names = "--cover",
      description = "Write a small set of the candidates that covers all that they cover, and print the table of what that is")
  private boolean cover;

  @Option(names = "--malformed", description = "Write a stream of each fault, too: one that a decoder must refuse")
  private boolean malformed;

  @Option(names = "--trace", description = "Write NAME.trace.txt, the syntax of each stream")
  private boolean trace;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  private int streams;
  private long pictures;
  private long bytes;

  @Override
  public Integer call() throws IOException {
    GeneratedProfile wanted = one("--profile", profile, GeneratedProfile.values(), GeneratedProfile::label);
    List<Stress> stresses = stresses(wanted);
    StreamRequest request = request(wanted, stresses);
    int number = count == null ? cover ? DEFAULT_CANDIDATES : DEFAULT_COUNT : count;
    int most = cover ? MOST_CANDIDATES : MOST_STREAMS;
    if (number < 1 || number > most) {
      throw new ParameterException(spec.commandLine(), "--count " + number + " is not in 1.." + most);
    }
    try (ExecutorService executor = Executors.newFixedThreadPool(threads.count());
        OutputFolder folder = OutputFolder.create(output, force ? StreamFolder.MANIFEST : null)) {
      Workers workers = new Workers(executor, threads.count());
      StreamFolder writer = new StreamFolder(folder.unfinished(), wanted, trace);
      try (Progress progress = new Progress("streams", number, "streams")) {
        if (cover) {
          cover(request, number, workers, writer, progress);
        } else {
          StreamGenerator generator = new StreamGenerator(request);
          workers.forEachInOrder(number, generator::stream, (index, stream) -> add(writer, stream, progress));
        }
        if (malformed) {
          StreamGenerator generator = new StreamGenerator(request);
          List<StreamFault> faults = generator.faults();
          workers.forEachInOrder(
              faults.size(), index -> generator.malformed(faults.get(index)), (index, stream) -> add(writer, stream, progress));
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      writer.writeManifest();
      folder.commit();
    }
    spec.commandLine().getOut().println(Notes.count(streams, "stream") + ", " + Notes.count(pictures, "picture") + ", "
        + Notes.count(bytes, "byte"));
    return 0;
  }

  private void add(StreamFolder writer, GeneratedStream stream, Progress progress) {
    try {
      writer.add(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    streams++;
    pictures += stream.pictures().size();
    bytes += stream.bytes().length;
    progress.step(1);
  }

  private void cover(StreamRequest request, int number, Workers workers, StreamFolder writer, Progress progress) {
    CoverSearch.Cover set = CoverSearch.search(request, number, workers, () -> progress.step(1));
    set.streams().forEach(stream -> add(writer, stream, progress));
    CoverageTargets targets = CoverageTargets.of(request);
    print(targets.table(set.coverage()), targets.unreachable(), spec.commandLine().getOut());
  }

  private static void print(List<CoverageTargets.Row> rows, List<String> unreachable, PrintWriter out) {
    TextTable table = new TextTable();
    table.row("row", "covered");
    rows.forEach(row -> table.row(row.name(), row.of() < 0 ? "" + row.covered() : row.covered() + " of " + row.of()));
    table.print(out);
    for (CoverageTargets.Row row : rows) {
      if (!row.missing().isEmpty()) {
        String missing = row.missing().stream().limit(MOST_SHOWN).map(Object::toString).collect(Collectors.joining(", "));
        int more = row.missing().size() - MOST_SHOWN;
        out.println("not covered of " + row.name() + ": " + missing + (more > 0 ? " and " + more + " more" : ""));
      }
    }
    if (!unreachable.isEmpty()) {
      out.println("not of these streams: " + String.join(", ", unreachable));
    }
  }

  private StreamRequest request(GeneratedProfile wanted, List<Stress> stresses) {
    Set<Tool> chosen = EnumSet.noneOf(Tool.class);
    tools.forEach(name -> chosen.add(one("--tools", name, Tool.values(), Tool::label)));
    int width = 0;
    int height = 0;
    boolean inMacroblocks = false;
    if (size != null) {
      Matcher matcher = SIZE.matcher(size);
      if (!matcher.matches() || matcher.group(1).matches("0+") || matcher.group(2).matches("0+")) {
        throw new ParameterException(spec.commandLine(), "--size " + size + " is not of the form 80x64 or 5x4mb");
      }
      inMacroblocks = matcher.group(3) != null;
      width = Integer.parseInt(matcher.group(1));
      height = Integer.parseInt(matcher.group(2));
    }
    try {
      return inMacroblocks ? new StreamRequest(wanted, seed, chosen, width, height, 0, 0, stresses)
          : new StreamRequest(wanted, seed, chosen, (width + 15) / 16, (height + 15) / 16, -width & 15, -height & 15, stresses);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private List<Stress> stresses(GeneratedProfile wanted) {
    if (stress.equals(List.of("all"))) {
      return request(wanted, List.of()).possibleStresses();
    }
    return stress.stream().map(name -> one("--stress", name, Stress.values(), Stress::label)).toList();
  }

  private <T> T one(String option, String name, T[] values, Function<T, String> label) {
    return Arrays.stream(values).filter(value -> label.apply(value).equals(name.toLowerCase(Locale.ROOT))).findFirst()
        .orElseThrow(() -> new ParameterException(spec.commandLine(), option + " " + name + " is none of "
            + Arrays.stream(values).map(label).collect(Collectors.joining(", "))));
  }
}
