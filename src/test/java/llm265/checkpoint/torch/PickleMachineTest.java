package llm265.checkpoint.torch;

import static llm265.checkpoint.torch.TorchFiles.number;
import static llm265.checkpoint.torch.TorchFiles.pickle;
import static llm265.checkpoint.torch.TorchFiles.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine on values that Python pickles, and on pickles that are made to do harm. */
class PickleMachineTest {
  @TempDir Path folder;

  private static Object run(byte[] pickle) {
    return new PickleMachine(Path.of("a.pt"), MemorySegment.ofArray(pickle), new TorchGlobals()).run();
  }

  /** Opens an archive with a pickle, and expects one line that says what is wrong, soon. */
  private void refused(byte[] pickle, String problem) throws IOException {
    Path path = TorchFiles.write(folder.resolve("hostile.pt"), pickle);
    assertTimeoutPreemptively(Duration.ofSeconds(20), () ->
        assertThatThrownBy(() -> TorchReader.open(path)).isInstanceOf(ModelFormatException.class)
            .hasMessageContaining(problem).hasMessageStartingWith(path + ": ")
            .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1)));
  }

  /** {@code pickle.dumps([1, -1, 300, 70000, 2**40, -2**70, 2.5, True, None, "\u00e9", (1,), (), [2, 3]], 2)}. */
  @Test
  void plainValuesAreWhatPythonPickled() {
    List<?> list = (List<?>) run(HexFormat.of().parseHex(
        "80025d7100284b014affffffff4d2c014a701101008a060000000000018a090000000000000000c047400400000000000088"
            + "4e5802000000c3a971014b01857102295d7103284b024b0365652e"));
    assertThat(new ArrayList<Object>(list.subList(0, 10))).containsExactly(
        1L, -1L, 300L, 70_000L, 1L << 40, BigInteger.ONE.shiftLeft(70).negate(), 2.5, true, PickleMachine.NONE, "\u00e9");
    assertThat((Object[]) list.get(10)).containsExactly(1L);
    assertThat((Object[]) list.get(11)).isEmpty();
    assertThat(list.get(12)).isEqualTo(List.of(2L, 3L));
  }

  /** {@code pickle.dumps({"a": [b"x", {1}, (1, 2)], "b": bytearray(b"12")}, 5)}. */
  @Test
  void framesAndShortOpcodesOfProtocolFiveAreRead() {
    Map<?, ?> dict = (Map<?, ?>) run(HexFormat.of().parseHex(
        "8005952d000000000000007d94288c0161945d9428430178948f94284b01904b014b028694658c0162949602000000000000"
            + "00313294752e"));
    assertThat(dict.keySet().toArray()).containsExactly("a", "b");
    List<?> list = (List<?>) dict.get("a");
    assertThat(list.get(0)).hasToString("Opaque[kind=bytes]");
    assertThat(list.get(1)).hasToString("Opaque[kind=set]");
    assertThat((Object[]) list.get(2)).containsExactly(1L, 2L);
  }

  @Test
  void anObjectThatHasItselfInItIsRefused() throws IOException {
    refused(pickle("]q\u0000h\u0000a"), "is nested more than 64 deep, or has itself in it");
  }

  @ParameterizedTest
  @CsvSource(delimiter = ';', textBlock = """
      os ; system
      posix ; system
      builtins ; eval
      builtins ; exec
      __builtin__ ; getattr
      subprocess ; Popen
      torch ; load
      torch.hub ; load
      torch.nn.modules.linear ; Linear
      numpy.core.multiarray ; scalar
      numpy.core.multiarray ; _reconstruct
      argparse ; Namespace
      torch._utils ; _rebuild_wrapper_subclass
      java.lang ; Runtime
      collections ; Counter
      """)
  void everythingElseIsRefusedByName(String module, String name) throws IOException {
    String problem = "needs \"" + module + "." + name + "\", which is neither a tensor nor a plain container";
    refused(pickle("c" + module + "\n" + name + "\n" + text("touch x") + "\u0085R"), problem);
    refused(pickle(text(module) + text(name) + "\u0093" + text("touch x") + "\u0085R"), problem);
  }

  @Test
  void opcodesThatNoPicklerOfTorchWritesAreRefused() throws IOException {
    for (char opcode : "iopPSVILFg\u0082\u0083\u0084\u0092\u0097\u0098\u0000z".toCharArray()) {
      refused(pickle(")" + opcode), String.format("opcode 0x%02x is none that torch.save writes", (int) opcode));
    }
    refused(TorchFiles.latin1("\u0080\u0006}."), "protocol 6 is unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "]a", "}Ns", "(", "(Ns", "N(u", "}(Nu", "NR", "NNR", "))R", "NQ",
      ")Q", "b", "h\u0000", "Nt", "]Nu"})
  void aStackThatDoesNotFitIsRefused(String opcodes) throws IOException {
    refused(pickle(opcodes), "pickle, byte ");
  }

  @Test
  void nestingCostsNoStack() throws IOException {
    refused(pickle("(".repeat(1_000_000)), "the stack has too few values");
    refused(pickle("]".repeat(1_000_000) + "a".repeat(999_999)), "is nested more than 64 deep");
    refused(pickle(")" + "\u0085".repeat(1_000_000)), "is nested more than 64 deep");
  }

  /** Each list has the one before it ten times: ten to the power of fifty in the end. */
  @Test
  void oneMemoOfManyIsNoBomb() throws IOException {
    StringBuilder laughs = new StringBuilder("]q\u0000");
    for (int i = 0; i < 50; i++) {
      laughs.append("](").append(("h" + (char) i).repeat(10)).append("eq").append((char) (i + 1));
    }
    refused(pickle(laughs.toString()), "more entries, or longer names, than any model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"](h\u0000", "X", "B", "T", "\u008b", "j"})
  void hugeCountsAreRefused(String opcode) throws IOException {
    refused(pickle("]q\u0000" + opcode + number(-2)), "pickle, byte ");
  }

  @Test
  void whatAPickleMakesIsBounded() throws IOException {
    String million = "h\u0000".repeat(1_000_000);
    refused(pickle("NN\u0086q\u0000](" + million + "eq\u00010" + "ccollections\nOrderedDict\nh\u0001\u0085R0".repeat(1_000)),
        "makes more than 256 MiB of objects");
    refused(pickle("](" + "}".repeat(5_000_000) + "e"), "makes more than 256 MiB of objects");
  }

  @Test
  void whatHasAHashThatRunsThroughAllIsNoKey() throws IOException {
    refused(pickle("}]Ns"), "a list is no key of a dict");
    refused(pickle("}}Ns"), "a dict is no key of a dict");
    refused(pickle("ccollections\nOrderedDict\n]]N\u0086a\u0085R"), "a list is no key of a dict");
  }

  @Test
  void everyCutIsRefused() throws IOException {
    byte[] whole = pickle("}(" + text("a") + TorchFiles.tensor("0", 6, 0, 2, 3, 3, 1) + text("n") + "K\u0001u");
    TorchFiles.write(folder.resolve("whole.pt"), whole, new byte[24]);
    TorchReader.open(folder.resolve("whole.pt")).close();
    for (int length = 0; length < whole.length; length++) {
      refused(Arrays.copyOf(whole, length), "it is cut off");
    }
  }
}
