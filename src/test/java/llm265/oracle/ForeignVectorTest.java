package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.MalformedStreamException;
import llm265.h264.Picture;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.syntax.SliceHeader;
import llm265.parallel.CommonPool;
import llm265.parallel.Workers;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Streams of other encoders, conformance streams among them: the I pictures of each must decode to the samples that the manifest
 * has the MD5 of, and P and B slices must be refused as unsupported unless they may be left out.
 *
 * <p>Runs with {@code -Dllm265.vectors=FOLDER}; the folder holds a {@code MANIFEST.tsv}.
 */
class ForeignVectorTest {
  /** Damaged: cropping of everything, macroblocks in no slice, prediction from outside the picture. */
  static final Set<String> DAMAGED = Set.of(
      "edge264/zero-cropping.264", "edge264/finish-frame.264", "strongcourage/intraforeman_qcif1-5.264");

  /**
   * Frames with an I field and a P field, or with I and P slices, are I frames to FFmpeg and in the manifest. What is intra of
   * them is held against FFmpeg's frames themselves.
   */
  private static final Set<String> PARTLY_INTRA = Set.of(
      "jvt-mixed/CABAST3_Sony_E.264", "jvt-mixed/CVFI2_SVA_C.264", "jvt-mixed/FRExt4_Panasonic_B.264",
      "jvt-mixed/HCAFF1_HHI_B.264", "jvt-mixed/brcm_freh4.264", "jvt-mixed/freh7_b.264");

  @TestFactory
  List<DynamicTest> everyVector() throws IOException {
    String folder = System.getProperty("llm265.vectors", "");
    if (folder.isEmpty()) {
      return List.of(DynamicTest.dynamicTest("skipped", () -> assumeFalse(true, "-Dllm265.vectors names no folder")));
    }
    List<ForeignVector> vectors = ForeignVector.in(Path.of(folder));
    assertThat(vectors).isNotEmpty();
    return vectors.stream().map(vector -> DynamicTest.dynamicTest(vector.name(), () -> check(vector))).toList();
  }

  private static void check(ForeignVector vector) throws IOException {
    byte[] stream = Files.readAllBytes(vector.path());
    if (DAMAGED.contains(vector.name())) {
      assertThatThrownBy(() -> md5(stream, vector.chromaAlwaysWritten(), 1)).isInstanceOf(MalformedStreamException.class);
    } else if (vector.columns().get("kind").equals("intra-fields")) {
      checkPictureByPicture(vector, stream);
    } else if (vector.intraOnly()) {
      assertThat(md5(stream, vector.chromaAlwaysWritten(), 1)).isEqualTo(vector.expectedMd5());
      assertThat(md5(stream, vector.chromaAlwaysWritten(), 3)).isEqualTo(vector.expectedMd5());
    } else {
      checkMixed(vector, stream);
    }
  }

  /** Refused without --intra-only; with it the I pictures come in FFmpeg's order, whatever the number of threads. */
  private static void checkMixed(ForeignVector vector, byte[] stream) {
    assertThatThrownBy(() -> md5(stream, vector.chromaAlwaysWritten(), 1))
        .isInstanceOf(UnsupportedStreamException.class)
        .hasMessageContaining("slice_type");
    List<DecodedPicture> pictures = intraPictures(stream, 1);
    if (PARTLY_INTRA.contains(vector.name())) {
      assertSubsequence(pictures, FfmpegOracle.decodeWithWarts(stream));
    } else {
      assertThat(md5(stream, DecodingMode.INTRA_ONLY, vector.chromaAlwaysWritten(), 1)).isEqualTo(vector.expectedMd5());
      assertThat(md5(stream, DecodingMode.INTRA_ONLY, vector.chromaAlwaysWritten(), 3)).isEqualTo(vector.expectedMd5());
      assertThat(pictures).hasSize(Integer.parseInt(vector.columns().get("iframes")));
    }
  }

  private static List<DecodedPicture> intraPictures(byte[] stream, int threads) {
    List<DecodedPicture> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY,
        CommonPool.workers(threads), pictures::add);
    return pictures;
  }

  /** Each picture must be one of FFmpeg's frames, or that field of it, behind the frame of the picture before it. */
  private static void assertSubsequence(List<DecodedPicture> pictures, List<OraclePicture> frames) {
    assertThat(pictures).isNotEmpty();
    int frame = 0;
    for (DecodedPicture decoded : pictures) {
      while (frame < frames.size() && !isIn(frames.get(frame), decoded)) {
        frame++;
      }
      assertThat(frame++).as("frame of picture %d", decoded.index()).isLessThan(frames.size());
    }
  }

  private static boolean isIn(OraclePicture frame, DecodedPicture decoded) {
    SliceHeader first = decoded.slices().getFirst();
    boolean alone = decoded.picture().format().height(0) < frame.height();
    OraclePicture wanted = alone ? frame.field(first.bottomFieldFlag()) : frame;
    return wanted.firstDifferenceFrom(decoded.picture()).isEmpty();
  }

  private static void checkPictureByPicture(ForeignVector vector, byte[] stream) throws IOException {
    List<String> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, CommonPool.workers(2), decoded -> {
      byte[] bytes = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(bytes, 0);
      pictures.add(HexFormat.of().formatHex(md5().digest(bytes)));
    });
    if (vector.expectedPictures().isEmpty()) {
      assertThat(pictures).isNotEmpty();
    } else {
      assertThat(pictures).isEqualTo(vector.expectedPictures());
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String md5(byte[] stream, boolean chromaAlwaysWritten, int threads) {
    return md5(stream, DecodingMode.STRICT, chromaAlwaysWritten, threads);
  }

  private static String md5(byte[] stream, DecodingMode mode, boolean chromaAlwaysWritten, int threads) {
    MessageDigest digest = md5();
    Workers workers = CommonPool.workers(threads);
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, mode, workers, decoded -> {
      Picture picture = decoded.picture();
      byte[] bytes = new byte[picture.croppedBytes()];
      picture.writeCropped(bytes, 0);
      digest.update(bytes);
      if (picture.format().chroma() == ChromaFormat.MONOCHROME && chromaAlwaysWritten) {
        int chromaSamples = 2 * ((picture.format().width(0) + 1) / 2) * ((picture.format().height(0) + 1) / 2);
        byte[] grey = new byte[chromaSamples];
        Arrays.fill(grey, (byte) 128);
        digest.update(grey);
      }
    });
    return HexFormat.of().formatHex(digest.digest());
  }
}
