package llm265.model;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import llm265.checkpoint.Checkpoint;
import llm265.data.DataEncoder;
import llm265.dtype.TensorView;

/**
 * The header of the file that a model was made of, where it says more than tensors and metadata do. A compressed file keeps it,
 * so that the same file can be made again.
 *
 * @param format the file's format, as {@link Checkpoint#format} names it
 * @param entry name of the entry that holds it
 * @param data the header as a data file; SPEC.md, "Data files"
 */
public record SourceHeader(String format, String entry, MemorySegment data) {
  private static final String ENTRY = "llm265.source";

  /** The header of a checkpoint, if it has one. */
  static Optional<SourceHeader> of(Checkpoint input) {
    return input.header().map(header -> {
      Set<String> names = input.tensors().stream().map(TensorView::name).collect(Collectors.toSet());
      String entry = ENTRY;
      while (names.contains(entry)) {
        entry += "_";
      }
      return new SourceHeader(input.format(), entry, MemorySegment.ofArray(DataEncoder.ofBytes().encode(header)));
    });
  }
}
