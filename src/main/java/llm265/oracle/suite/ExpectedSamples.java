package llm265.oracle.suite;

import java.nio.file.Path;
import java.util.List;

/**
 * What is known of the samples that a stream decodes to: digests, a file of them, or nothing.
 *
 * <p>Digests are over planar samples as {@code ffmpeg -f rawvideo} writes them: cropped, in output order, two bytes for a sample
 * of more than 8 bits, the least significant first; 4:0:0 alone, or as 4:2:0 with chroma in the middle of its range.
 *
 * @param algorithm {@code MD5} or {@code SHA-256}
 * @param all digest of all pictures, in hexadecimal; empty if it is not known
 * @param intra digest of the pictures that have only I slices, in the same order; empty if it is not known
 * @param pictures digests of the pictures one by one; empty if they are not known
 * @param dump file of all samples; null if there is none
 */
public record ExpectedSamples(String algorithm, String all, String intra, List<String> pictures, Path dump) {
  static final String MD5 = "MD5";
  static final String SHA_256 = "SHA-256";

  /** Nothing is known. */
  static final ExpectedSamples NONE = new ExpectedSamples(MD5, "", "", List.of(), null);

  public ExpectedSamples {
    pictures = List.copyOf(pictures);
  }

  static ExpectedSamples of(String algorithm, String all) {
    return new ExpectedSamples(algorithm, all, "", List.of(), null);
  }

  ExpectedSamples withPictures(List<String> digests) {
    return new ExpectedSamples(algorithm, all, intra, digests, dump);
  }

  /** Whether anything is known of the pictures that have other slices than I slices. */
  boolean tellsAll() {
    return !all.isEmpty() || dump != null || !pictures.isEmpty();
  }
}
