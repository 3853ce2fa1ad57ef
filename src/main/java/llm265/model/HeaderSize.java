package llm265.model;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.Map;
import llm265.dtype.DType;

/** Size of the header of a compressed model file. It is needed before the file is written, since it is a part of the budget. */
final class HeaderSize {
  private static final int LENGTH_BYTES = 8;

  private HeaderSize() {}

  /**
   * An entry of the file.
   *
   * @param type its type's name
   * @param bytes size of its data
   */
  record Entry(String name, String type, long[] shape, long bytes) {
    /** An entry whose data are bytes. */
    static Entry ofBytes(String name, long bytes) {
      return new Entry(name, DType.U8.name(), new long[] {bytes}, bytes);
    }
  }

  /**
   * Size of the JSON text.
   *
   * @param metadata all metadata, including the index
   */
  static long ofJson(Map<String, String> metadata, List<Entry> entries) {
    long bytes = "{\"__metadata__\":{}}".length();
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      bytes += quoted(entry.getKey()) + quoted(entry.getValue()) + ":,".length();
    }
    // There is one comma fewer than metadata, and one more for each entry.
    bytes--;
    long begin = 0;
    for (Entry entry : entries) {
      long end = begin + entry.bytes();
      bytes += quoted(entry.name()) + ",:{\"dtype\":\"\",\"shape\":[],\"data_offsets\":[,]}".length()
          + entry.type().length() + digits(entry.shape()) + digits(begin) + digits(end);
      begin = end;
    }
    return bytes;
  }

  /** Size of the part of the file before the data, for a given size of the JSON text. */
  static long ofFile(long jsonBytes) {
    return LENGTH_BYTES + ((jsonBytes + 7) & -8);
  }

  private static long quoted(String text) {
    return 2 + JsonStringEncoder.getInstance().quoteAsUTF8(text).length;
  }

  private static long digits(long... numbers) {
    long digits = Math.max(0, numbers.length - 1);
    for (long number : numbers) {
      digits += Long.toString(number).length();
    }
    return digits;
  }
}
