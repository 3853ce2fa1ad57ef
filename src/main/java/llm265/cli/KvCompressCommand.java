package llm265.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import llm265.checkpoint.Checkpoint;
import llm265.cli.output.Format;
import llm265.runtime.KvCacheWriter;
import llm265.runtime.KvCodec;
import llm265.runtime.KvRate;
import llm265.runtime.KvRotary;
import llm265.runtime.KvSpec;
import llm265.runtime.KvStatistics;
import llm265.runtime.transform.KvProfile;
import llm265.runtime.transform.RotaryTransform.Pairing;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 kv compress}. */
@Command(
    name = "compress",
    description = {
      "Compresses a dump of a KV cache, .safetensors or .npy, of type F32, F16 or BF16.",
      "A dump is one tensor [2, layers, tokens, heads, dim] (with --heads also [2, layers, tokens, heads * dim]); a tensor of "
          + "keys and one of values, [layers, tokens, heads, dim]; or a pair for each layer, with names such as key_cache.0 and "
          + "value_cache.0, past_key_values.0.key, layers.0.v: [1, heads, tokens, dim], [heads, tokens, dim] or, with --heads, "
          + "[tokens, heads * dim]. Other tensors are left out.",
      "Channels' means and scales are learned from the first tokens and counted."
    },
    mixinStandardHelpOptions = true)
final class KvCompressCommand implements Callable<Integer> {
  private static final String SUFFIX = ".kv";

  private static final int MOST_STATE_BITS = 8;

  /** Channels of a cell at most on axes that nobody asked for: finding them takes the third power of it. */
  private static final int MOST_AXES = 256;

  @Parameters(paramLabel = "DUMP", description = "File of keys and values")
  private Path input;

  @Option(names = {"-o", "--output"}, paramLabel = "OUT", description = "File to write (default: DUMP with .kv added)")
  private Path output;

  @Option(names = "--bits", paramLabel = "B", description = "Bits per value, every byte counted (default: 3)")
  private Double bits;

  @Option(names = "--key-bits", paramLabel = "B", description = "Bits per value of keys (default: --bits)")
  private Double keyBits;

  @Option(names = "--value-bits", paramLabel = "B", description = "Bits per value of values (default: --bits)")
  private Double valueBits;

  @Option(names = "--snr", paramLabel = "DB", description = "A quality of every page in place of a rate")
  private Double decibels;

  @Option(
      names = "--step", paramLabel = "DB",
      description = "One step for all pages in place of a rate: variance of channels over the square of the step")
  private Double step;

  @Option(names = "--lossless", description = "Keep every bit")
  private boolean lossless;

  @Option(names = "--fixed", description = "Pages of one size, filled up")
  private boolean fixed;

  @Option(names = "--max", description = "No page beyond --bits")
  private boolean bounded;

  @Option(names = "--page", paramLabel = "N", description = "Tokens of a page (default: ${DEFAULT-VALUE})")
  private int pageTokens = 16;

  @Option(names = "--heads-per-cell", paramLabel = "N", description = "Heads that are decoded together (default: all)")
  private int headsPerCell;

  @Option(names = "--sinks", paramLabel = "N", description = "First tokens that are kept as they are (default: 0)")
  private int sinks;

  @Option(names = "--window", paramLabel = "N", description = "Last tokens that are kept as they are (default: 0)")
  private int window;

  @Option(names = "--pictures", description = "Code H.264 pictures, of which kv extract makes streams that any decoder plays")
  private boolean pictures;

  @Option(names = "--states", paramLabel = "N", description = "States of the quantizer: 4 to 256 (default: 16)")
  private int states = 16;

  @Option(names = "--model", paramLabel = "ID", description = "Name of the model, for the file's identity")
  private String model = "";

  @Option(names = "--pre-rope", description = "The keys are from before rotary embedding")
  private boolean preRope;

  @Option(
      names = "--rope-base", paramLabel = "B",
      description = "Base of the keys' rotary embedding, such as 10000: it is undone before they are coded")
  private Double ropeBase;

  @Option(names = "--rope-dims", paramLabel = "N", description = "Elements of a head that it rotates (default: all)")
  private Integer ropeDims;

  @Option(
      names = "--rope-pairing", paramLabel = "P",
      description = "halves: element i turns with i + N/2 (default); even-odd: 2i with 2i + 1")
  private String ropePairing;

  @Option(
      names = "--axes", negatable = true,
      description = "Code on axes that are learned from the decoded tokens before (default: where a cell has 256 channels at "
          + "most)")
  private Boolean axes;

  @Option(names = "--profile", paramLabel = "FILE", description = "Profile of the model's keys and values, of bench kv")
  private Path profileFile;

  @Mixin private KvDumpOptions dumpOptions;

  @Mixin private ThreadsOption threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path target = output != null ? output : input.resolveSibling(input.getFileName() + SUFFIX);
    Arguments.requireDifferent(spec, input, target);
    OutputKind.KV_CACHE.requireName(spec, target);
    KvRate rate = rate();
    try (Checkpoint file = Checkpoint.open(input);
        ExecutorService executor = Executors.newFixedThreadPool(threads.count())) {
      KvDump dump = dumpOptions.open(input, file);
      KvCodec codec = codec(dump, rate).withThreads(executor, threads.count());
      KvCacheWriter writer = codec.newSequence();
      writer.append(dump.view(), 0, dump.tokens());
      if (window == 0) {
        writer.seal();
      }
      writer.note(dump.note());
      writer.write(target);
      print(writer.statistics(), target);
    }
    return 0;
  }

  private KvRate rate() {
    int kinds = (decibels != null ? 1 : 0) + (step != null ? 1 : 0) + (lossless ? 1 : 0) + (fixed ? 1 : 0) + (bounded ? 1 : 0);
    if (kinds > 1) {
      throw new ParameterException(spec.commandLine(), "--snr, --step, --lossless, --fixed and --max exclude each other");
    }
    Double quality = step != null ? step : decibels;
    if ((quality != null || lossless) && (bits != null || keyBits != null || valueBits != null)) {
      throw new ParameterException(spec.commandLine(), "--snr, --step and --lossless go together with no bits");
    }
    double all = bits == null ? 3 : bits;
    double keys = quality != null ? quality : keyBits == null ? all : keyBits;
    double values = quality != null ? quality : valueBits == null ? all : valueBits;
    KvRate.Mode mode = step != null ? KvRate.Mode.STEP : decibels != null ? KvRate.Mode.SNR : fixed ? KvRate.Mode.FIXED_BYTES
        : bounded ? KvRate.Mode.MAX_BYTES : KvRate.Mode.BITS;
    if (Integer.bitCount(states) != 1 || states < 4 || states > 1 << MOST_STATE_BITS) {
      throw new ParameterException(spec.commandLine(), "--states " + states + " is not a power of two in 4..256");
    }
    try {
      KvRate rate = lossless ? KvRate.lossless() : KvRate.of(mode, keys, values);
      return rate.withStates(Integer.numberOfTrailingZeros(states))
          .with(pictures ? KvRate.Coding.PICTURES : KvRate.Coding.CHUNKS);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private KvRotary rotary(KvDump dump) {
    if (ropeBase == null) {
      if (ropeDims != null || ropePairing != null) {
        throw new ParameterException(spec.commandLine(), "--rope-dims and --rope-pairing take --rope-base");
      }
      return KvRotary.NONE;
    }
    Pairing pairing = ropePairing == null || ropePairing.equals("halves") ? Pairing.HALVES : Pairing.EVEN_ODD;
    if (ropePairing != null && pairing == Pairing.EVEN_ODD && !ropePairing.equals("even-odd")) {
      throw new ParameterException(spec.commandLine(), "--rope-pairing " + ropePairing + " is not halves or even-odd");
    }
    return KvRotary.of(ropeBase, ropeDims == null ? dump.keyDim() : ropeDims, pairing);
  }

  /** Whether to learn axes: of cells that are not too large to do it quickly. */
  private boolean learnsAxes(KvSpec cache) {
    return axes != null ? axes
        : !lossless && cache.headsPerCell() * Math.max(cache.headDim(), cache.valueDim()) <= MOST_AXES;
  }

  private KvCodec codec(KvDump dump, KvRate rate) throws IOException {
    KvProfile profile = profileFile == null ? null : KvProfile.read(profileFile);
    int heads = headsPerCell != 0 ? headsPerCell : profile != null ? profile.geometry().groupHeads() : dump.kvHeads();
    try {
      KvSpec cache = KvSpec.of(model, dump.layers(), dump.kvHeads(), dump.keyDim(), dump.dtype())
          .withValueDim(dump.valueDim()).withLayout(dump.layout())
          .withPages(pageTokens, heads).withRaw(sinks, window)
          .withKeys(preRope ? KvSpec.KeyForm.PRE_ROPE : KvSpec.KeyForm.POST_ROPE, "").withRotary(rotary(dump));
      return KvCodec.of(learnsAxes(cache) ? cache.withLearnedAxes() : cache, rate, profile);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void print(KvStatistics statistics, Path target) throws IOException {
    long size = Files.size(target);
    spec.commandLine().getOut().println(target + ": " + statistics.tokens() + " tokens, " + Format.bytes(size)
        + Format.number(", %.3f bits a value", 8.0 * size / Math.max(1, statistics.values()))
        + (statistics.lastResorts() == 0 ? "" : ", " + statistics.lastResorts() + " cells of the last resort"));
  }
}
