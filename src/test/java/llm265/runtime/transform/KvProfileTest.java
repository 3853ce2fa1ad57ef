package llm265.runtime.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.ModelFormatException;
import llm265.runtime.transform.RotaryTransform.Pairing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KvProfileTest {
  private static final int LAYERS = 2;
  private static final int SIZE = 4;
  private static final int WIDTH = 4 * SIZE;
  private static final int TOKENS = 90;

  @TempDir private Path folder;

  private static KvGeometry geometry(int groupHeads, float... frequencies) {
    return new KvGeometry(LAYERS, WIDTH / SIZE, SIZE, groupHeads, frequencies, Pairing.HALVES);
  }

  private static float[] rows(int layer, KvPart part) {
    return RandomRows.correlated(TOKENS, WIDTH, 2 * layer + part.ordinal());
  }

  private static KvProfile profile(KvGeometry geometry) {
    KvSamples samples = new KvSamples(geometry);
    for (int layer = 0; layer < LAYERS; layer++) {
      for (KvPart part : KvPart.values()) {
        samples.add(layer, part, rows(layer, part), TOKENS, 10);
      }
    }
    return samples.learn("tiny", 1);
  }

  @Test
  void readingGivesWhatWasWritten() throws IOException {
    KvProfile profile = profile(geometry(2, 1, 0.1f));
    Path file = folder.resolve("profile.safetensors");
    profile.write(file);
    KvProfile read = KvProfile.read(file);
    assertThat(read.hash()).isEqualTo(profile.hash()).hasSize(32);
    assertThat(read.geometry()).isEqualTo(profile.geometry());
    assertThat(read.model()).isEqualTo("tiny");
    assertThat(read.tokens()).isEqualTo(TOKENS);
    assertThat(Files.size(file)).isBetween(profile.byteSize(), profile.byteSize() + 10_000);
    for (KvPart part : KvPart.values()) {
      float[] there = RandomRows.gauss(3 * 2 * SIZE, 7);
      float[] here = there.clone();
      read.model(1, part, 1).transform().forward(there, 0, 3, 5);
      profile.model(1, part, 1).transform().forward(here, 0, 3, 5);
      assertThat(there).isEqualTo(here);
      assertThat(read.model(1, part, 1).deviations()).isEqualTo(profile.model(1, part, 1).deviations());
    }
  }

  @Test
  void coefficientsAreInUnitsOfTheirPart() {
    KvProfile profile = profile(geometry(4));
    for (int layer = 0; layer < LAYERS; layer++) {
      for (KvPart part : KvPart.values()) {
        CoefficientModel model = profile.model(layer, part, 0);
        double squares = 0;
        for (float deviation : model.deviations()) {
          squares += deviation * deviation;
        }
        assertThat(squares / WIDTH).isCloseTo(1, within(1e-4));
        float[] rows = rows(layer, part);
        model.transform().forward(rows, 0, TOKENS, 10);
        ChannelMoments moments = new ChannelMoments(WIDTH);
        moments.add(rows, 0, TOKENS);
        assertThat(Math.sqrt(moments.covariance()[0])).isCloseTo(model.deviations()[0], within(1e-3));
      }
    }
  }

  @Test
  void everythingThatCodingDependsOnIsInTheHash() {
    List<String> hashes = new ArrayList<>();
    hashes.add(profile(geometry(4)).hashText());
    hashes.add(profile(geometry(2)).hashText());
    hashes.add(profile(geometry(4, 1, 0.1f)).hashText());
    hashes.add(profile(geometry(4, 1, 0.2f)).hashText());
    assertThat(hashes).doesNotHaveDuplicates();
    assertThat(profile(geometry(4)).hashText()).isEqualTo(hashes.getFirst());
  }

  @Test
  void otherModelsAreRefused() {
    KvProfile profile = profile(geometry(4, 1, 0.1f));
    profile.requireFits(geometry(4, 1, 0.1f));
    assertThatIllegalArgumentException().isThrownBy(() -> profile.requireFits(geometry(4, 1, 0.2f)))
        .withMessage("the profile of tiny is for another rotary embedding");
    assertThatIllegalArgumentException().isThrownBy(() -> profile.requireFits(geometry(2, 1, 0.1f)))
        .withMessage("the profile of tiny is for groups of 4 heads, not 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> profile.requireFits(new KvGeometry(3, 4, SIZE, 4, new float[0], Pairing.HALVES)))
        .withMessage("the profile of tiny is for 2 layers, not 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> profile.requireFits(new KvGeometry(2, 2, SIZE, 2, new float[0], Pairing.HALVES)))
        .withMessage("the profile of tiny is for 4 heads of 4 elements, not 2 of 4");
  }

  @Test
  void damageIsFound() throws IOException {
    Path file = folder.resolve("profile.safetensors");
    profile(geometry(4)).write(file);
    byte[] bytes = Files.readAllBytes(file);
    int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("llm265.kvprofile");
    for (int at : new int[] {bytes.length - 1, bytes.length - 300, header + 3, header + 40, header + 60, header + 75}) {
      byte[] damaged = bytes.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertThatThrownBy(() -> KvProfile.read(file)).as("byte " + at).isInstanceOf(ModelFormatException.class);
    }
  }
}
