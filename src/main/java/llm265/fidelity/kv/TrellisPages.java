package llm265.fidelity.kv;

import llm265.baseline.kv.CodedSequence;
import llm265.baseline.kv.CodingPlan;
import llm265.baseline.kv.JointSequence;
import llm265.baseline.kv.KvMethod;
import llm265.baseline.kv.KvShape;
import llm265.baseline.kv.KvStore;
import llm265.baseline.kv.PageStatistics;
import llm265.baseline.kv.TokenCoder;
import llm265.runtime.transform.AdaptiveAxes;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.KvProfile;

/**
 * Pages of trellis-coded coefficients, a page for each layer and part: on the axes of a profile, or without one on those that
 * {@link AdaptivePages} learns. All parts have one step, in relation to their root mean square deviation.
 */
final class TrellisPages implements KvMethod {
  private final String name;
  private final KvGeometry geometry;
  private final KvProfile profile;
  private final Plan plan;
  private final double step;
  private final CoefficientLaws laws;
  private final PageStatistics pages = new PageStatistics();

  /**
   * What is coded and when.
   *
   * @param all whether all tokens are coded as they come
   * @param adaptive whether axes are learnt from decoded tokens, where there is no profile
   * @param joint whether keys and values are coded together; without a profile
   * @param laws of coefficients
   */
  record Plan(int pageTokens, int sinks, int recent, boolean all, boolean adaptive, boolean joint, CoefficientLaws laws) {
    CodingPlan coding() {
      return all ? CodingPlan.all(pageTokens) : CodingPlan.behind(pageTokens, sinks, recent);
    }
  }

  /**
   * A method.
   *
   * @param geometry one group of all heads
   * @param profile null for none
   * @param step in root mean square deviations
   */
  TrellisPages(String name, KvGeometry geometry, KvProfile profile, Plan plan, double step) {
    this.name = name;
    this.geometry = geometry;
    this.profile = profile;
    this.plan = plan;
    this.step = step;
    laws = plan.laws();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String settings() {
    return "pages of " + plan.pageTokens() + " tokens, step " + step
        + (profile != null ? ", profile " + profile.hashText().substring(0, 12)
            : plan.adaptive() ? ", axes learnt from decoded tokens" : ", means and deviations of channels");
  }

  @Override
  public PageStatistics pages() {
    return pages;
  }

  @Override
  public KvStore begin(KvShape shape) {
    if (plan.joint()) {
      return new JointSequence(shape, plan.coding(), () -> new JointPages(new PageCoder(laws, pages), geometry, step));
    }
    // Coders are asked for in the order of the layers.
    int[] layers = {0, 0};
    return new CodedSequence(
        shape, plan.coding(), plan.coding(), () -> coder(layers[0]++, KvPart.KEYS), () -> coder(layers[1]++, KvPart.VALUES));
  }

  private TokenCoder coder(int layer, KvPart part) {
    PageCoder coder = new PageCoder(laws, pages);
    if (profile == null) {
      return new AdaptivePages(coder, new AdaptiveAxes(geometry, part), step, plan.adaptive());
    }
    CoefficientModel model = profile.model(layer, part, 0);
    return (rows, at, tokens, position) -> Byte.SIZE * (long) coder.code(model, (float) step, rows, at, tokens, position);
  }
}
