package llm265.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayOutputStream;
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
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.decode.H264IntraDecoder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Streams of other encoders, conformance streams among them: the I slices of each must decode to the samples that the manifest
 * has the MD5 of, and P and B slices must be refused as unsupported.
 *
 * <p>Runs with {@code -Dllm265.vectors=FOLDER}; the folder holds a {@code MANIFEST.tsv}.
 */
class ForeignVectorTest {
  /** Damaged: cropping of everything, macroblocks in no slice, prediction from outside the picture. */
  private static final Set<String> DAMAGED = Set.of(
      "edge264/zero-cropping.264", "edge264/finish-frame.264", "strongcourage/intraforeman_qcif1-5.264");

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
      assertThatThrownBy(() -> md5(stream, vector.chromaAlwaysWritten(), 1))
          .isInstanceOf(UnsupportedStreamException.class)
          .hasMessageContaining("slice_type");
      if (!vector.uses("multislice") && !vector.hasFields()) {
        // With several slices a picture, I and P slices share pictures, and the I slices alone do not make whole ones; and an I
        // field may share its frame with a P field.
        assertThat(md5(intraSlicesOf(stream), vector.chromaAlwaysWritten(), 1)).isEqualTo(vector.expectedMd5());
      }
    }
  }

  /** The stream less its slices of other types than I. */
  private static byte[] intraSlicesOf(byte[] stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (NalUnit nalUnit : new ByteStream(stream)) {
      int type = nalUnit.nalUnitType();
      if (type == NalUnit.SLICE_NON_IDR || type == NalUnit.SLICE_IDR) {
        RbspReader reader = nalUnit.rbsp().reader();
        reader.readUe("first_mb_in_slice", "7.4.3", 1 << 20);
        if (reader.readUe("slice_type", "7.4.3", 9) % 5 != 2) {
          continue;
        }
      }
      out.writeBytes(new byte[] {0, 0, 1});
      int start = (int) nalUnit.offset();
      out.writeBytes(Arrays.copyOfRange(stream, start, start + nalUnit.length()));
    }
    return out.toByteArray();
  }

  private static void checkPictureByPicture(ForeignVector vector, byte[] stream) throws IOException {
    List<String> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, 2, decoded -> {
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
    MessageDigest digest = md5();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, threads, decoded -> {
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
