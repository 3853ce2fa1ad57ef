package llm265.oracle.suite;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.image.PictureDump;

/**
 * Digests of pictures, all together and one by one, each in both layouts that 4:0:0 has in dumps: luma alone, and 4:2:0 with
 * chroma in the middle of its range.
 */
final class SampleDigest {
  private final MessageDigest asIs;
  private final MessageDigest withChroma;
  private final String algorithm;
  private final List<String> pictures = new ArrayList<>();
  private final List<String> picturesWithChroma = new ArrayList<>();
  private List<String> ofAll = List.of();

  SampleDigest(String algorithm) {
    this.algorithm = algorithm;
    asIs = digest(algorithm);
    withChroma = digest(algorithm);
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }

  void add(Picture picture) {
    byte[] samples = new byte[picture.croppedBytes()];
    picture.writeCropped(samples, 0);
    add(samples, picture.format());
  }

  /** Adds a picture's samples, in the layout of {@link Picture#writeCropped}. */
  void add(byte[] samples, PictureFormat format) {
    byte[] chroma = flatChroma(format);
    asIs.update(samples);
    withChroma.update(samples);
    withChroma.update(chroma);
    MessageDigest single = digest(algorithm);
    single.update(samples);
    String alone = HexFormat.of().formatHex(single.digest());
    pictures.add(alone);
    if (chroma.length > 0) {
      single.update(samples);
      single.update(chroma);
    }
    picturesWithChroma.add(chroma.length > 0 ? HexFormat.of().formatHex(single.digest()) : alone);
  }

  private static byte[] flatChroma(PictureFormat format) {
    byte[] chroma = new byte[PictureDump.flatChromaBytes(format)];
    int middle = 1 << (format.bitDepthLuma() - 1);
    for (int i = 0; i < chroma.length; i++) {
      chroma[i] = (byte) (format.bitDepthLuma() == 8 ? middle : middle >> 8 * (i & 1));
    }
    return chroma;
  }

  int count() {
    return pictures.size();
  }

  /** Whether all pictures together have a digest, in either layout; no pictures can be added afterwards. */
  boolean isOfAll(String expected) {
    if (ofAll.isEmpty()) {
      ofAll = List.of(HexFormat.of().formatHex(asIs.digest()), HexFormat.of().formatHex(withChroma.digest()));
    }
    return ofAll.contains(expected.toLowerCase(Locale.ROOT));
  }

  /** The first picture that has not the digest of the same number, or that one list lacks; -1 if all have theirs. */
  int firstOther(List<String> expected) {
    for (int i = 0; i < Math.max(expected.size(), pictures.size()); i++) {
      if (i >= expected.size() || i >= pictures.size()
          || !expected.get(i).equalsIgnoreCase(pictures.get(i)) && !expected.get(i).equalsIgnoreCase(picturesWithChroma.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
