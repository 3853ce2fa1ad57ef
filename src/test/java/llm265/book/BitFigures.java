package llm265.book;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/** Chapter 1. */
final class BitFigures {
  private BitFigures() {}

  static void addTo(Figures figures) {
    figures.put("1.split", BitFigures::split);
    figures.put("1.ue", () -> Texts.table(IntStream.range(0, 9).mapToObj(k ->
        List.of(Integer.toString(k), Texts.ue(k), Integer.toString(signed(k)))).toList()));
    figures.put("1.bits", () -> bits(Arrays.copyOfRange(BookStreams.get("flat.264"), 8, 10)));
    figures.put("1.emulation", BitFigures::emulation);
    figures.put("1.1", () -> header(0x68));
    figures.put("1.2", () -> Texts.ue(11));
    figures.put("1.3", () -> Integer.toString(se("00101")));
    figures.put("1.4", () -> Texts.hex(nalUnit(HexFormat.of().parseHex("00000200000180"))));
    figures.put("1.5", () -> Integer.toString(removed(BookStreams.get("pcm.264"), 2)));
    figures.put("1.6", () -> Integer.toString(Texts.ue(1000).length()));
  }

  private static List<NalUnit> nalUnits(byte[] stream) {
    List<NalUnit> units = new ArrayList<>();
    new ByteStream(stream).forEach(units::add);
    return units;
  }

  private static byte[] bytes(byte[] stream, NalUnit unit) {
    return Arrays.copyOfRange(stream, (int) unit.offset(), (int) unit.offset() + unit.length());
  }

  private static String split() {
    byte[] stream = BookStreams.get("flat.264");
    return Texts.table(nalUnits(stream).stream().map(unit -> {
      byte[] bytes = bytes(stream, unit);
      return List.of(Texts.hex(Arrays.copyOfRange(stream, (int) unit.offset() - 4, (int) unit.offset())),
          Texts.hex(Arrays.copyOf(bytes, 1)), Texts.hex(Arrays.copyOfRange(bytes, 1, bytes.length)),
          "nal_ref_idc " + unit.nalRefIdc() + ", nal_unit_type " + unit.nalUnitType());
    }).toList());
  }

  private static String bits(byte[] bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> String.format("%8s", Integer.toBinaryString(bytes[i] & 255)).replace(' ', '0'))
        .collect(Collectors.joining(" "));
  }

  /** The value that codeNum k has as se(v). */
  private static int signed(int k) {
    return k % 2 == 0 ? -k / 2 : (k + 1) / 2;
  }

  /** The value of bits as se(v). */
  private static int se(String bits) {
    byte[] data = new byte[NalUnit.SLACK + 1];
    data[0] = (byte) Integer.parseInt((bits + "10000000").substring(0, 8), 2);
    return new RbspReader(data, 0, 1).readSe("", "", -100, 100);
  }

  private static String header(int octet) {
    NalUnit unit = nalUnits(new byte[] {0, 0, 1, (byte) octet, 1}).getFirst();
    return unit.nalRefIdc() + " " + unit.nalUnitType();
  }

  /** The bytes behind the header of a NAL unit that holds an RBSP. */
  private static byte[] nalUnit(byte[] rbsp) {
    RbspWriter writer = new RbspWriter();
    writer.writeBytes(rbsp, 0, rbsp.length);
    byte[] unit = writer.toNalUnit(3, 5, false);
    return Arrays.copyOfRange(unit, 4, unit.length);
  }

  /** Number of emulation_prevention_three_byte of a NAL unit. */
  private static int removed(byte[] stream, int index) {
    NalUnit unit = nalUnits(stream).get(index);
    return unit.length() - 1 - unit.rbsp().length();
  }

  private static String emulation() {
    byte[] stream = BookStreams.get("pcm.264");
    NalUnit unit = nalUnits(stream).get(2);
    return "NAL unit  " + Texts.hex(Arrays.copyOfRange(bytes(stream, unit), 4, 16))
        + "\nRBSP      " + Texts.hex(Arrays.copyOfRange(unit.rbsp().data(), 3, 13));
  }
}
