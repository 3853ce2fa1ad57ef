package llm265.lm.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A printable character for each byte, as GPT-2's tokenizer writes text before it looks for tokens: printable characters of
 * Latin-1 stand for themselves, the other bytes are U+0100 and on. A space is {@code Ġ}.
 */
final class ByteAlphabet {
  private static final char[] CHARACTERS = characters();
  private static final short[] BYTES = bytes();

  private ByteAlphabet() {}

  private static char[] characters() {
    char[] characters = new char[256];
    char next = 256;
    for (int value = 0; value < characters.length; value++) {
      boolean isPrintable = value > ' ' && value < 0x7F || value > 0xA0 && value != 0xAD;
      characters[value] = isPrintable ? (char) value : next++;
    }
    return characters;
  }

  private static short[] bytes() {
    short[] bytes = new short[512];
    Arrays.fill(bytes, (short) -1);
    for (int value = 0; value < CHARACTERS.length; value++) {
      bytes[CHARACTERS[value]] = (short) value;
    }
    return bytes;
  }

  /** Appends the characters of a code point's UTF-8 bytes. */
  static void append(int codePoint, StringBuilder written) {
    if (codePoint < 0x80) {
      written.append(CHARACTERS[codePoint]);
      return;
    }
    if (codePoint < 0x800) {
      written.append(CHARACTERS[0xC0 | (codePoint >> 6)]);
    } else {
      if (codePoint < 0x10000) {
        written.append(CHARACTERS[0xE0 | (codePoint >> 12)]);
      } else {
        written.append(CHARACTERS[0xF0 | (codePoint >> 18)]).append(CHARACTERS[0x80 | ((codePoint >> 12) & 0x3F)]);
      }
      written.append(CHARACTERS[0x80 | ((codePoint >> 6) & 0x3F)]);
    }
    written.append(CHARACTERS[0x80 | (codePoint & 0x3F)]);
  }

  /** The bytes of a token. One with a character that stands for no byte is its own UTF-8. */
  static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char character = token.charAt(i);
      if (character >= BYTES.length || BYTES[character] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTES[character];
    }
    return bytes;
  }
}
