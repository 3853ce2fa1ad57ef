package llm265.h264.syntax;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.MalformedStreamException;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * 7.3.3.3 Decoded reference picture marking syntax. Intra pictures refer to no other picture, but their marking must be parsed
 * to find what follows it.
 *
 * @param noOutputOfPriorPicsFlag IDR pictures: no_output_of_prior_pics_flag
 * @param longTermReferenceFlag IDR pictures: long_term_reference_flag
 * @param adaptiveRefPicMarkingModeFlag other pictures: adaptive_ref_pic_marking_mode_flag
 * @param operations other pictures: the operations before the one that ends the list
 */
public record DecRefPicMarking(
    boolean noOutputOfPriorPicsFlag,
    boolean longTermReferenceFlag,
    boolean adaptiveRefPicMarkingModeFlag,
    List<Operation> operations) {

  /** The plain case: sliding window, or an IDR picture that is no long-term reference. */
  public static final DecRefPicMarking NONE = new DecRefPicMarking(false, false, false, List.of());

  private static final String CLAUSE = "7.4.3.3";
  /** Each operation removes or renames a field of at most 16 frames; more than a few for each make no sense. */
  private static final int MAX_OPERATIONS = 66;

  /**
   * memory_management_control_operation, 1 to 6, and its operands: {@code first} and {@code second} in the order of the
   * syntax, 0 for an operand that it does not have.
   */
  public record Operation(int memoryManagementControlOperation, int first, int second) {}

  public DecRefPicMarking {
    operations = List.copyOf(operations);
  }

  /** Whether memory_management_control_operation 5 is present: no picture before this one stays a reference. */
  public boolean forgetsAllPictures() {
    return operations.stream().anyMatch(operation -> operation.memoryManagementControlOperation() == 5);
  }

  static DecRefPicMarking parse(RbspReader reader, boolean idrPicFlag) {
    return reader.readStructure(
        "dec_ref_pic_marking", marking -> idrPicFlag ? parseIdr(marking) : parseNonIdr(marking));
  }

  private static DecRefPicMarking parseIdr(RbspReader reader) {
    return new DecRefPicMarking(
        reader.readFlag("no_output_of_prior_pics_flag"), reader.readFlag("long_term_reference_flag"), false, List.of());
  }

  private static DecRefPicMarking parseNonIdr(RbspReader reader) {
    boolean adaptive = reader.readFlag("adaptive_ref_pic_marking_mode_flag");
    return new DecRefPicMarking(false, false, adaptive, adaptive ? parseOperations(reader) : List.of());
  }

  private static List<Operation> parseOperations(RbspReader reader) {
    List<Operation> operations = new ArrayList<>();
    while (true) {
      int code = reader.readUe("memory_management_control_operation", CLAUSE, 6);
      if (code == 0) {
        return operations;
      }
      if (operations.size() == MAX_OPERATIONS) {
        throw new MalformedStreamException(
            "memory_management_control_operation", CLAUSE, "more than " + MAX_OPERATIONS + " of them");
      }
      operations.add(
          switch (code) {
            case 1 -> new Operation(code, readNumber(reader, "difference_of_pic_nums_minus1"), 0);
            case 2 -> new Operation(code, readNumber(reader, "long_term_pic_num"), 0);
            case 3 ->
                new Operation(
                    code, readNumber(reader, "difference_of_pic_nums_minus1"), readNumber(reader, "long_term_frame_idx"));
            case 4 -> new Operation(code, readNumber(reader, "max_long_term_frame_idx_plus1"), 0);
            case 6 -> new Operation(code, readNumber(reader, "long_term_frame_idx"), 0);
            default -> new Operation(code, 0, 0);
          });
    }
  }

  /** Picture numbers and frame indices are bounded by what has been decoded, which is not known here. */
  private static int readNumber(RbspReader reader, String name) {
    return reader.readUe(name, CLAUSE, Integer.MAX_VALUE);
  }

  void write(RbspWriter writer, boolean idrPicFlag) {
    if (idrPicFlag) {
      writer.writeFlag(noOutputOfPriorPicsFlag);
      writer.writeFlag(longTermReferenceFlag);
      return;
    }
    writer.writeFlag(adaptiveRefPicMarkingModeFlag);
    if (!adaptiveRefPicMarkingModeFlag) {
      return;
    }
    for (Operation operation : operations) {
      int code = operation.memoryManagementControlOperation();
      writer.writeUe(code);
      if (code != 5) {
        writer.writeUe(operation.first());
      }
      if (code == 3) {
        writer.writeUe(operation.second());
      }
    }
    writer.writeUe(0);
  }
}
