package llm265.lm.token;

import java.util.List;

/** A step from tokens back to text. */
@FunctionalInterface
interface TokenDecoder {
  /** Rewrites tokens; what the last step leaves is joined. */
  List<String> decode(List<String> tokens);

  /** This step and then another. */
  default TokenDecoder then(TokenDecoder next) {
    return tokens -> next.decode(decode(tokens));
  }
}
