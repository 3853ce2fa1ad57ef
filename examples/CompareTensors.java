import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import llm265.checkpoint.Checkpoint;
import llm265.dtype.TensorView;
import llm265.tensor.distortion.TensorDistortion;

/** Measures how far the tensors of one checkpoint are from those of another, by name: CompareTensors A B. */
public class CompareTensors {
  public static void main(String[] arguments) throws Exception {
    try (Checkpoint a = Checkpoint.open(Path.of(arguments[0])); Checkpoint b = Checkpoint.open(Path.of(arguments[1]))) {
      Map<String, TensorView> others = new HashMap<>();
      b.tensors().forEach(tensor -> others.put(tensor.name(), tensor));
      for (TensorView tensor : a.tensors()) {
        TensorView other = others.get(tensor.name());
        if (other != null) {
          TensorDistortion distortion = TensorDistortion.between(tensor, other);
          System.out.printf("%-40s %8.2f dB, greatest error %.4g%n", tensor.name(), distortion.snr(), distortion.greatestError());
        }
      }
    }
  }
}
