package llm265.h264.generate;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;

/** A change of one instruction of a method, or of the pair of instructions that it stands for. */
record CodeChange(Match match, int nth, Replacement replacement) {
  interface Match {
    boolean matches(CodeElement element);
  }

  interface Replacement {
    void write(CodeBuilder builder, CodeElement element);
  }

  /** The {@code nth} constant of a value, from 0, becomes another. */
  static CodeChange constant(int from, int nth, int to) {
    return new CodeChange(element -> element instanceof ConstantInstruction constant
        && constant.constantValue() instanceof Integer value && value == from, nth,
        (builder, element) -> builder.loadConstant(to));
  }

  static CodeChange longConstant(long from, int nth, long to) {
    return new CodeChange(element -> element instanceof ConstantInstruction constant
        && constant.constantValue() instanceof Long value && value == from, nth, (builder, element) -> builder.loadConstant(to));
  }

  /** An operator becomes another with the same operands. */
  static CodeChange operator(Opcode from, int nth, Opcode to) {
    return new CodeChange(element -> element instanceof OperatorInstruction operator && operator.opcode() == from, nth,
        (builder, element) -> builder.with(OperatorInstruction.of(to)));
  }

  /** A branch is taken when it would not be, and the other way round. */
  static CodeChange branch(Opcode from, int nth, Opcode to) {
    return new CodeChange(element -> element instanceof BranchInstruction branch && branch.opcode() == from, nth,
        (builder, element) -> builder.with(BranchInstruction.of(to, ((BranchInstruction) element).target())));
  }

  /** A branch on one value is never taken. */
  static CodeChange neverBranch(Opcode from, int nth) {
    return new CodeChange(element -> element instanceof BranchInstruction branch && branch.opcode() == from, nth,
        (builder, element) -> builder.pop());
  }

  /** An int, a boolean or a reference is not stored in a field of an object. */
  static CodeChange notStored(String field, int nth) {
    return new CodeChange(element -> element instanceof FieldInstruction store && store.opcode() == Opcode.PUTFIELD
        && store.name().equalsString(field), nth, (builder, element) -> builder.pop2());
  }

  /** A call of a method without result and with one argument beside the object is left out. */
  static CodeChange notCalled(String method, int nth) {
    return new CodeChange(element -> element instanceof InvokeInstruction call && call.name().equalsString(method), nth,
        (builder, element) -> builder.pop2());
  }

  CodeTransform transform() {
    return new CodeTransform() {
      private int seen;

      @Override
      public void accept(CodeBuilder builder, CodeElement element) {
        if (match.matches(element) && seen++ == nth) {
          replacement.write(builder, element);
        } else {
          builder.with(element);
        }
      }
    };
  }
}
