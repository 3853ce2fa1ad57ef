package llm265.lm.token;

/** A step that rewrites text before it is cut into pieces. */
@FunctionalInterface
interface Normalizer {
  NormalizedText normalize(NormalizedText text);

  /** This step and then another. */
  default Normalizer then(Normalizer next) {
    return text -> next.normalize(normalize(text));
  }
}
