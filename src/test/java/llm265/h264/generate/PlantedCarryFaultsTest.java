package llm265.h264.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.IncrementInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.util.List;
import java.util.Set;
import llm265.h264.coverage.Coverage;
import llm265.h264.coverage.StreamCoverage;
import org.junit.jupiter.api.Test;

/** Faults of an arithmetic encoder that only long carries show, planted in ours: bins of streams, encoded once more. */
class PlantedCarryFaultsTest {
  private static final String ENGINE = "llm265.h264.cabac.CabacEncodingEngine";

  private static final PlantedFault NO_CARRY = new PlantedFault("a carry is lost", ENGINE, "propagateCarry",
      CodeChange.constant(1, 1, 0));

  /** Four whole bytes behind the one that is held. */
  private static final PlantedFault SHORT_CARRY = new PlantedFault("a carry is lost past 32 outstanding bits", ENGINE,
      "propagateCarry", new CodeChange(IncrementInstruction.class::isInstance, 0, (builder, element) -> {
        builder.with(element);
        var goesOn = builder.newLabel();
        builder.aload(0).getfield(ClassDesc.of(ENGINE), "position", ConstantDescs.CD_int).iload(1).isub()
            .loadConstant(1 + 4).branch(Opcode.IF_ICMPLE, goesOn).return_().labelBinding(goesOn);
      }));

  private static List<byte[]> streams(Stress stress) {
    StreamRequest request = new StreamRequest(GeneratedProfile.MAIN, 0, Set.of(Tool.CABAC, Tool.PROGRESSIVE, Tool.CROPPING), 5, 5,
        0, 0, stress == null ? List.of() : List.of(stress));
    return List.of(0, 1, 2, 3).stream().map(index -> new StreamGenerator(request).stream(index).bytes()).toList();
  }

  private static boolean finds(List<byte[]> streams, PlantedFault fault) {
    return streams.stream().anyMatch(stream -> !FaultyDecoder.recodes(fault, stream));
  }

  @Test
  void onlySteeredStreamsShowLongCarries() {
    List<byte[]> steered = streams(Stress.ARITHMETIC);
    List<byte[]> plain = streams(null);
    assertThat(finds(steered, null)).isFalse();
    assertThat(finds(plain, null)).isFalse();
    assertThat(finds(steered, NO_CARRY)).isTrue();
    assertThat(finds(plain, NO_CARRY)).isTrue();
    assertThat(finds(steered, SHORT_CARRY)).isTrue();
    assertThat(finds(plain, SHORT_CARRY)).isFalse();
  }

  @Test
  void runsOfAllLengthsAreResolvedBothWays() {
    Coverage coverage = new Coverage();
    streams(Stress.ARITHMETIC).forEach(stream -> coverage.addAll(StreamCoverage.inDetail(stream)));
    for (String way : List.of("with a carry", "without a carry")) {
      assertThat(coverage.values("outstanding bits " + way)).as(way).contains(0, 1, 2, 4, 8, 16, 32, 64, 128, 256);
    }
    assertThat(coverage.values("renormalization")).contains(0, 1, 2, 3, 4, 5, 6, 7);
    Coverage plain = new Coverage();
    streams(null).forEach(stream -> plain.addAll(StreamCoverage.inDetail(stream)));
    assertThat(plain.values("outstanding bits with a carry")).doesNotContain(64, 128, 256);
  }
}
