package llm265.reference.decoder;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
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
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.generate.GeneratedProfile;
import llm265.h264.generate.GeneratedStream;
import llm265.h264.generate.StreamGenerator;
import llm265.h264.generate.StreamRequest;
import llm265.parallel.Workers;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against FFmpeg, whose digests the manifest of the golden vectors has, and against our decoder. */
class ReadableDecoderTest {
  private static final Path GOLDEN = Path.of("golden-vectors");

  /** Faults in what this decoder does not look at. */
  private static final Set<String> NOT_SEEN = Set.of("bad-sei-size.264");

  /** No parameter sets at the beginning of a golden vector are longer. */
  private static final int PARAMETER_SETS = 64;

  /** A line of the manifest: file, verdict, pictures, decoded_sha256. */
  private record Vector(String file, boolean good, int pictures, String decodedSha256) {}

  private static Stream<Vector> vectors() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("MANIFEST.tsv")).stream().skip(1).map(line -> line.split("\t", -1))
        .map(cells -> new Vector(cells[0], cells[1].equals("good"), Integer.parseInt(cells[3]), cells[4]));
  }

  static Stream<Vector> goodVectors() throws IOException {
    return vectors().filter(Vector::good);
  }

  static Stream<Vector> malformedVectors() throws IOException {
    return vectors().filter(vector -> !vector.good() && !NOT_SEEN.contains(vector.file()));
  }

  static Stream<String> tensorStreams() throws IOException {
    return Files.readAllLines(GOLDEN.resolve("tensors/MANIFEST.tsv")).stream().skip(1).map(line -> line.split("\t")[0])
        .filter(file -> file.endsWith(".264"));
  }

  private static String sha256(List<DecodedPicture> pictures) throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    pictures.forEach(picture -> digest.update(picture.bytes()));
    return HexFormat.of().formatHex(digest.digest());
  }

  @ParameterizedTest
  @MethodSource("goodVectors")
  void goldenVectorsHaveTheSamplesOfTheManifest(Vector vector) throws Exception {
    List<DecodedPicture> pictures = ReadableDecoder.decode(Files.readAllBytes(GOLDEN.resolve(vector.file())));
    assertThat(pictures).hasSize(vector.pictures());
    assertThat(sha256(pictures)).isEqualTo(vector.decodedSha256());
  }

  @ParameterizedTest
  @MethodSource("tensorStreams")
  void tensorStreamsHaveTheSamplesOfOurDecoder(String file) throws IOException {
    byte[] stream = Files.readAllBytes(GOLDEN.resolve("tensors").resolve(file));
    assertThat(bytes(ReadableDecoder.decode(stream))).isEqualTo(bytesOfOurDecoder(stream));
  }

  private static List<String> bytes(List<DecodedPicture> pictures) {
    return pictures.stream().map(picture -> HexFormat.of().formatHex(picture.bytes())).toList();
  }

  /** The pictures of our decoder; each in hexadecimal digits. */
  private static List<String> bytesOfOurDecoder(byte[] stream) {
    List<String> pictures = new ArrayList<>();
    H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, Workers.CALLER, decoded -> {
      Picture picture = decoded.picture();
      byte[] bytes = new byte[picture.croppedBytes()];
      picture.writeCropped(bytes, 0);
      pictures.add(HexFormat.of().formatHex(bytes));
    });
    return pictures;
  }

  /** Random streams have what no golden vector has: fields, MBAFF frames, CAVLC, 4:2:2, 4:4:4, slice groups. */
  private static void checkGenerated(GeneratedProfile profile, int first, int count) {
    StreamGenerator generator = new StreamGenerator(new StreamRequest(profile, 31, Set.of(), 0, 0, 0, 0, List.of()));
    for (int i = first; i < first + count; i++) {
      GeneratedStream stream = generator.stream(i);
      // Ours come in output order.
      assertThat(bytes(ReadableDecoder.decode(stream.bytes()))).as("stream %d of %s", i, profile)
          .containsExactlyInAnyOrderElementsOf(bytesOfOurDecoder(stream.bytes()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void generatedStreamsHaveTheSamplesOfOurDecoder(GeneratedProfile profile) {
    checkGenerated(profile, 0, 4);
  }

  @Tag("long")
  @ParameterizedTest
  @EnumSource
  void manyGeneratedStreamsHaveTheSamplesOfOurDecoder(GeneratedProfile profile) {
    checkGenerated(profile, 4, 150);
  }

  /** Else it were no second opinion. */
  @Test
  void theDecoderSharesNothingWithOurs() {
    JavaClasses classes = new ClassFileImporter().importPackages("llm265.reference.decoder")
        .that(DescribedPredicate.describe("are not tests", type -> !type.getName().contains("Test")));
    classes().should().onlyDependOnClassesThat().resideInAnyPackage("java..", "llm265.reference.decoder").check(classes);
    slices().assignedFrom(new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""));
      }

      @Override
      public String getDescription() {
        return "files of the decoder";
      }
    }).should().beFreeOfCycles().check(classes);
  }

  @ParameterizedTest
  @MethodSource("malformedVectors")
  void malformedVectorsAreRefused(Vector vector) throws IOException {
    byte[] stream = Files.readAllBytes(GOLDEN.resolve(vector.file()));
    assertThatThrownBy(() -> ReadableDecoder.decode(stream)).isInstanceOf(DecodingException.class)
        .hasMessageContaining("(clause ");
  }

  /** Behind the parameter sets, where a fault cannot make a picture larger. */
  @Test
  void nothingButTheDocumentedExceptionEscapes() throws IOException {
    Random random = new Random(264);
    int refused = 0;
    for (String file : List.of("syn-slices.264", "syn-every-mb-type.264", "enc-cropped-right.264", "syn-parameter-sets.264")) {
      byte[] stream = Files.readAllBytes(GOLDEN.resolve(file));
      for (int i = 0; i < 24; i++) {
        byte[] damaged = Arrays.copyOf(stream, i % 3 == 0 ? random.nextInt(stream.length) : stream.length);
        for (int flips = i % 4; flips > 0 && damaged.length > PARAMETER_SETS; flips--) {
          damaged[PARAMETER_SETS + random.nextInt(damaged.length - PARAMETER_SETS)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          ReadableDecoder.decode(damaged);
        } catch (DecodingException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(50);
  }
}
