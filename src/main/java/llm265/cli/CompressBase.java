package llm265.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import llm265.cli.output.Notes;
import llm265.model.CompressedModel;
import llm265.model.CompressionReport;
import llm265.model.ModelBase;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --base}: a model that the input's tensors are told from. */
final class CompressBase {
  private static final int DEFAULT_CHAIN = 8;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--base",
      paramLabel = "A",
      description = "A model that IN is a fine-tune of, or a later checkpoint of the same run: original or compressed. Tensors "
          + "of the same name and shape are coded by what they differ by from what A decodes to, where that takes fewer bits. "
          + "Targets are about the tensors of IN, and --bits about the whole file. Decoding takes A, too")
  private Path path;

  @Option(
      names = "--max-chain",
      paramLabel = "N",
      description = "With --base: how many compressed models at most may be told from each other, one after the other, 1 to "
          + ModelBase.MOST_LINKS + " (default: " + DEFAULT_CHAIN + "); decoding the last decodes all")
  private Integer mostLinks;

  /** Opens the base; null without one. */
  ModelBase open(Path output) throws IOException {
    if (mostLinks != null && (path == null || mostLinks < 1 || mostLinks > ModelBase.MOST_LINKS)) {
      throw new ParameterException(spec.commandLine(), path == null
          ? "--max-chain is for --base" : "--max-chain " + mostLinks + " is not in 1.." + ModelBase.MOST_LINKS);
    }
    if (path == null) {
      return null;
    }
    ModelBase base = ModelBase.open(path);
    try {
      require(base, output);
      return base;
    } catch (IOException | RuntimeException e) {
      base.close();
      throw e;
    }
  }

  private void require(ModelBase base, Path output) throws IOException {
    int most = mostLinks == null ? DEFAULT_CHAIN : mostLinks;
    if (base.links() + 1 > most) {
      throw new IllegalArgumentException(base.path() + ": is " + base.links() + " models away from one that stands for itself; "
          + "name one of those as --base, or allow more with --max-chain");
    }
    Arguments.requireDifferent(spec, base.path(), output);
    for (Optional<CompressedModel> link = base.compressed(); link.isPresent(); link = link.get().base()) {
      Optional<Path> next = link.get().basePath();
      if (next.isPresent()) {
        Arguments.requireDifferent(spec, next.get(), output);
      }
    }
  }

  /** Says what came of it. */
  void note(CompressionReport report, Path output) throws IOException {
    if (path == null) {
      return;
    }
    long deltas = report.tensors().stream().filter(CompressionReport.Tensor::isDelta).count();
    Path folder = output.toAbsolutePath().normalize().getParent();
    Path beside = folder == null ? null : folder.resolve(path.toAbsolutePath().normalize().getFileName());
    boolean isBeside = beside != null && beside.equals(path.toAbsolutePath().normalize());
    Notes.print(spec, Notes.count(deltas, "tensor") + " of " + report.tensors().size() + " told from " + path
        + (isBeside ? ", which decoding takes, too" : ": decoding takes it, beside the output or with --base"));
  }
}
