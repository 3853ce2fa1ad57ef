package llm265.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import llm265.dtype.DType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be done ends with one line, an exit status, and the folder as it was. */
class ErrorMessagesTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path small;
  private static Path stream;
  private static byte[] smallBytes;
  private static byte[] streamBytes;

  private List<String> before;

  @BeforeAll
  static void makeFiles() throws IOException {
    model = new SampleModel()
        .gaussian("w", DType.F32, 64, 80)
        .gaussian("v", DType.F16, 64, 80)
        .bits("ids", DType.I64, 9)
        .save(folder.resolve("model.safetensors"));
    small = folder.resolve("small.safetensors");
    CommandRun.succeed("compress", model, "-o", small, "--qp", "30");
    stream = folder.resolve("w.264");
    CommandRun.succeed("extract", small, "--tensor", "w", "-o", stream);
    smallBytes = Files.readAllBytes(small);
    streamBytes = Files.readAllBytes(stream);
    new SampleModel().floats("w", DType.F32, new float[] {0, -1}, 2).save(folder.resolve("negative.safetensors"));
    new SampleModel().floats("u.sensitivity", DType.F32, new float[80], 80).save(folder.resolve("stranger.safetensors"));
    new SampleModel().floats("v", DType.F32, new float[3], 3).save(folder.resolve("short.safetensors"));
    Path opaque = new SampleModel().bits("scales", DType.F8_E8M0, 9).save(folder.resolve("m.safetensors"));
    CommandRun.notes("compress", opaque, "-o", folder.resolve("opaque.safetensors"));
    Files.delete(opaque);
    Files.createDirectory(folder.resolve("dir"));
    Files.createDirectory(folder.resolve("dir.264"));
    Files.createDirectory(folder.resolve("dir.y4m"));
    Files.createDirectory(folder.resolve("dir.png"));
    Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(Files.readAllBytes(model), 3000));
    Files.write(folder.resolve("cut.264"), Arrays.copyOf(streamBytes, streamBytes.length / 2));
    Files.write(folder.resolve("empty.safetensors"), new byte[0]);
    Files.write(folder.resolve("empty.264"), new byte[0]);
    Files.write(folder.resolve("empty.png"), new byte[0]);
    Files.writeString(folder.resolve("text.txt"), "some text");
    Files.writeString(folder.resolve("text.safetensors"), "this is no safetensors file");
    Files.writeString(folder.resolve("text.264"), "this is no stream");
    Files.writeString(folder.resolve("text.y4m"), "this is no video\n");
    Files.writeString(folder.resolve("cut.y4m"), "YUV4MPEG2 W16 H16 C420jpeg\nFRAME\nxxx");
    Files.writeString(folder.resolve("none.y4m"), "YUV4MPEG2 W16 H16 C420jpeg\n");
    Files.writeString(folder.resolve("deep.y4m"), "YUV4MPEG2 W16 H16 C420p16\nFRAME\n");
    Files.writeString(folder.resolve("huge.y4m"), "YUV4MPEG2 W65536 H65536 C420\nFRAME\n");
    Files.writeString(folder.resolve("deep.pgm"), "P5 2 2 65535\nabcdefgh");
    Files.writeString(folder.resolve("plain.pgm"), "P2 2 2 255\n1 2 3 4\n");
    Files.writeString(folder.resolve("cut.ppm"), "P6 9 9 255\nabc");
    Files.write(folder.resolve("ok.pgm"), "P5 2 2 255\nabcd".getBytes(StandardCharsets.US_ASCII));
  }

  @BeforeEach
  void listFiles() {
    before = SampleModel.files(folder);
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    assertThat(SampleModel.files(folder)).isEqualTo(before);
    assertThat(Files.readAllBytes(small)).isEqualTo(smallBytes);
    assertThat(Files.readAllBytes(stream)).isEqualTo(streamBytes);
  }

  /** A line of words, with the folder's files written as {@code @name}. */
  static Stream<Arguments> mistakes() {
    return Stream.of(
        row("compress @missing.safetensors -o @x", "@missing.safetensors: no such file"),
        row("compress @cut.safetensors -o @x", "@cut.safetensors: data_offsets "),
        row("compress @empty.safetensors -o @x", "@empty.safetensors: only 0 bytes"),
        row("compress @text.safetensors -o @x", "@text.safetensors: "),
        row("compress @text.txt -o @x", "@text.txt: is text, \"some text\", perhaps a server's answer"),
        row("compress @dir -o @x", "@dir: neither model.safetensors nor model.safetensors.index.json in the folder"),
        row("compress @model.safetensors -o @dir", "@dir: is a directory"),
        row("compress @model.safetensors -o @none/x", "@none/x: no such folder"),
        row("compress @model.safetensors -o @model.safetensors", "the output would replace the input @model.safetensors"),
        row("compress @small.safetensors -o @x", "@small.safetensors: is compressed already"),
        row("compress @model.safetensors -o @x --bits 13", "--bits 13.0 is not in 0.5..12"),
        row("compress @model.safetensors -o @x --bits 0.4", "--bits 0.4 is not in 0.5..12"),
        row("compress @model.safetensors -o @x --bits NaN", "--bits NaN is not in 0.5..12"),
        row("compress @model.safetensors -o @x --bits three", "Invalid value for option '--bits': 'three'"),
        row("compress @model.safetensors -o @x --snr -1", "--snr -1.0 is not in 0..100"),
        row("compress @model.safetensors -o @x --snr Infinity", "--snr Infinity is not in 0..100"),
        row("compress @model.safetensors -o @x --max-error -1", "--max-error -1.0 is not a finite number of 0 or more"),
        row("compress @model.safetensors -o @x --max-error NaN", "--max-error NaN is not a finite number of 0 or more"),
        row("compress @model.safetensors -o @x --max-error 1 --qp 3", "--max-error=E, --qp=Q are mutually exclusive"),
        row("compress @model.safetensors -o @x --qp 52", "--qp 52 is not in 0..51"),
        row("compress @model.safetensors -o @x --lossless --bits 3", "--bits=B, --lossless are mutually exclusive"),
        row("compress @model.safetensors -o @x --depth 7", "--depth 7 is not in 8..14"),
        row("compress @model.safetensors -o @x --bits 8 --plain-samples", "--bits 8.0 is not in 0.5..7"),
        row("compress @model.safetensors -o @x --bits 10 --depth 10", "--bits 10.0 is not in 0.5..9"),
        row("compress @model.safetensors -o @x --qp 1.5", "Invalid value for option '--qp': '1.5'"),
        row("compress @model.safetensors -o @x --qp 3 --bits 3", "--bits=B, --qp=Q are mutually exclusive"),
        row("compress @model.safetensors -o @x --allocate best", "Invalid value for option '--allocate': expected one of"),
        row("compress @model.safetensors -o @x --protect w", "--protect w is not of the form REGEX=BITS"),
        row("compress @model.safetensors -o @x --protect w=many", "--protect w=many is not of the form REGEX=BITS"),
        row("compress @model.safetensors -o @x --protect =3", "--protect =3 is not of the form REGEX=BITS"),
        row("compress @model.safetensors -o @x --protect w=15", "--protect w=15: 15.0 is not in 0..14"),
        row("compress @model.safetensors -o @x --protect (=3", "--protect (=3 does not begin with a regular expression: "),
        row("compress @model.safetensors -o @x --protect u=3", "no tensor that is compressed has u in its name"),
        row("compress @model.safetensors -o @x --protect .=3", "every compressed tensor has its own rate"),
        row("compress @model.safetensors -o @x --protect v=7", "tensors with their own rates leave -1."),
        row("compress @model.safetensors -o @x --sensitivity @missing.safetensors", "@missing.safetensors: no such file"),
        row("compress @model.safetensors -o @x --sensitivity @model.safetensors", "@model.safetensors: "),
        row("compress @model.safetensors -o @x --sensitivity @negative.safetensors",
            "@negative.safetensors: tensor \"w\": weight 1 is -1.0, not a finite number of 0 or more"),
        row("compress @model.safetensors -o @x --sensitivity @stranger.safetensors",
            "@stranger.safetensors: there is no tensor that the weights \"u.sensitivity\" belong to"),
        row("compress @model.safetensors -o @x --sensitivity @short.safetensors",
            "sensitivity of v: 3 weights fit neither the last nor the first dimension of [64, 80]"),
        row("compress @model.safetensors -o @x --threads 0", "--threads 0 is not in 1..1024"),
        row("compress @model.safetensors -o @x --threads 2000", "--threads 2000 is not in 1..1024"),
        row("compress @model.safetensors -o @x --include (",
            "Invalid value for option '--include': '(' is not a regular expression"),
        row("compress @model.safetensors", "Missing required option: '--output=OUT'; see llm265 compress --help"),
        row("compress @model.safetensors -o @x --fast", "Unknown option: '--fast'; see llm265 compress --help"),
        row("compress @model.safetensors x -o @x", "Unmatched argument at index 2: 'x'; see llm265 compress --help"),
        row("frob x", "there is no command frob; see llm265 --help"),
        row("h264 frob", "there is no command frob; see llm265 h264 --help"),
        row("--frob", "Unknown option: '--frob'; see llm265 --help"),
        row("decompress @missing.safetensors -o @x", "@missing.safetensors: no such file"),
        row("decompress @missing.264 -o @x", "@missing.264: no such file"),
        row("decompress @model.safetensors -o @x", "@model.safetensors: is not compressed"),
        row("decompress @cut.264 -o @x", "@cut.264: "),
        row("decompress @cut.264 -o @x.npy", "@cut.264: "),
        row("decompress @empty.264 -o @x", "@empty.264: "),
        row("decompress @text.264 -o @x", "@text.264: "),
        row("decompress @dir.264 -o @x", "@dir.264: is a directory"),
        row("decompress @small.safetensors -o @small.safetensors", "the output would replace the input @small.safetensors"),
        row("decompress @w.264 -o @w.264", "the output would replace the input @w.264"),
        row("decompress @w.264 -o @none/x.npy", "@none/x.npy: no such folder"),
        row("decompress @small.safetensors -o @none/x", "@none/x: no such folder"),
        row("decompress @small.safetensors -o @x.npy", "@small.safetensors: has 3 tensors, a .npy file holds one"),
        row("compress @model.safetensors -o @x.npy",
            "-o @x.npy: compress writes safetensors, no .npy file; name it .safetensors"),
        row("compress @model.safetensors -o @x.ONNX", "-o @x.ONNX: compress writes safetensors, no .onnx file"),
        row("compress @model.safetensors -o @x.safetensors.gz", "-o @x.safetensors.gz: compress writes safetensors, no .gz file"),
        row("decompress @small.safetensors -o @x.onnx",
            "-o @x.onnx: decompress writes safetensors, .gguf or .npy, no .onnx file"),
        row("decompress @opaque.safetensors -o @x.npy", "NumPy knows no type F8_E8M0"),
        row("extract @small.safetensors --tensor w -o @x.npy",
            "-o @x.npy: extract writes an H.264 byte stream, no .npy file; name it .264"),
        row("extract @small.safetensors --tensor w -o @x.mp4", "-o @x.mp4: extract writes an H.264 byte stream, no .mp4 file"),
        row("h264 decode @w.264 -o @x.mp4", "-o @x.mp4: decode writes pictures, no .mp4 file; name it .yuv"),
        row("h264 decode @w.264 -o @x.jpg", "-o @x.jpg: decode writes pictures, no .jpg file; name it .yuv"),
        row("h264 encode @ok.pgm -o @x.mp4 --qp 20", "-o @x.mp4: encode writes an H.264 byte stream, no .mp4 file"),
        row("decompress @w.264 -o @x.npy --dtype bf16", ".npy files have no type bf16"),
        row("decompress @w.264 -o @x --dtype f8", "Invalid value for option '--dtype': expected one of"),
        row("extract @small.safetensors --tensor nope -o @x", "@small.safetensors: there is no tensor named nope"),
        row("extract @small.safetensors --tensor ids -o @x", "@small.safetensors: tensor ids is kept as it was"),
        row("extract @model.safetensors --tensor w -o @x", "@model.safetensors: is not compressed"),
        row("extract @small.safetensors --tensor w -o @none/x", "@none/x: no such folder"),
        row("inspect @missing.264", "@missing.264: no such file"),
        row("inspect @dir.264", "@dir.264: is a directory"),
        row("inspect @dir", "@dir: neither model.safetensors nor model.safetensors.index.json in the folder"),
        row("inspect @empty.264", "@empty.264: has no NAL unit"),
        row("inspect @text.264 --json", "@text.264: is text, "),
        row("inspect @text.safetensors", "@text.safetensors: "),
        row("verify @text.txt", "@text.txt: is text, "),
        row("verify @text.264", "@text.264: is text, "),
        row("verify @missing.264", "@missing.264: no such file"),
        row("verify @missing.safetensors", "@missing.safetensors: no such file"),
        row("verify @model.safetensors", "@model.safetensors: is not compressed"),
        row("verify @text.safetensors", "@text.safetensors: "),
        row("verify @small.safetensors --against x264", "--against x264 takes a stream, and @small.safetensors is not a stream"),
        row("verify @w.264 --against @missing.yuv", "@missing.yuv: no such file"),
        row("verify @w.264 --against @dir.264", "@dir.264: is a directory"),
        row("verify @w.264 --against @none.y4m", "@none.y4m: has pictures of "),
        row("compare @model.safetensors @missing.npy", "@missing.npy: no such file"),
        row("compare @model.safetensors @w.264", "tensor v is missing in @w.264"),
        row("compare @small.safetensors @w.264", "tensor v is missing in @w.264"),
        row("compare @w.264 @model.safetensors", "tensor v is missing in @w.264"),
        row("compare @model.safetensors @cut.safetensors", "@cut.safetensors: "),
        row("h264 encode @missing.png -o @x --qp 20", "@missing.png: no such file"),
        row("h264 encode @missing.y4m -o @x --qp 20", "@missing.y4m: no such file"),
        row("h264 encode @dir.y4m -o @x --qp 20", "@dir.y4m: is a directory"),
        row("h264 encode @dir.png -o @x --qp 20", "@dir.png: is a directory"),
        row("h264 encode / -o @x --qp 20", "/: is a directory"),
        row("h264 encode @empty.png -o @x --qp 20", "@empty.png: not a PNG file"),
        row("h264 encode @text.txt -o @x --qp 20", "@text.txt: expected a file named .y4m, .png, .pgm or .ppm"),
        row("h264 encode @text.y4m -o @x --qp 20", "@text.y4m: not a YUV4MPEG2 file"),
        row("h264 encode @cut.y4m -o @x --qp 20", "@cut.y4m: ends within a frame"),
        row("h264 encode @none.y4m -o @x --qp 20", "@none.y4m: no pictures"),
        row("h264 encode @deep.y4m -o @x --qp 20", "@deep.y4m: colour space C420p16 is not 4:2:0 or mono of 8 to 14 bits"),
        row("h264 encode @huge.y4m -o @x --qp 20", "@huge.y4m: picture of "),
        row("h264 encode @deep.pgm -o @x --lossless", "@deep.pgm: samples of 16 bits"),
        row("h264 encode @plain.pgm -o @x --qp 20", "@plain.pgm: not a binary PGM or PPM file"),
        row("h264 encode @cut.ppm -o @x --qp 20", "@cut.ppm: ends within an image"),
        row("h264 encode @ok.pgm -o @x --qp 52", "--qp 52 is not in 0..51"),
        row("h264 encode @ok.pgm -o @x --qp 20 --slices 0", "--slices 0 is "),
        row("h264 encode @ok.pgm -o @x",
            "Missing required argument (specify one of these): (--qp=Q | --lossless); see llm265 h264 encode"),
        row("h264 encode @ok.pgm -o @x --qp 20 --lossless", "--qp=Q, --lossless are mutually exclusive"),
        row("h264 encode @ok.pgm -o @x --qp -13 --depth 10", "--qp -13 is not in -12..51"),
        row("h264 encode @ok.pgm -o @x --qp 20 --depth 15", "--depth 15 is not in 8..14"),
        row("h264 encode @ok.pgm -o @ok.pgm --qp 20", "the output would replace the input @ok.pgm"),
        row("h264 encode @ok.pgm -o @none/x --qp 20", "@none/x: no such folder"),
        row("h264 decode @missing.264 -o @x", "@missing.264: no such file"),
        row("h264 decode @empty.264 -o @x", "@empty.264: there is no picture in it"),
        row("h264 decode @text.264 -o @x", "@text.264: is text, "),
        row("h264 decode @cut.264 -o @x", "@cut.264: "),
        row("h264 decode @w.264 -o @none/x", "@none/x: no such folder"),
        row("h264 decode @w.264 -o @w.264", "the output would replace the input @w.264"),
        row("h264 decode @w.264 -o @dir", "@dir: is a directory"),
        row("h264 decode @w.264 -o @x --threads x", "Invalid value for option '--threads': 'x'"));
  }

  private static Arguments row(String line, String message) {
    return Arguments.of(line, message);
  }

  private static String withFolder(String text) {
    return text.replace("@", folder + "/");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void oneLineAndStatusTwo(String line, String message) {
    Object[] arguments = Arrays.stream(line.split(" ")).map(ErrorMessagesTest::withFolder).toArray();
    assertThat(CommandRun.fail(2, arguments)).startsWith(withFolder(message)).doesNotContain("internal error", "Exception");
  }

  @Test
  void withoutACommandTheUsageFollows() {
    CommandRun run = CommandRun.of();
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("llm265: Missing subcommand").contains("Usage: llm265", "compress", "verify");
    assertThat(CommandRun.fail(2, "h264")).isEqualTo("Missing subcommand of h264; see llm265 h264 --help");
  }

  @ParameterizedTest
  @ValueSource(strings =
      {"", "compress", "decompress", "inspect", "extract", "verify", "compare", "h264 encode", "h264 decode", "demo"})
  void helpGoesToStandardOutput(String command) {
    Object[] arguments = (command + " --help").strip().split(" ");
    assertThat(CommandRun.succeed(arguments)).startsWith("Usage: " + ("llm265 " + command).strip());
    assertThat(CommandRun.succeed("--version")).matches("llm265 \\S+\\R");
  }

  @Test
  void verifyNamesTheDamagedTensor() throws IOException {
    byte[] bytes = smallBytes.clone();
    bytes[bytes.length - 3] ^= 0x55;
    Path damaged = Files.write(folder.resolve("dir/damaged.safetensors"), bytes);
    assertThat(CommandRun.fail(1, "verify", damaged))
        .isEqualTo(damaged + ": tensor \"ids\" is damaged: its CRC-32C does not match");
    assertThat(CommandRun.fail(2, "decompress", damaged, "-o", folder.resolve("x")))
        .isEqualTo(damaged + ": tensor \"ids\" is damaged: its CRC-32C does not match");
    assertThat(CommandRun.fail(2, "compare", model, damaged)).startsWith(damaged + ": tensor \"ids\" is damaged");
    bytes = smallBytes.clone();
    int header = 8 + (smallBytes[0] & 0xFF | ((smallBytes[1] & 0xFF) << 8));
    int begin = header + (bytes.length - header) / 4;
    for (int at = begin; at < begin + 20; at++) {
      bytes[at] ^= 0x35;
    }
    damaged = Files.write(folder.resolve("dir/damaged.safetensors"), bytes);
    assertThat(CommandRun.fail(1, "verify", damaged)).startsWith(damaged + ": tensor \"w\"");
    assertThat(CommandRun.fail(2, "decompress", damaged, "-o", folder.resolve("x"))).startsWith(damaged + ": tensor \"w\"");
    assertThat(CommandRun.fail(2, "compare", model, damaged)).startsWith(damaged + ": tensor \"w\"");
  }

  @Test
  void verifyTellsEveryDamagedTensorAndHowMany() throws IOException {
    byte[] bytes = smallBytes.clone();
    bytes[bytes.length - 3] ^= 0x55;
    bytes[bytes.length - 200] ^= 0x55;
    Path damaged = Files.write(folder.resolve("dir/damaged.safetensors"), bytes);
    CommandRun run = CommandRun.of("verify", damaged);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(3).allMatch(line -> line.startsWith("llm265: " + damaged + ": "))
        .last().asString().endsWith(": 2 of 3 tensors failed");
    assertThat(run.out()).isEmpty();
  }

  /** Bits such as those of level_idc change no value; all others must be noticed. */
  @Test
  void damageOfAStreamIsFoundOrChangesNoValue() throws IOException {
    Random random = new Random(3);
    Path whole = folder.resolve("dir/whole.npy");
    CommandRun.succeed("decompress", stream, "-o", whole);
    Path damaged = folder.resolve("dir/damaged.264");
    Path decoded = folder.resolve("dir/decoded.npy");
    int found = 0;
    for (int i = 0; i < 20; i++) {
      byte[] bytes = streamBytes.clone();
      bytes[random.nextInt(i < 10 ? 400 : bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(damaged, bytes);
      Files.deleteIfExists(decoded);
      CommandRun verify = CommandRun.of("verify", damaged);
      CommandRun decompress = CommandRun.of("decompress", damaged, "-o", decoded);
      if (verify.status() == 0) {
        assertThat(Files.mismatch(whole, decoded)).as("%d", i).isEqualTo(-1);
        continue;
      }
      found++;
      assertThat(verify.status()).isEqualTo(1);
      assertThat(verify.err().lines()).singleElement().asString().startsWith("llm265: " + damaged + ": ");
      assertThat(decompress.status()).as("%d", i).isEqualTo(2);
      assertThat(decompress.err().lines()).singleElement().asString()
          .startsWith("llm265: " + damaged + ": ").doesNotContain("internal error");
      assertThat(decoded).doesNotExist();
    }
    assertThat(found).isGreaterThan(12);
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty.264", "cut.264"})
  void verifyOfWhatIsNoWholeStreamFails(String name) {
    assertThat(CommandRun.fail(1, "verify", folder.resolve(name))).startsWith(folder.resolve(name) + ": ");
  }

  /** A model file of which any byte may be wrong: never an internal error, never output. */
  @Test
  void damagedModelFilesAreRefusedOrDecoded() throws IOException {
    Random random = new Random(4);
    Path damaged = folder.resolve("dir/damaged.safetensors");
    int header = 8 + (smallBytes[0] & 0xFF | ((smallBytes[1] & 0xFF) << 8));
    for (int i = 0; i < 10; i++) {
      byte[] bytes = smallBytes.clone();
      bytes[random.nextInt(header)] = (byte) random.nextInt(256);
      Files.write(damaged, bytes);
      for (Object[] line : new Object[][] {{"verify", damaged}, {"inspect", damaged}, {"inspect", damaged, "--json"},
          {"compare", damaged, model}, {"decompress", damaged, "-o", folder.resolve("dir/x")}}) {
        CommandRun run = CommandRun.of(line);
        assertThat(run.status()).isBetween(0, 2);
        assertThat(run.err()).as("%d", i).doesNotContain("internal error");
        assertThat(run.err().isEmpty()).isEqualTo(run.status() == 0);
      }
    }
  }
}
