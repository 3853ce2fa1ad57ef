package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import llm265.cli.output.Notes;
import llm265.cli.output.TextTable;
import llm265.hardware.Capability;
import llm265.hardware.GpuChip;
import llm265.hardware.GpuMatrix;
import llm265.hardware.NvidiaDriver;
import llm265.hardware.StreamKind;
import llm265.hardware.VideoFormat;
import llm265.oracle.FfmpegDecoder;
import llm265.oracle.NvdecDecoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 gpus}. */
@Command(
    name = "gpus",
    description = {
      "Says which GPUs decode and encode which formats, with how many engines, and which of our streams they play.",
      "A cell is the fullest chroma format and its bits a sample, as 444/12; - is none, ? is not known, * is not verified by a "
          + "source at hand.",
      "Where nvidia-smi is on the PATH, the GPUs of this machine are named, and NVDEC is tried through the ffmpeg on the PATH."
    },
    mixinStandardHelpOptions = true)
final class GpusCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "Part of a GPU's, a generation's or a maker's name: all that is known of those, with the sources")
  private String name;

  @Option(names = "--json", description = "Write it as JSON")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    GpuMatrix matrix = GpuMatrix.load();
    List<GpuChip> chips = name == null ? matrix.chips() : matrix.find(name);
    if (chips.isEmpty()) {
      throw new IllegalArgumentException(
          "no GPU that is known has '" + name + "' in its name, generation or maker; gpus lists all");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree(matrix, chips)).lines().forEach(out::println);
    } else if (name == null) {
      table(chips).print(out);
    } else {
      chips.forEach(chip -> describe(matrix, chip, out));
    }
    out.flush();
    if (!json) {
      tellThisMachine(matrix, out);
    }
    return 0;
  }

  private static String count(int engines) {
    return engines == GpuChip.NOT_KNOWN ? "?" : engines == 0 ? "-" : Integer.toString(engines);
  }

  private static TextTable table(List<GpuChip> chips) {
    TextTable table = new TextTable();
    List<String> heading = new ArrayList<>(List.of("GPU", "generation", "decoders"));
    Stream.of(VideoFormat.values()).map(VideoFormat::title).forEach(heading::add);
    heading.add("encoders");
    Stream.of(VideoFormat.values()).map(VideoFormat::title).forEach(heading::add);
    Stream.of(StreamKind.values()).map(StreamKind::title).forEach(heading::add);
    table.row(heading.toArray(String[]::new));
    for (GpuChip chip : chips) {
      String mark = chip.unverified().isEmpty() ? "" : "*";
      List<String> row = new ArrayList<>(List.of(chip.name(), chip.generation().name(), count(chip.decoders()) + mark));
      Stream.of(VideoFormat.values()).map(format -> chip.generation().decode().get(format).cell()).forEach(row::add);
      row.add(count(chip.encoders()) + mark);
      Stream.of(VideoFormat.values()).map(format -> chip.encode(format).cell()).forEach(row::add);
      Capability h264 = chip.generation().decode().get(VideoFormat.H264);
      Stream.of(StreamKind.values()).map(kind -> kind.playsOn(h264).text()).forEach(row::add);
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static void describe(GpuMatrix matrix, GpuChip chip, PrintWriter out) {
    out.println(chip.generation().vendor() + " " + chip.name() + ", " + chip.generation().name());
    out.println("  engines: " + count(chip.decoders()) + " decode, " + count(chip.encoders()) + " encode, "
        + count(chip.jpegDecoders()) + " decode JPEG");
    for (VideoFormat format : VideoFormat.values()) {
      out.println("  decodes " + format.title() + ": " + chip.generation().decode().get(format).line());
    }
    for (VideoFormat format : VideoFormat.values()) {
      out.println("  encodes " + format.title() + ": " + chip.encode(format).line());
    }
    Capability h264 = chip.generation().decode().get(VideoFormat.H264);
    for (StreamKind kind : StreamKind.values()) {
      out.println("  plays our streams, " + kind.title() + " (" + kind.options() + "): " + kind.playsOn(h264).text());
    }
    for (String key : sources(chip)) {
      out.println("  source: " + matrix.sources().get(key));
    }
    for (String what : unverified(chip)) {
      out.println("  not verified: " + what);
    }
    out.println();
  }

  private static Set<String> sources(GpuChip chip) {
    Set<String> keys = new LinkedHashSet<>(chip.sources());
    keys.addAll(chip.generation().sources());
    return keys;
  }

  private static List<String> unverified(GpuChip chip) {
    return Stream.concat(chip.unverified().stream(), chip.generation().unverified().stream()).toList();
  }

  private static Map<String, Object> tree(GpuMatrix matrix, List<GpuChip> chips) {
    List<Object> list = new ArrayList<>();
    for (GpuChip chip : chips) {
      Map<String, Object> node = new LinkedHashMap<>();
      node.put("name", chip.name());
      node.put("vendor", chip.generation().vendor());
      node.put("generation", chip.generation().name());
      node.put("decoders", orNull(chip.decoders()));
      node.put("encoders", orNull(chip.encoders()));
      node.put("jpeg_decoders", orNull(chip.jpegDecoders()));
      node.put("decode", tree(chip.generation().decode()));
      node.put("encode", tree(Stream.of(VideoFormat.values()).collect(Collectors.toMap(format -> format, chip::encode))));
      Map<String, String> plays = new LinkedHashMap<>();
      for (StreamKind kind : StreamKind.values()) {
        plays.put(kind.title(), kind.playsOn(chip.generation().decode().get(VideoFormat.H264)).text());
      }
      node.put("plays", plays);
      node.put("sources", sources(chip));
      node.put("unverified", unverified(chip));
      list.add(node);
    }
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("gpus", list);
    root.put("sources", matrix.sources());
    return root;
  }

  private static Integer orNull(int engines) {
    return engines == GpuChip.NOT_KNOWN ? null : engines;
  }

  private static Map<String, Object> tree(Map<VideoFormat, Capability> capabilities) {
    Map<String, Object> tree = new LinkedHashMap<>();
    for (VideoFormat format : VideoFormat.values()) {
      Capability capability = capabilities.get(format);
      Map<String, Object> node = new LinkedHashMap<>();
      node.put("formats", capability.formats());
      if (capability.width() > 0) {
        node.put("width", capability.width());
        node.put("height", capability.height());
      }
      tree.put(format.title(), capability.known() ? node : null);
    }
    return tree;
  }

  private void tellThisMachine(GpuMatrix matrix, PrintWriter out) throws IOException {
    List<NvidiaDriver.Installed> installed = NvidiaDriver.gpus();
    for (NvidiaDriver.Installed gpu : installed) {
      Optional<GpuChip> chip = matrix.ofDriver(gpu.name());
      out.println("this machine: " + gpu.name() + ", driver " + gpu.driver()
          + chip.map(known -> ": " + known.name() + ", " + count(known.decoders()) + " decoders").orElse(", not in this list"));
    }
    Optional<FfmpegDecoder> ffmpeg = installed.isEmpty() ? Optional.empty() : FfmpegDecoder.find();
    if (ffmpeg.isPresent()) {
      try {
        NvdecDecoder.find(ffmpeg.get());
        out.println("this machine: NVDEC decodes a picture of ours to our samples");
      } catch (IOException e) {
        Notes.print(spec, e.getMessage());
      }
    } else if (!installed.isEmpty()) {
      Notes.print(spec, "NVDEC is not tried: there is no ffmpeg on the PATH");
    }
    out.flush();
  }
}
