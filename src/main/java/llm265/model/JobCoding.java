package llm265.model;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import llm265.dtype.TensorView;
import llm265.model.delta.DeltaCoding;
import llm265.packed.PackedEncoder;
import llm265.rate.RateCurve;
import llm265.rate.RateTarget;
import llm265.tensor.EncodedTensor;
import llm265.tensor.StreamStore;
import llm265.tensor.encode.CodingSettings;
import llm265.tensor.encode.Probed;
import llm265.tensor.encode.TargetSearch;
import llm265.tensor.exact.ExactCoding;
import llm265.tensor.format.TilePasses;

/**
 * Does single jobs: measures a tensor; or codes it, and codes it again where its quality would be below the least one.
 * Thread-safe.
 */
public final class JobCoding {
  /**
   * A tensor that is raised to the least quality is coded for this much more, in dB, since qualities are met only within some
   * hundredths.
   */
  private static final double QUALITY_MARGIN = 0.05;

  /** How often a bound on errors may be halved to reach the least quality. */
  private static final int MOST_HALVINGS = 12;

  /** Differences with so much less energy than the values, in dB, are smaller than these without a trial: by a bit or more. */
  private static final double CLEAR_GAIN = 6.02;

  private final ModelSettings settings;
  private final TilePasses passes;

  JobCoding(ModelSettings settings) {
    this(settings, TilePasses.by(settings.workers()));
  }

  private JobCoding(ModelSettings settings, TilePasses passes) {
    this.settings = settings;
    this.passes = passes;
  }

  /**
   * The same, but tiles of {@link #mayPass tensors that may be split} are coded by others. Used by one thread at a time, for one
   * tensor.
   */
  public JobCoding withPasses(TilePasses other) {
    return new JobCoding(settings, other);
  }

  /** Whether all that is coded of a tensor is coded in passes over its tiles. */
  public boolean mayPass(TensorView tensor) {
    return !settings.mayPack(tensor) && settings.base() == null;
  }

  /** Codes a little of a tensor. */
  public Probed probe(TensorView tensor, ProbeJob job) {
    TargetSearch search = new TargetSearch(settings.coding(), settings.workers());
    DeltaCoding delta = settings.delta(tensor);
    if (delta == null || !delta.isWorthItWithLoss()) {
      return search.probe(tensor, job.bits(), job.curve());
    }
    if (delta.isUnchanged()) {
      return new Probed(null, RateCurve.fixed(0, 0), null, delta.variance());
    }
    try (DifferenceMemory memory = new DifferenceMemory()) {
      Probed probed = search.probe(delta.difference(memory), job.bits(), job.curve());
      // Errors count as shares of the tensor, not of the difference.
      return new Probed(probed.probe(), probed.fixed(), probed.choice(), delta.variance());
    }
  }

  /**
   * Codes a tensor.
   *
   * @param streams keeps the stream
   * @throws UncheckedIOException if the stream cannot be written
   */
  public CodingResult code(TensorView tensor, CodingJob job, StreamKeeper streams) {
    return job.target() instanceof RateTarget.Lossless
        ? codeExactly(tensor, streams)
        : raised(tensor, code(tensor, settings.codingOf(tensor, job.target()).with(job.known()), streams), streams);
  }

  /**
   * Codes without loss. Tensors that are quantized already are packed, which is made for them; scales among them are coded the
   * other ways too, and so are those that a base has, and what is smallest counts.
   */
  private CodingResult codeExactly(TensorView tensor, StreamKeeper streams) {
    CodingResult packed = settings.mayPack(tensor) ? pack(tensor, streams) : null;
    DeltaCoding delta = settings.delta(tensor);
    if (packed != null && !TensorSelection.mayLose(tensor) && (delta == null || !delta.canBeExact())) {
      return packed;
    }
    CodingResult exact = code(tensor, settings.coding().with(new RateTarget.Lossless()), streams);
    return packed == null || exact.stream().size() <= packed.stream().size() ? exact : packed;
  }

  private CodingResult pack(TensorView tensor, StreamKeeper streams) {
    try {
      StreamStore store = streams.open(tensor.count());
      long bytes = PackedEncoder.encode(tensor, new StoreOutput(store), settings.workers());
      EncodedTensor encoded = EncodedTensor.lossless(tensor.count(), bytes);
      return new CodingResult(encoded, streams.keep(store), CodingResult.Form.PACKED, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends to a store. */
  private static final class StoreOutput extends OutputStream {
    private final StreamStore store;

    StoreOutput(StreamStore store) {
      this.store = store;
    }

    @Override
    public void write(int b) {
      store.append(new byte[] {(byte) b});
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      store.append(Arrays.copyOfRange(bytes, offset, offset + length));
    }
  }

  private CodingResult code(TensorView tensor, CodingSettings coding, StreamKeeper streams) {
    try {
      DeltaCoding delta = settings.delta(tensor);
      if (coding.target() instanceof RateTarget.Lossless) {
        return delta == null || !delta.canBeExact() ? alone(tensor, coding, streams) : better(tensor, coding, delta, streams);
      }
      return delta == null || !delta.isWorthItWithLoss() ? alone(tensor, coding, streams) : lossy(tensor, coding, delta, streams);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private CodingResult alone(TensorView tensor, CodingSettings coding, StreamKeeper streams) throws IOException {
    StreamStore store = streams.open(tensor.count());
    EncodedTensor result = new TargetSearch(coding, settings.workers(), passes).code(tensor, store);
    return new CodingResult(result, streams.keep(store), CodingResult.Form.STREAM, false);
  }

  private CodingResult lossy(
      TensorView tensor, CodingSettings coding, DeltaCoding delta, StreamKeeper streams) throws IOException {
    StreamStore store = streams.open(tensor.count());
    try (DifferenceMemory memory = new DifferenceMemory()) {
      EncodedTensor result = delta.codeWithLoss(coding, delta.difference(memory), store);
      return new CodingResult(result, streams.keep(store), CodingResult.Form.DELTA, false);
    }
  }

  /** The tensor without loss: by what it differs by from the base's, or by itself where that takes fewer bytes. */
  private CodingResult better(
      TensorView tensor, CodingSettings coding, DeltaCoding delta, StreamKeeper streams) throws IOException {
    StreamStore store = streams.open(tensor.count());
    EncodedTensor result = delta.codeExactly(store);
    CodingResult byDelta = new CodingResult(result, streams.keep(store), CodingResult.Form.DELTA, false);
    if (delta.isUnchanged() || delta.gain() >= CLEAR_GAIN || !ExactCoding.isPossible(tensor)) {
      return byDelta;
    }
    CodingResult byItself = alone(tensor, coding, streams);
    return byItself.stream().size() <= byDelta.stream().size() ? byItself : byDelta;
  }

  /** The coded tensor, coded again if its quality is below the least one; without loss if that quality cannot be reached. */
  private CodingResult raised(TensorView tensor, CodingResult result, StreamKeeper streams) {
    // Where the outputs of a layer count, weights of inputs that are hardly there may lose nearly all.
    if (isGoodEnough(result) || settings.target() instanceof RateTarget.Qp || settings.hasMoments(tensor)) {
      return result;
    }
    CodingResult better;
    if (settings.target() instanceof RateTarget.MaxError bound) {
      // A smaller bound also keeps the promise of the greater one.
      double error = bound.error();
      int halvings = 0;
      do {
        error /= 2;
        better = code(tensor, settings.codingOf(tensor, new RateTarget.MaxError(error)), streams);
      } while (!isGoodEnough(better) && ++halvings < MOST_HALVINGS);
    } else {
      better = code(tensor, settings.codingOf(tensor, new RateTarget.Snr(settings.leastSnr() + QUALITY_MARGIN)), streams);
    }
    return isGoodEnough(better)
        ? new CodingResult(better.encoded(), better.stream(), better.form(), true)
        : codeExactly(tensor, streams);
  }

  private boolean isGoodEnough(CodingResult result) {
    // If no value is finite the quality is not a number.
    return !(result.encoded().snr() < settings.leastSnr());
  }
}
