package llm265.lm.token;

/** A step that puts special tokens around the ids of a text. */
@FunctionalInterface
interface PostProcessor {
  /**
   * Puts special tokens around ids.
   *
   * @param adds whether to do so; a template may still repeat the text
   */
  int[] process(int[] ids, boolean adds);
}
