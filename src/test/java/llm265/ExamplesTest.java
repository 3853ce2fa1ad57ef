package llm265;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import llm265.checkpoint.SafetensorsWriter;
import llm265.dtype.TensorView;
import llm265.h264.ChromaFormat;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.oracle.X264Oracle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the programs in examples/. */
class ExamplesTest {
  private static final Path SOURCES = Path.of("examples");

  @TempDir private static Path folder;

  @BeforeAll
  static void compile() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    try (Stream<Path> files = Files.list(SOURCES)) {
      List<String> sources = files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().toList();
      assertThat(sources).hasSize(5);
      String[] arguments = Stream.concat(
          Stream.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all,-path", "-Werror"),
          sources.stream()).toArray(String[]::new);
      assertThat(compiler.run(null, null, errors, arguments)).as(errors.toString()).isZero();
    }
  }

  private static String run(String name, Object... arguments) throws Exception {
    PrintStream standardOutput = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, ExamplesTest.class.getClassLoader())) {
      System.setOut(new PrintStream(out, true));
      String[] texts = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) texts);
    } finally {
      System.setOut(standardOutput);
    }
    return out.toString();
  }

  @Test
  void aTensorIsCompressedAndAFewRowsAreRead() throws Exception {
    assertThat(run("CompressTensor")).containsPattern("(2\\.9|3\\.0)\\d+ bits per value, 1[56]\\.\\d+ dB")
        .contains("value (100, 0): ");
  }

  @Test
  void aModelIsCompressedAndCompared() throws Exception {
    Path model = folder.resolve("model.safetensors");
    float[] values = new float[128 * 96];
    Random random = new Random(2);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    try (SafetensorsWriter writer = SafetensorsWriter.create(model, 1000)) {
      writer.add(TensorView.copyOf("w", new long[] {128, 96}, values));
      writer.add(TensorView.copyOf("norm", new long[] {2}, 1, 2));
      writer.commit(Map.of());
    }
    Path again = folder.resolve("again.safetensors");
    assertThat(run("CompressModel", model, folder.resolve("small.safetensors"), again))
        .contains("done: w").containsPattern("w +[23]\\.\\d+ bits per value +1[45]\\.\\d+ dB")
        .containsPattern("norm +32\\.000 bits per value +kept: of one dimension").contains("all, with the header: ");
    assertThat(run("CompareTensors", model, again)).containsPattern("w +1[45]\\.\\d+ dB").containsPattern("norm +Infinity dB");
  }

  @Test
  void aPictureIsEncodedAndDecoded() throws Exception {
    assertThat(run("EncodePicture")).contains("1 picture, the encoder's reconstruction");
  }

  @Test
  void anotherEncodersStreamIsDecodedPictureByPicture() throws Exception {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Picture picture = new Picture(PictureFormat.of8Bit(64, 48, ChromaFormat.YUV420));
      for (int plane = 0; plane < 3; plane++) {
        picture.fill(plane, 60 + 10 * i);
      }
      pictures.add(picture);
    }
    Path stream = folder.resolve("video.264");
    Files.write(stream, X264Oracle.encodeVideo(pictures, "keyint=2:min-keyint=2:scenecut=0:bframes=0:qp=20"));

    assertThat(run("DecodeStream", stream).lines()).containsExactlyInAnyOrder(
        "picture 0: 64x48, 8 bits", "picture 1: left out, slices [P]",
        "picture 2: 64x48, 8 bits", "picture 3: left out, slices [P]");
  }
}
