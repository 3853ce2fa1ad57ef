package llm265.oracle.suite;

import java.nio.file.Path;

/**
 * A stream of a suite, and what must become of it.
 *
 * @param name its name in reports
 * @param malformed whether it breaks the standard, so that a decoder must refuse it, or at least survive it
 * @param pictures number of pictures that it decodes to, before a fault if it has one; {@link #NOT_TOLD} if that is not known
 * @param sha256 of the file; empty if it is not known
 * @param expected of a sound stream
 * @param about what is in it, or wrong with it, in words; may be empty
 * @param doubtful why its samples are no reference, as where the decoder that made them has found errors; empty if they are one
 */
public record SuiteStream(
    String name, Path file, boolean malformed, int pictures, String sha256, ExpectedSamples expected, String about,
    String doubtful) {
  static final int NOT_TOLD = -1;
}
