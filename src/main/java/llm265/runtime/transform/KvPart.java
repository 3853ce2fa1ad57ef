package llm265.runtime.transform;

import java.util.Locale;

/** The two halves of a cache. */
public enum KvPart {
  KEYS, VALUES;

  /** Its name in files and messages. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
