package llm265.jmh;

import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import llm265.lm.Encoder;
import llm265.lm.weights.ModelConfig;
import llm265.parallel.Workers;
import llm265.reference.torch.TorchBert;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A forward pass of BERT-base on one thread, by us and by PyTorch, which the profile "training" has:
 * {@code mvn -Pjmh,training test -Djmh.args=EncoderBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
@Fork(value = 5, jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Dllm265.kernels=vector", "-Xmx4g"})
public class EncoderBenchmark {
  @Param({"64", "256"})
  public int tokens;

  @Param({"ours", "pytorch"})
  public String program;

  private int[] ids;
  private int[] types;
  private Encoder encoder;
  private TorchBert torch;

  @Setup(Level.Trial)
  public void load() {
    ids = new Random(1).ints(tokens, 0, RandomBert.VOCABULARY).toArray();
    types = new int[tokens];
    if (program.equals("ours")) {
      encoder = Encoder.load(ModelConfig.parse(Path.of("config.json"), RandomBert.CONFIG), new RandomBert(), Workers.CALLER);
    } else {
      torch = new TorchBert(new RandomBert(), RandomBert.LAYERS, RandomBert.HEADS);
    }
  }

  @TearDown
  public void close() {
    if (torch != null) {
      torch.close();
    }
  }

  @Benchmark
  public float[] states() {
    return encoder == null ? torch.states(ids, types) : encoder.states(ids, types);
  }
}
