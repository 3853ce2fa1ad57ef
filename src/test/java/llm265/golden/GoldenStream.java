package llm265.golden;

import java.util.function.Supplier;

/**
 * How a golden stream is made.
 *
 * @param file its name in golden-vectors/
 * @param madeBy the configuration, in words
 * @param recipe makes the same bytes every time
 */
record GoldenStream(String file, String madeBy, Supplier<byte[]> recipe) {}
