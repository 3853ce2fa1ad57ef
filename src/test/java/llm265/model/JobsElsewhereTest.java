package llm265.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import llm265.dtype.TensorView;
import llm265.rate.RateCurve;
import llm265.rate.RateTarget;
import llm265.tensor.Codec;
import llm265.tensor.encode.Known;
import llm265.tensor.encode.Probed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs and what comes of them, on their way to other processes and back. */
class JobsElsewhereTest {
  @TempDir private Path folder;

  private static <T> T sent(T value) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      @SuppressWarnings("unchecked")
      T copy = (T) in.readObject();
      return copy;
    }
  }

  /** Its rows are mixtures of a few, so that a rotation pays. */
  private static TensorView mixed() {
    Random random = new Random(5);
    float[][] parts = new float[4][256];
    for (float[] part : parts) {
      for (int x = 0; x < part.length; x++) {
        part[x] = (float) random.nextGaussian();
      }
    }
    float[] values = new float[512 * 256];
    for (int y = 0; y < 512; y++) {
      for (float[] part : parts) {
        float weight = (float) random.nextGaussian();
        for (int x = 0; x < 256; x++) {
          values[256 * y + x] += weight * part[x] + 0.2f * (float) random.nextGaussian();
        }
      }
    }
    return TensorView.view("mixed", new long[] {512, 256}, values);
  }

  private byte[] stream(JobCoding coding, TensorView tensor, CodingJob job) throws IOException {
    try (Spool spool = new Spool(folder); Arena arena = Arena.ofConfined()) {
      return coding.code(tensor, job, spool).stream().map(arena).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  @Test
  void aJobIsTheSameInAnotherProcess() throws IOException, ClassNotFoundException {
    TensorView tensor = mixed();
    RateTarget target = new RateTarget.Bits(3);
    JobCoding coding = ModelCompressor.at(target).withCodec(Codec.TRINITY).jobs();
    ProbeJob probe = new ProbeJob(0, 3, null);
    Probed probed = coding.probe(tensor, probe);
    assertThat(probed.choice().rotation()).isNotNull();
    Probed copy = sent(coding.probe(tensor, sent(probe)));
    assertThat(copy.probe()).isEqualTo(probed.probe());
    assertThat(copy.variance()).isEqualTo(probed.variance());

    CodingJob job = new CodingJob(0, 1, target, new Known(probed.choice(), null, 0, 1));
    CodingJob other = sent(new CodingJob(0, 1, target, new Known(copy.choice(), null, 0, 1)));
    assertThat(other.target()).isEqualTo(target);
    assertThat(stream(coding, tensor, other)).isEqualTo(stream(coding, tensor, job));

    RateCurve curve = RateCurve.through(List.of(probed.probe()), 1.0 / 12);
    assertThat(sent(curve).error(2.5)).isEqualTo(curve.error(2.5));
    assertThat(sent(curve).log2Ratio(2.5)).isEqualTo(curve.log2Ratio(2.5));
  }
}
