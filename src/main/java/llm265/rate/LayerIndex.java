package llm265.rate;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The layer of a tensor, from its name as the common frameworks write it. */
public final class LayerIndex {
  /** {@code model.layers.7.}, {@code encoder.layer.7.}, {@code transformer.h.7.}, {@code blocks.7.}, {@code resblocks.7/}. */
  private static final Pattern LAYER = Pattern.compile("(?:^|[._/])(?:layers?|h|(?:res)?blocks?|blk)[._/](\\d{1,9})(?:[._/]|$)");

  private LayerIndex() {}

  /** The first index in a name after a word for layers. */
  public static OptionalInt of(String tensorName) {
    Matcher matcher = LAYER.matcher(tensorName);
    return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
  }
}
