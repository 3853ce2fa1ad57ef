package llm265.h264.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.parallel.CommonPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureReceiverTest {
  /** Half of them of one size: more than three threads ever decode ahead of the receiver. */
  private static final int PICTURES = 24;

  /** Pictures of two sizes, and of very different numbers of bytes. */
  private static byte[] stream() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int size : new int[] {48, 64}) {
      Picture shape = RandomPictures.of(Content.NOISE, size, size, ChromaFormat.YUV420, 0);
      H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.TENSOR, shape.format());
      out.writeBytes(encoder.parameterSets());
      for (int i = 0; i < PICTURES / 2; i++) {
        Content content = i % 2 == 0 ? Content.NOISE : Content.EDGES;
        out.writeBytes(encoder.encode(RandomPictures.of(content, size, size, ChromaFormat.YUV420, i), 4 + 4 * i, i).slices());
      }
    }
    return out.toByteArray();
  }

  private static List<byte[]> decode(int threads, Set<Picture> seen, boolean passing) {
    List<byte[]> samples = new ArrayList<>();
    PictureReceiver receiver = decoded -> {
      byte[] bytes = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(bytes, 0);
      samples.add(bytes);
      seen.add(decoded.picture());
    };
    H264IntraDecoder.decodeAll(
        MemorySegment.ofArray(stream()), DecoderLimits.DEFAULT,
        CommonPool.workers(threads), passing ? PictureReceiver.passing(receiver) : receiver);
    return samples;
  }

  private static Set<Picture> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void picturesThatAreNotKeptHaveTheSameSamplesInMemoryUsedAgain(int threads) {
    Set<Picture> kept = identities();
    Set<Picture> passed = identities();
    List<byte[]> expected = decode(threads, kept, false);
    List<byte[]> actual = decode(threads, passed, true);
    assertThat(expected).hasSize(PICTURES);
    assertThat(actual).hasSize(PICTURES).usingRecursiveComparison().isEqualTo(expected);
    assertThat(kept).hasSize(PICTURES);
    assertThat(passed).hasSizeLessThan(PICTURES);
  }

  @Test
  void aPictureIsTheReceiversUntilItHasSeenTheNextOne() {
    List<Picture> seen = new ArrayList<>();
    List<Picture> copies = new ArrayList<>();
    byte[] stream = stream();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, PictureReceiver.passing(decoded -> {
      if (!seen.isEmpty()) {
        assertThat(seen.getLast().sameSamples(copies.getLast())).isTrue();
      }
      Picture copy = new Picture(decoded.picture().format());
      for (int plane = 0; plane < 3; plane++) {
        System.arraycopy(decoded.picture().samples(plane), 0, copy.samples(plane), 0, copy.samples(plane).length);
      }
      seen.add(decoded.picture());
      copies.add(copy);
    }));
    assertThat(seen.getLast().sameSamples(copies.getLast())).isTrue();
    assertThat(seen).hasSize(PICTURES);
  }
}
