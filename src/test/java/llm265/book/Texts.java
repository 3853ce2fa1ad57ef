package llm265.book;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import llm265.cli.CommandRun;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.trace.StreamTrace;
import llm265.h264.trace.SyntaxText;

/** Numbers, bits, matrices and syntax elements as the book prints them. */
final class Texts {
  private static final Map<String, Picture> PICTURES = new ConcurrentHashMap<>();
  private static final Map<List<String>, List<String>> PRINTED = new ConcurrentHashMap<>();

  private Texts() {}

  /** What a command prints; it is run once. */
  static List<String> printed(Object... command) {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    return PRINTED.computeIfAbsent(words, key -> CommandRun.succeed(key.toArray()).lines().toList());
  }

  /** Numbers with one space between them. */
  static String list(int... numbers) {
    return Arrays.stream(numbers).mapToObj(Integer::toString).collect(Collectors.joining(" "));
  }

  /** Hexadecimal bytes with one space between them. */
  static String hex(byte[] bytes) {
    return IntStream.range(0, bytes.length).mapToObj(i -> String.format("%02x", bytes[i])).collect(Collectors.joining(" "));
  }

  /** Rows of numbers, each in a column of the widest one's width. */
  static String matrix(int columns, int... numbers) {
    int width = Arrays.stream(numbers).map(number -> Integer.toString(number).length()).max().orElseThrow();
    String cell = "%" + width + "d";
    return IntStream.range(0, numbers.length / columns)
        .mapToObj(row -> IntStream.range(0, columns).mapToObj(column -> String.format(cell, numbers[row * columns + column]))
            .collect(Collectors.joining(" ")))
        .collect(Collectors.joining("\n"));
  }

  /** Lines of cells, aligned to the left in columns with two spaces between them. */
  static String table(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    rows.forEach(row -> Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length())));
    return rows.stream().map(row -> IntStream.range(0, columns)
            .mapToObj(i -> String.format("%-" + widths[i] + "s", row.get(i))).collect(Collectors.joining("  ")).stripTrailing())
        .collect(Collectors.joining("\n"));
  }

  /** The first bits that a writer has. */
  static String bits(RbspWriter writer) {
    int count = (int) writer.bitPosition();
    writer.writeBits(7, 0);
    byte[] bytes = writer.toByteArray();
    return IntStream.range(0, count).mapToObj(i -> Integer.toString((bytes[i / 8] >> (7 - i % 8)) & 1))
        .collect(Collectors.joining());
  }

  static String ue(long value) {
    RbspWriter writer = new RbspWriter();
    writer.writeUe(value);
    return bits(writer);
  }

  static String se(int value) {
    RbspWriter writer = new RbspWriter();
    writer.writeSe(value);
    return bits(writer);
  }

  /** Samples of a stream of the book, row by row. */
  static int[] samples(String stream, int plane) {
    Picture picture = PICTURES.computeIfAbsent(stream, name -> H264IntraDecoder.decodeAll(BookStreams.get(name)).getFirst());
    int width = plane == 0 ? 16 * picture.format().widthInMbs() : 8 * picture.format().widthInMbs();
    int height = plane == 0 ? 16 : 8;
    int[] samples = new int[width * height];
    Arrays.setAll(samples, i ->
        picture.samples(plane)[picture.first(plane) + i / width * picture.stride(plane) + i % width]);
    return samples;
  }

  /** A 4x4 block of samples whose rows are {@code stride} apart. */
  static int[] block(int[] samples, int stride, int x, int y) {
    int[] block = new int[16];
    Arrays.setAll(block, i -> samples[(y + i / 4) * stride + x + i % 4]);
    return block;
  }

  /** What {@code inspect --trace} prints of a stream of the book. */
  static List<String> trace(String stream, Object... options) {
    Object[] command = new Object[options.length + 3];
    command[0] = "inspect";
    command[1] = Chapter.BOOK.resolve("streams").resolve(stream);
    command[2] = "--trace";
    System.arraycopy(options, 0, command, 3, options.length);
    return printed(command);
  }

  /** The same of any stream, of its first macroblock. */
  static List<String> trace(byte[] stream) {
    List<String> lines = new ArrayList<>();
    StreamTrace.trace(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, StreamTrace.ALL, 0, new SyntaxText(lines::add));
    return lines;
  }

  /** The elements among lines of a trace: position, clause, name, value, code. */
  static List<String[]> elements(List<String> trace) {
    return trace.stream().filter(line -> line.matches(" {2}\\d.*")).map(line -> line.strip().split(" ")).toList();
  }

  /** Elements with their codes first. */
  static String codes(List<String[]> elements) {
    return table(elements.stream().map(element -> List.of(element[4], element[2], element[3])).toList());
  }

  static String[] element(String stream, String name) {
    return elements(trace(stream)).stream().filter(element -> element[2].equals(name)).findFirst().orElseThrow();
  }
}
