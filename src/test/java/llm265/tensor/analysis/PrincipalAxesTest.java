package llm265.tensor.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import llm265.parallel.Workers;
import llm265.tensor.tools.Rotation;
import org.junit.jupiter.api.Test;

class PrincipalAxesTest {
  private static final int N = 80;
  private static final int COUNT = 1500;

  private final Random random = new Random(1);

  /** Noise of variance 1, and more of the given deviations along random axes. */
  private float[] vectors(double... deviations) {
    double[][] axes = new double[deviations.length][N];
    for (double[] axis : axes) {
      double length = 0;
      for (int i = 0; i < N; i++) {
        axis[i] = random.nextGaussian();
        length += axis[i] * axis[i];
      }
      for (int i = 0; i < N; i++) {
        axis[i] /= Math.sqrt(length);
      }
    }
    float[] vectors = new float[COUNT * N];
    for (int v = 0; v < COUNT; v++) {
      for (int i = 0; i < N; i++) {
        vectors[v * N + i] = (float) random.nextGaussian();
      }
      for (int k = 0; k < axes.length; k++) {
        double along = deviations[k] * random.nextGaussian();
        for (int i = 0; i < N; i++) {
          vectors[v * N + i] += (float) (along * axes[k][i]);
        }
      }
    }
    return vectors;
  }

  @Test
  void strongAxesAreTakenToCoordinates() {
    float[] vectors = vectors(30, 20, 10);
    Rotation rotation = new PrincipalAxes(vectors, N, Workers.CALLER).rotation(16, COUNT * N, 0.01);
    assertThat(rotation.reflections()).isEqualTo(3);
    // As a plane whose columns are the vectors.
    float[] plane = new float[COUNT * N];
    for (int v = 0; v < COUNT; v++) {
      for (int i = 0; i < N; i++) {
        plane[i * COUNT + v] = vectors[v * N + i];
      }
    }
    rotation.forward(plane, COUNT, COUNT);
    double[] energies = new double[N];
    for (int i = 0; i < N; i++) {
      for (int v = 0; v < COUNT; v++) {
        energies[i] += plane[i * COUNT + v] * (double) plane[i * COUNT + v] / COUNT;
      }
    }
    Arrays.sort(energies);
    // The axes are not quite orthogonal to each other, so that single energies differ a little.
    assertThat(energies[N - 1] + energies[N - 2] + energies[N - 3]).isCloseTo(1400, within(100.0));
    assertThat(energies[N - 3]).isGreaterThan(75);
    // What the integers' rounding leaves of the strong axes in the others.
    assertThat(energies[N - 4]).isLessThan(1.8);
    assertThat(energies[0]).isGreaterThan(0.7);
  }

  @Test
  void noiseHasNoAxes() {
    assertThat(new PrincipalAxes(vectors(), N, Workers.CALLER).rotation(16, COUNT * N, 0.01)).isNull();
  }

  @Test
  void axesBelowTheDistortionAreNotWorthTelling() {
    assertThat(new PrincipalAxes(vectors(10), N, Workers.CALLER).rotation(16, COUNT * N, 200)).isNull();
  }

  @Test
  void fewValuesCannotPayForAxes() {
    assertThat(new PrincipalAxes(vectors(3), N, Workers.CALLER).rotation(16, 2000, 0.01)).isNull();
  }

  @Test
  void emptyAndConstantSamplesAreNoTrouble() {
    assertThat(new PrincipalAxes(new float[COUNT * N], N, Workers.CALLER).rotation(16, COUNT * N, 0.01)).isNull();
    float[] ones = new float[COUNT * N];
    Arrays.fill(ones, 1);
    assertThat(new PrincipalAxes(ones, N, Workers.CALLER).rotation(16, COUNT * N, 0.01).reflections()).isEqualTo(1);
  }
}
