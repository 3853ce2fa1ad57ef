package llm265.lm.token;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The normalization of SentencePiece: a table in the model says what replaces which characters. The table is a double-array
 * trie over UTF-8 bytes, as the library Darts-clone lays it out, and then what its leaves point to, each ended by a 0.
 */
final class PrecompiledNormalizer implements Normalizer {
  private static final Pattern GRAPHEME = Pattern.compile("\\X");

  /** Graphemes of more bytes than this are replaced character by character only. */
  private static final int MAX_GRAPHEME_BYTES = 5;

  private final int[] units;
  private final byte[] replacements;

  private PrecompiledNormalizer(int[] units, byte[] replacements) {
    this.units = units;
    this.replacements = replacements;
  }

  static PrecompiledNormalizer read(Part part) {
    ByteBuffer table;
    try {
      table = ByteBuffer.wrap(Base64.getDecoder().decode(part.text("precompiled_charsmap"))).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IllegalArgumentException e) {
      throw part.refused("has a precompiled_charsmap that is not Base64");
    }
    if (table.remaining() < Integer.BYTES) {
      throw part.refused("has a precompiled_charsmap that is cut");
    }
    long trieBytes = Integer.toUnsignedLong(table.getInt());
    if (trieBytes < Integer.BYTES || trieBytes > table.remaining()) {
      throw part.refused("has a precompiled_charsmap that is cut");
    }
    int[] units = new int[(int) (trieBytes / Integer.BYTES)];
    for (int i = 0; i < units.length; i++) {
      units[i] = table.getInt();
    }
    byte[] replacements = new byte[table.remaining()];
    table.get(replacements);
    try {
      CharBuffer ignored = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(replacements));
    } catch (CharacterCodingException e) {
      throw part.refused("has a precompiled_charsmap whose text is not UTF-8");
    }
    return new PrecompiledNormalizer(units, replacements);
  }

  @Override
  public NormalizedText normalize(NormalizedText text) {
    StringBuilder normalized = new StringBuilder(text.text().length());
    int origin = 0;
    Matcher graphemes = GRAPHEME.matcher(text.text());
    while (graphemes.find()) {
      String grapheme = graphemes.group();
      byte[] bytes = grapheme.getBytes(StandardCharsets.UTF_8);
      String replacement = bytes.length <= MAX_GRAPHEME_BYTES ? replacement(bytes) : null;
      if (replacement != null) {
        normalized.append(replacement);
      } else {
        appendByCharacter(grapheme, normalized);
      }
      if (graphemes.start() < text.origin()) {
        origin = normalized.length();
      }
    }
    return new NormalizedText(normalized.toString(), origin);
  }

  private void appendByCharacter(String grapheme, StringBuilder normalized) {
    grapheme.codePoints().forEach(codePoint -> {
      String character = Character.toString(codePoint);
      String replacement = replacement(character.getBytes(StandardCharsets.UTF_8));
      normalized.append(replacement == null ? character : replacement);
    });
  }

  /** What replaces a key; null if neither it nor a beginning of it is in the trie. The shortest beginning counts. */
  private String replacement(byte[] key) {
    int at = offset(units[0]);
    for (byte value : key) {
      int label = value & 0xFF;
      at ^= label;
      // A label of which the sign bit is set marks a leaf; a byte of 0 ends a key.
      if (label == 0 || at < 0 || at >= units.length || (units[at] & 0x8000_00FF) != label) {
        return null;
      }
      int unit = units[at];
      at ^= offset(unit);
      if (((unit >>> 8) & 1) == 1) {
        return at < 0 || at >= units.length ? null : text(units[at] & Integer.MAX_VALUE);
      }
    }
    return null;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 0x200) >> 6);
  }

  private String text(int start) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    return start > replacements.length ? null : new String(replacements, start, end - start, StandardCharsets.UTF_8);
  }
}
