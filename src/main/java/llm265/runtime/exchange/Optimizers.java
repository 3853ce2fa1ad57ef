package llm265.runtime.exchange;

import java.util.function.Supplier;
import llm265.runtime.message.Segments;

/**
 * All ways of exchanging gradients. In each, matrices are compressed and vectors go as bfloat16; what is raw takes 16 bits per
 * value. A warm-up is a number of first steps whose gradients go raw both ways.
 */
public final class Optimizers {
  private final ParameterLayout layout;
  private final int workers;
  private final AdamSettings settings;
  private final MatrixValues matrices;
  private final Segments tensors;

  /**
   * @param workers 1 or more
   * @param settings of Adam
   * @throws IllegalArgumentException if the layout has no matrices
   */
  public Optimizers(ParameterLayout layout, int workers, AdamSettings settings) {
    if (workers < 1) {
      throw new IllegalArgumentException(workers + " workers");
    }
    this.layout = layout;
    this.workers = workers;
    this.settings = settings;
    matrices = new MatrixValues(layout);
    tensors = matrices.segments();
  }

  private CompressedExchange raw() {
    return new CompressedExchange(matrices, workers, RawCompressor::new, new RawCompressor());
  }

  private Compressor fedBack(Compressor compressor) {
    return new ErrorFeedback(compressor, tensors.values());
  }

  private CompressedExchange oneWay(Supplier<Compressor> up) {
    return new CompressedExchange(matrices, workers, up, new RawCompressor());
  }

  private CompressedExchange twoWay(Supplier<Compressor> compressor) {
    return new CompressedExchange(matrices, workers, () -> fedBack(compressor.get()), fedBack(compressor.get()));
  }

  private DistributedOptimizer adam(String name, GradientExchange exchange) {
    return adam(name, 0, exchange, null);
  }

  private DistributedOptimizer adam(String name, int warmupSteps, GradientExchange exchange, Preconditioner preconditioner) {
    return new ExchangedAdam(name, layout, settings, warmupSteps > 0 ? raw() : null, warmupSteps, exchange, preconditioner);
  }

  /** Adam on gradients that are not compressed. */
  public DistributedOptimizer raw16() {
    return adam("raw", raw());
  }

  /**
   * Rounding to nearest in groups of 128.
   *
   * @param bits of a value, 2 to 8, without scales
   * @param feedback whether workers add what they have not sent
   */
  public DistributedOptimizer rounding(int bits, boolean feedback) {
    Supplier<Compressor> rounding = () -> new RoundingCompressor(tensors, bits, 128);
    return adam("rounding " + bits + feedback, oneWay(feedback ? () -> fedBack(rounding.get()) : rounding));
  }

  /** The codec alone: nothing makes up for what is lost. */
  public DistributedOptimizer direct(double bits, int warmupSteps) {
    return adam("direct", warmupSteps, oneWay(() -> codec(bits)), null);
  }

  private Compressor codec(double bits) {
    return new CodecCompressor(tensors, bits);
  }

  /** The codec with error feedback of each worker. */
  public DistributedOptimizer feedback(double bits, int warmupSteps) {
    return adam("feedback", warmupSteps, oneWay(() -> fedBack(codec(bits))), null);
  }

  /** The same with the average coded, too, with error feedback of the server. */
  public DistributedOptimizer feedbackBothWays(double bits, int warmupSteps) {
    return adam("feedback both ways", warmupSteps, twoWay(() -> codec(bits)), null);
  }

  /** The codec on axes that are learned from the averages, alone or with error feedback of each worker. */
  public DistributedOptimizer onAxes(double bits, boolean feedback, int warmupSteps) {
    SharedAxes axes = new SharedAxes(matrices, bits, null);
    Supplier<Compressor> up = axes::compressor;
    CompressedExchange exchange = new CompressedExchange(
        matrices, workers, feedback ? () -> fedBack(up.get()) : up, new RawCompressor(), axes);
    return adam("on axes " + feedback, warmupSteps, exchange, null);
  }

  /** The codec on momentum, by EF21. */
  public DistributedOptimizer momentumDifference(double bits) {
    return new MomentumDifference(
        layout, workers, settings, oneWay(() -> new DifferenceCompressor(codec(bits), tensors.values())));
  }

  /** The codec on gradients over the root of Adam's second moment. */
  public DistributedOptimizer preconditioned(double bits, boolean feedback, int warmupSteps) {
    Preconditioner known = new Preconditioner(tensors);
    Supplier<Compressor> up = () -> new PreconditionedCompressor(codec(bits), known);
    return adam("preconditioned " + feedback, warmupSteps, oneWay(feedback ? () -> fedBack(up.get()) : up), known);
  }

  /**
   * 1-bit Adam with the codec in place of the sign: Adam for the first steps, then momentum over the root of the frozen second
   * moment, with error feedback.
   *
   * @param bothWays whether the average is coded, too; else it goes raw once the first steps are made
   */
  public DistributedOptimizer codecAdam(RateSchedule schedule, boolean bothWays) {
    Preconditioner known = new Preconditioner(tensors);
    // What is coded without scales would leave its noise in the small second moments, for good.
    CompressedExchange warmup = schedule.isRawFirst() ? raw() : exchange(known, schedule.firstBits(), bothWays);
    return new FrozenVarianceAdam(
        "codec Adam", layout, settings, warmup, schedule.firstSteps(), exchange(known, schedule.laterBits(), bothWays), known);
  }

  /** The same on axes that are learned from the averages. */
  public DistributedOptimizer codecAdamOnAxes(RateSchedule schedule) {
    Preconditioner known = new Preconditioner(tensors);
    return new FrozenVarianceAdam(
        "codec Adam on axes", layout, settings, exchangeOnAxes(known, schedule.firstBits()), schedule.firstSteps(),
        exchangeOnAxes(known, schedule.laterBits()), known);
  }

  private CompressedExchange exchangeOnAxes(Preconditioner known, double bits) {
    SharedAxes axes = new SharedAxes(matrices, bits, known);
    Supplier<Compressor> compressor = () -> fedBack(new PreconditionedCompressor(axes.compressor(), known));
    return new CompressedExchange(matrices, workers, compressor, compressor.get(), axes);
  }

  private CompressedExchange exchange(Preconditioner known, double bits, boolean bothWays) {
    Supplier<Compressor> compressor = () -> new PreconditionedCompressor(codec(bits), known);
    return bothWays ? twoWay(compressor) : oneWay(() -> fedBack(compressor.get()));
  }

  public DistributedOptimizer oneBitAdam(int warmupSteps) {
    return new FrozenVarianceAdam(
        "1-bit Adam", layout, settings, raw(), warmupSteps, twoWay(() -> new SignCompressor(tensors)), null);
  }

  public DistributedOptimizer oneBitLamb(int warmupSteps) {
    Segments all = Segments.of(tensors.values());
    return new OneBitLamb(layout, settings, raw(), warmupSteps, twoWay(() -> new SignCompressor(all)));
  }

  /** PowerSGD with error feedback and warm start. */
  public DistributedOptimizer powerSgd(int rank, int warmupSteps) {
    return adam("PowerSGD " + rank, warmupSteps, new PowerSgdExchange(layout, workers, rank), null);
  }

  /** TopK with error feedback, of as many values as make up bits per value. */
  public DistributedOptimizer largest(double bits, int warmupSteps) {
    double share = LargestCompressor.shareOf(bits);
    return adam("TopK", warmupSteps, oneWay(() -> fedBack(new LargestCompressor(tensors, share))), null);
  }
}
