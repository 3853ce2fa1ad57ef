package llm265.trinity;

import java.util.List;

/**
 * The token frequencies of values by class, with the tables that a coder makes of them when they are first wanted. Thread-safe.
 */
public final class Laws {
  private final List<TokenTables> classes;
  private int[] decoder;
  private int[] bases;
  private EncoderTables encoder;

  /** Classes at most. */
  public static final int MOST_CLASSES = Byte.MAX_VALUE;

  /** @param classes the distribution of each class; of one where there are no classes */
  public Laws(List<? extends Distribution> classes) {
    if (classes.isEmpty() || classes.size() > MOST_CLASSES) {
      throw new IllegalArgumentException(classes.size() + " classes");
    }
    this.classes = classes.stream().map(law -> new TokenTables(law.frequencies())).toList();
  }

  /** Number of classes. */
  public int classes() {
    return classes.size();
  }

  /** The decoder's tables of all classes. */
  synchronized int[] decoder() {
    if (decoder == null) {
      int[] tables = new int[classes.size() * TokenTables.DECODER_LENGTH];
      for (int i = 0; i < classes.size(); i++) {
        classes.get(i).copyDecoder(tables, i * TokenTables.DECODER_LENGTH);
      }
      decoder = tables;
    }
    return decoder;
  }

  /** Twice the least magnitude of each token, by class; the least integer for the escape. */
  synchronized int[] bases() {
    if (bases == null) {
      int[] all = new int[classes.size() * Alphabet.TOKENS];
      for (int i = 0; i < all.length; i++) {
        int token = i % Alphabet.TOKENS;
        Alphabet alphabet = classes.get(i / Alphabet.TOKENS).frequencies().alphabet();
        all[i] = token == Alphabet.ESCAPE ? Integer.MIN_VALUE : 2 * alphabet.base(token);
      }
      bases = all;
    }
    return bases;
  }

  synchronized EncoderTables encoder() {
    if (encoder == null) {
      encoder = new EncoderTables(classes);
    }
    return encoder;
  }
}
