package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.Callable;
import llm265.checkpoint.file.PrintableText;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.runtime.KvCacheReader;
import llm265.runtime.KvSpec;
import llm265.runtime.KvStatistics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 kv inspect}. */
@Command(
    name = "inspect",
    description = "Shows of what cache a file is, and what its bytes are for.",
    mixinStandardHelpOptions = true)
final class KvInspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "File of kv compress")
  private Path input;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile that the file was coded with")
  private Path profile;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    KvCacheReader reader = KvInput.open(input, profile);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      printJson(reader, out);
    } else {
      print(reader, out);
    }
    return 0;
  }

  private static void print(KvCacheReader reader, PrintWriter out) {
    KvSpec cache = reader.spec();
    KvStatistics all = reader.statistics();
    out.println("model      " + (cache.modelId().isEmpty() ? "-" : PrintableText.of(cache.modelId())));
    out.println("cache      " + cache.layers() + " layers, " + cache.kvHeads() + " heads of " + cache.headDim() + " and "
        + cache.valueDim() + ", " + cache.dtype() + ", " + cache.layout().name().toLowerCase(Locale.ROOT) + ", "
        + cache.keys().name().toLowerCase(Locale.ROOT) + ", " + cache.headsPerCell() + " heads a cell");
    out.println("rotary     " + cache.rotary() + (cache.learnedAxes() ? ", learned axes" : ""));
    out.println("spec       " + HexFormat.of().formatHex(cache.hash(), 0, 8));
    out.println("rate       " + reader.rate());
    out.println("tokens     " + all.tokens() + ": " + all.pages() + " pages of " + cache.pageTokens() + ", " + all.evicted()
        + " evicted, " + cache.sinkTokens() + " sinks, window " + cache.recentTokens());
    out.println("bytes      " + all.bytes() + Format.number(", %.4f bits a value; %.4f without raw tokens",
        all.bitsPerValue(), all.codedBitsPerValue()));
    TextTable table = new TextTable();
    row(table, "  payload", all.payloadBytes(), all);
    row(table, "  side", all.sideBytes(), all);
    row(table, "    context", all.contextBytes(), all);
    row(table, "  raw", all.rawBytes(), all);
    row(table, "  padding", all.paddingBytes(), all);
    table.print(out);
    out.println("page       " + all.worstPageBytes() + " bytes at worst, 99 % within " + all.p99PageBytes());
    out.println("last resort " + all.lastResorts() + " cells");
  }

  private static void row(TextTable table, String name, long bytes, KvStatistics all) {
    table.row(name, Long.toString(bytes), Format.number("%.4f bits a value", all.values() == 0 ? 0 : 8.0 * bytes / all.values()));
  }

  private static void printJson(KvCacheReader reader, PrintWriter out) throws IOException {
    KvSpec cache = reader.spec();
    KvStatistics all = reader.statistics();
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.put("model", cache.modelId()).put("layers", cache.layers()).put("heads", cache.kvHeads())
        .put("head_dim", cache.headDim()).put("value_dim", cache.valueDim()).put("dtype", cache.dtype().name())
        .put("layout", cache.layout().name()).put("keys", cache.keys().name()).put("page_tokens", cache.pageTokens())
        .put("rotary_pairs", cache.rotary().pairs()).put("learned_axes", cache.learnedAxes())
        .put("heads_per_cell", cache.headsPerCell()).put("sinks", cache.sinkTokens()).put("window", cache.recentTokens())
        .put("spec_hash", HexFormat.of().formatHex(cache.hash())).put("rate", reader.rate().toString());
    root.put("tokens", all.tokens()).put("values", all.values()).put("pages", all.pages()).put("evicted", all.evicted())
        .put("bytes", all.bytes()).put("bits_per_value", all.bitsPerValue())
        .put("coded_bits_per_value", all.codedBitsPerValue()).put("payload_bytes", all.payloadBytes())
        .put("side_bytes", all.sideBytes()).put("context_bytes", all.contextBytes()).put("raw_bytes", all.rawBytes())
        .put("padding_bytes", all.paddingBytes()).put("worst_page_bytes", all.worstPageBytes())
        .put("p99_page_bytes", all.p99PageBytes()).put("last_resorts", all.lastResorts());
    Format.printJson(out, mapper, root);
  }
}
