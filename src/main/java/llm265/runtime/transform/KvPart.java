package llm265.runtime.transform;

import java.util.Locale;

/** Keys or values. */
public enum KvPart {
  KEYS,
  VALUES;

  /** Its name in files and messages. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
