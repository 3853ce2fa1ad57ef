package llm265.model;

import java.io.Serializable;
import llm265.rate.RateTarget;
import llm265.tensor.encode.Known;

/**
 * A tensor to be coded once. Whoever has the model and the settings can do it, in any order with others.
 *
 * @param tensor number of the tensor in the model
 * @param round how often it has been coded before
 * @param target what its stream is to meet
 * @param known what is known about it near the target
 */
public record CodingJob(int tensor, int round, RateTarget target, Known known) implements Serializable {
  static CodingJob exact(int tensor) {
    return new CodingJob(tensor, 0, new RateTarget.Lossless(), Known.NOTHING);
  }
}
