package llm265.fuzz;

import java.util.List;
import java.util.stream.Collectors;

/** All targets, in the order in which they run. A new one is a class and a line here. */
final class FuzzTargets {
  static final List<FuzzTarget> ALL = List.of(
      new PictureStreamTarget(), new SyntaxTraceTarget(), new MovieFileTarget(),
      new TensorStreamTarget(), new TrellisStreamTarget(), new SideInformationTarget(),
      new DataFileTarget(), new DataBlocksTarget(), new ModelFileTarget(), new DeltaTarget(),
      CheckpointTarget.safetensors(), CheckpointTarget.npy(), CheckpointTarget.onnx(), CheckpointTarget.gguf(),
      CheckpointTarget.torch(), new PickleTarget(), new IndexTarget(), new PackedTensorTarget(), new QuantizedTarget(),
      new KvFileTarget(), new KvPageTarget(), new GradientTarget(), new ActivationTarget(),
      PictureFileTarget.png(), PictureFileTarget.y4m(), PictureFileTarget.pnm(),
      new TokenizerTarget(), new WeightsFileTarget());

  private FuzzTargets() {}

  /**
   * The target of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static FuzzTarget named(String name) {
    return ALL.stream().filter(target -> target.name().equals(name)).findFirst().orElseThrow(
        () -> new IllegalArgumentException(
            "no target " + name + "; there are " + ALL.stream().map(FuzzTarget::name).collect(Collectors.joining(", "))));
  }
}
