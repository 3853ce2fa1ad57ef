package llm265.model;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import java.util.Map;
import llm265.dtype.TensorView;

/** Size of the header of a compressed model file. It is needed before the file is written, since it is a part of the budget. */
final class HeaderSize {
  private static final int LENGTH_BYTES = 8;

  private HeaderSize() {}

  /**
   * Size of the JSON text.
   *
   * @param metadata all metadata, including the index
   * @param sizes size of each tensor's data in the file
   * @param coded which tensors are streams
   */
  static long ofJson(Map<String, String> metadata, List<TensorView> tensors, long[] sizes, boolean[] coded) {
    long bytes = "{\"__metadata__\":{}}".length();
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      bytes += quoted(entry.getKey()) + quoted(entry.getValue()) + ":,".length();
    }
    // There is one comma fewer than metadata, and one more for each tensor.
    bytes--;
    long begin = 0;
    for (int i = 0; i < sizes.length; i++) {
      TensorView tensor = tensors.get(i);
      long end = begin + sizes[i];
      String type = coded[i] ? "U8" : tensor.dtype().name();
      long shape = coded[i] ? digits(sizes[i]) : digits(tensor.shape());
      bytes += quoted(tensor.name()) + ",:{\"dtype\":\"\",\"shape\":[],\"data_offsets\":[,]}".length()
          + type.length() + shape + digits(begin) + digits(end);
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
