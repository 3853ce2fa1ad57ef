package llm265.view;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.image.PictureDump;
import llm265.image.RawDump;
import org.junit.jupiter.api.Test;

class FirstDifferenceTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String CROPPED = "golden-vectors/enc-cropped-around.264";

  private record Dump(byte[] bytes) implements SecondInput {
    @Override
    public PictureDump open() throws IOException {
      return new RawDump(new ByteArrayInputStream(bytes), bytes.length);
    }

    @Override
    public String file() {
      return "other.yuv";
    }
  }

  private static byte[] dumpOf(byte[] stream) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Picture picture : H264IntraDecoder.decodeAll(stream)) {
      byte[] bytes = new byte[picture.croppedBytes()];
      picture.writeCropped(bytes, 0);
      all.writeBytes(bytes);
    }
    return all.toByteArray();
  }

  @Test
  void theFirstSampleThatDiffersIsFoundInCodedPlanes() throws IOException {
    byte[] stream = Files.readAllBytes(Path.of(CROPPED));
    byte[] dump = dumpOf(stream);
    Picture first = H264IntraDecoder.decodeAll(stream).getFirst();
    int width = first.format().width(0);
    int at = 3 * width + 7;
    dump[at] ^= 1;
    StreamView view = StreamView.beside("a.264", MemorySegment.ofArray(stream), new Dump(dump));
    JsonNode difference = MAPPER.readTree(view.get("index.json")).get("difference");
    assertThat(difference.get("picture").intValue()).isZero();
    assertThat(difference.get("plane").textValue()).isEqualTo("Y");
    assertThat(difference.get("x").intValue()).isEqualTo(first.format().left(0) + 7);
    assertThat(difference.get("y").intValue()).isEqualTo(first.format().top(0) + 3);
    assertThat(difference.get("a").intValue() ^ difference.get("b").intValue()).isEqualTo(1);
    assertThat(difference.get("equalPictures").intValue()).isZero();
    byte[] ours = view.get("picture/0/planes");
    byte[] theirs = view.get("b/picture/0/planes");
    int index = (first.format().top(0) + 3) * first.stride(0) + first.format().left(0) + 7;
    assertThat(theirs[index]).isEqualTo((byte) (ours[index] ^ 1));
    theirs[index] ^= 1;
    assertThat(theirs).isEqualTo(ours);
    assertThat(view.get("b/picture/0/macroblocks")).isNull();
  }

  @Test
  void equalPicturesHaveNoDifferenceAndAShortDumpIsTold() throws IOException {
    byte[] stream = Files.readAllBytes(Path.of(CROPPED));
    byte[] dump = dumpOf(stream);
    StreamView equal = StreamView.beside("a.264", MemorySegment.ofArray(stream), new Dump(dump));
    JsonNode index = MAPPER.readTree(equal.get("index.json"));
    assertThat(index.get("difference").isNull()).isTrue();
    assertThat(index.get("equalPictures").intValue()).isEqualTo(index.get("pictures").size());
    StreamView shorter =
        StreamView.beside("a.264", MemorySegment.ofArray(stream), new Dump(Arrays.copyOf(dump, dump.length - 1)));
    assertThat(MAPPER.readTree(shorter.get("index.json")).get("notes").toString()).contains("ends after");
  }
}
