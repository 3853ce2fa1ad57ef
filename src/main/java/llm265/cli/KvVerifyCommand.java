package llm265.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.CheckFailedException;
import llm265.cli.output.Format;
import llm265.cli.output.TextTable;
import llm265.dtype.TensorView;
import llm265.parallel.Workers;
import llm265.runtime.KvCacheReader;
import llm265.runtime.KvSpec;
import llm265.runtime.transform.KvPart;
import llm265.tensor.distortion.TensorDistortion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 kv verify}. */
@Command(
    name = "verify",
    description = "Checks all checksums of a file; with --against, measures keys and values of each layer.",
    mixinStandardHelpOptions = true)
final class KvVerifyCommand implements Callable<Integer> {
  private static final int MOST_NAMED = 10;

  @Parameters(paramLabel = "FILE", description = "File of kv compress")
  private Path input;

  @Option(names = "--against", paramLabel = "DUMP", description = "The dump that was compressed")
  private Path dumpFile;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile that the file was coded with")
  private Path profile;

  @Mixin private KvDumpOptions dumpOptions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    KvCacheReader reader = KvInput.open(input, profile);
    PrintWriter out = spec.commandLine().getOut();
    List<KvCacheReader.Damage> damages = reader.verify();
    for (KvCacheReader.Damage damage : damages.subList(0, Math.min(MOST_NAMED, damages.size()))) {
      out.println(input + ": " + (damage.page() < 0 ? "raw tokens" : "page " + damage.page())
          + (damage.layer() < 0 ? "" : ", layer " + damage.layer() + ", " + damage.part()) + ": " + damage.problem());
    }
    if (!damages.isEmpty()) {
      throw new CheckFailedException(input + ": " + damages.size() + " of its cells are damaged");
    }
    out.println(input + ": " + reader.tokens() + " tokens, " + reader.pages() + " pages, all checksums are right");
    if (dumpFile != null) {
      compare(reader, out);
    }
    return 0;
  }

  private void compare(KvCacheReader reader, PrintWriter out) throws IOException {
    try (Checkpoint file = Checkpoint.open(dumpFile)) {
      KvDump dump = dumpOptions.open(dumpFile, file);
      KvSpec cache = reader.spec();
      if (dump.tokens() != reader.tokens() || dump.layers() != cache.layers() || dump.kvHeads() != cache.kvHeads()
          || dump.keyDim() != cache.headDim() || dump.valueDim() != cache.valueDim() || dump.dtype() != cache.dtype()) {
        throw new IllegalArgumentException(dumpFile + " is not the dump that " + input + " was made of");
      }
      TextTable table = new TextTable();
      table.row("layer", "keys SNR dB", "values SNR dB");
      TensorDistortion keys = TensorDistortion.NONE;
      TensorDistortion values = TensorDistortion.NONE;
      for (int layer = 0; layer < cache.layers(); layer++) {
        TensorDistortion key = distortion(reader, dump, layer, KvPart.KEYS);
        TensorDistortion value = distortion(reader, dump, layer, KvPart.VALUES);
        table.row(Integer.toString(layer), Format.decibels(key.snr()), Format.decibels(value.snr()));
        keys = keys.plus(key);
        values = values.plus(value);
      }
      table.row("all", Format.decibels(keys.snr()), Format.decibels(values.snr()));
      table.print(out);
    }
  }

  private TensorDistortion distortion(KvCacheReader reader, KvDump dump, int layer, KvPart part) {
    KvSpec cache = reader.spec();
    int bytes = Math.toIntExact(reader.tokens() * cache.tokenBytes(part));
    MemorySegment original = MemorySegment.ofArray(new byte[bytes]);
    MemorySegment decoded = MemorySegment.ofArray(new byte[bytes]);
    dump.view().copyOut(layer, part, 0, cache.kvHeads(), 0, reader.tokens(), original);
    try {
      reader.read(layer, part, 0, cache.kvHeads(), 0, reader.tokens(), decoded);
    } catch (RuntimeException e) {
      throw KvInput.of(input, e);
    }
    long[] shape = {reader.tokens(), cache.kvHeads(), cache.dim(part)};
    return TensorDistortion.between(
        new TensorView("", cache.dtype(), shape, original), new TensorView("", cache.dtype(), shape, decoded),
        Workers.CALLER);
  }
}
