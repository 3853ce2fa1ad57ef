package llm265.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import llm265.Effort;
import llm265.TensorDecoder;
import llm265.TensorEncoder;
import llm265.h264.EncoderConfig;
import llm265.tensor.TensorTools;

/**
 * {@code llm265 bench ablation}: bits a value at equal quality with one step more at a time.
 *
 * <p>The quality is what everything together comes to at the rate asked for. The first step is a uniform quantizer of the values and an ideal
 * coder of its levels, taken to be independent; the second transforms and quantizes pictures predicted by their mean
 * (Intra_16x16 DC); the others allow what their names say on top of the ones before.
 */
public final class Ablation {
  private final double bits;
  private final Executor executor;
  private final int threads;

  /**
   * @param bits rate at which the quality of everything together is taken
   */
  public Ablation(double bits, Executor executor, int threads) {
    this.bits = bits;
    this.executor = executor;
    this.threads = threads;
  }

  /**
   * A step.
   *
   * @param name what it adds
   * @param bits bits a value that are needed with it
   * @param snr quality that was met
   */
  public record Step(String source, String name, double bits, double snr) {}

  private record Choice(String name, TensorEncoder encoder) {}

  /**
   * Measures one tensor.
   *
   * @param progress is told what is being done
   */
  public List<Step> measure(Source source, Consumer<String> progress) {
    progress.accept(source.name() + " everything");
    byte[] whole = encode(source, TensorEncoder.atBits(bits).withEffort(Effort.BEST));
    double snr = snr(source, whole);
    List<Step> steps = new ArrayList<>();
    Statistics.Point entropy = Statistics.entropyCodedAt(source.values(), snr);
    steps.add(new Step(source.name(), "entropy coding alone", entropy.bits(), entropy.snr()));
    for (Choice choice : choices(TensorEncoder.atSnr(Math.clamp(snr, 0, 100)))) {
      progress.accept(source.name() + " " + choice.name());
      byte[] stream = encode(source, choice.encoder());
      steps.add(new Step(source.name(), choice.name(), 8.0 * stream.length / source.count(), snr(source, stream)));
    }
    return steps;
  }

  private static List<Choice> choices(TensorEncoder encoder) {
    EncoderConfig dc = EncoderConfig.WHITE_TENSOR;
    TensorTools all = new TensorTools(16, true, true, 64);
    TensorEncoder best = encoder.withEffort(Effort.BEST);
    return List.of(
        new Choice("+ transform and quantization", encoder.withConfig(dc)),
        new Choice("+ intra prediction", encoder.withConfig(dc.withIntra16x16Modes(0xF))),
        new Choice("+ choice of modes and transforms", encoder.withConfig(EncoderConfig.TENSOR)),
        new Choice("+ levels by rate and distortion", best.withTools(TensorTools.NONE)),
        new Choice("+ rows and columns by scale", best.withTools(new TensorTools(1, true, false, 0))),
        new Choice("+ rotation", best.withTools(new TensorTools(1, true, false, all.reflections()))),
        new Choice("+ pre-inverse transform", best.withTools(new TensorTools(1, true, true, all.reflections()))),
        new Choice("+ sign patterns", best.withTools(all)));
  }

  private byte[] encode(Source source, TensorEncoder encoder) {
    return encoder.withThreads(executor, threads).encode(source.values(), source.shape());
  }

  private double snr(Source source, byte[] stream) {
    return Statistics.snr(source.values(), TensorDecoder.open(stream).withThreads(executor, threads).decode());
  }
}
