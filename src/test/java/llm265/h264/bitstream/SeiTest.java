package llm265.h264.bitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import llm265.h264.MalformedStreamException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SeiTest {
  private static final byte[] UUID = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

  private static List<Sei.Message> parse(byte[] byteStream) {
    return Sei.parse(new ByteStream(byteStream).iterator().next().rbsp());
  }

  private static List<Sei.Message> parseRbsp(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return Sei.parse(new RbspReader(bytes, 0, bytes.length));
  }

  @Test
  void messagesFollowEachOtherUpToTheTrailingBits() {
    assertThat(parseRbsp("06 01 c4 01 02 aabb 80"))
        .containsExactly(new Sei.Message(6, new byte[] {(byte) 0xC4}),
            new Sei.Message(1, new byte[] {(byte) 0xAA, (byte) 0xBB}));
  }

  @Test
  void typesAndSizesOver254TakeSeveralBytes() {
    List<Sei.Message> messages = parseRbsp("ff 2d ff 00 " + "11".repeat(255) + " 80");
    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst().payloadType()).isEqualTo(300);
    assertThat(messages.getFirst().payload()).hasSize(255).containsOnly(0x11);
  }

  @Test
  void payloadThatIsLongerThanTheNalUnitIsMalformed() {
    assertThatThrownBy(() -> parseRbsp("05 10 0102 80"))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("payloadSize");
    assertThatThrownBy(() -> parseRbsp("05 ff")).isInstanceOf(MalformedStreamException.class);
    assertThatThrownBy(() -> parseRbsp("ff")).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void sizeThatOverflowsAnIntIsMalformed() {
    byte[] bytes = new byte[(int) ((1L << 31) / 255) + 100];
    Arrays.fill(bytes, (byte) 0xFF);
    bytes[0] = 5;
    bytes[bytes.length - 1] = 1;
    assertThatThrownBy(() -> Sei.parse(new RbspReader(bytes, 0, bytes.length)))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("last_payload_size_byte");
  }

  @Property(tries = 300)
  void messagesAreReadAsWritten(
      @ForAll @Size(max = 4) List<@IntRange(max = 600) Integer> types, @ForAll @IntRange(max = 600) int size) {
    List<Sei.Message> messages =
        types.stream()
            .map(type -> {
              byte[] payload = new byte[(size + type) % 600];
              IntStream.range(0, payload.length).forEach(i -> payload[i] = (byte) (i % 7 == 0 ? i : 0));
              return new Sei.Message(type, payload);
            })
            .toList();
    assertThat(parse(Sei.toNalUnit(messages))).isEqualTo(messages);
  }

  @Property(tries = 300)
  void userDataIsFoundUnderItsUuid(@ForAll @Size(max = 700) byte[] payload) {
    byte[] nalUnit = Sei.userDataUnregistered(UUID, payload);
    assertThat(HexFormat.of().formatHex(nalUnit, 0, 6)).isEqualTo("000000010605");
    Sei.Message message = parse(nalUnit).getFirst();
    assertThat(message.isUserData(UUID)).isTrue();
    assertThat(message.payload()).startsWith(UUID).endsWith(payload).hasSize(16 + payload.length);
    byte[] other = UUID.clone();
    other[15]++;
    assertThat(message.isUserData(other)).isFalse();
  }

  @Test
  void otherMessagesAreNoUserData() {
    assertThat(new Sei.Message(4, UUID).isUserData(UUID)).isFalse();
    assertThat(new Sei.Message(5, Arrays.copyOf(UUID, 15)).isUserData(UUID)).isFalse();
  }

  @Test
  void uuidOfAnotherLengthIsTheCallersMistake() {
    assertThatThrownBy(() -> Sei.userDataUnregistered(new byte[15], new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void traceHearsFfBytesAndPayload() {
    byte[] bytes = HexFormat.of().parseHex("ff2d0201028080");
    RbspReader reader = new RbspReader(bytes, 0, 6);
    StringBuilder heard = new StringBuilder();
    reader.setTrace(
        new SyntaxTrace() {
          @Override
          public void element(String name, long bitPosition, int bits, long value) {
            heard.append(name).append('=').append(value).append(' ');
          }

          @Override
          public void begin(String structure) {
            heard.append(structure).append("( ");
          }

          @Override
          public void end() {
            heard.append(')');
          }

          @Override
          public void bytes(String name, long bitPosition, byte[] value) {
            heard.append(name).append('=').append(HexFormat.of().formatHex(value)).append(' ');
          }
        });
    Sei.parse(reader);
    assertThat(heard.toString())
        .isEqualTo(
            "sei_message( ff_byte=255 last_payload_type_byte=45 last_payload_size_byte=2 sei_payload=0102 )");
  }
}
