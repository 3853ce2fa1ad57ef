package llm265.fuzz;

import java.io.IOException;
import java.util.List;

/**
 * An entry that takes bytes from outside. A class for each kind of entry, listed in {@link FuzzTargets}.
 *
 * <p>What a run throws is a finding, and so is a run that takes longer or more memory than {@link FuzzRun} allows. So a target
 * catches the exceptions that its entry documents, and checks what must hold of them and of values.
 */
interface FuzzTarget {
  /** A name for a folder and for {@code -Dfuzz.target}. */
  String name();

  /** Small inputs that reach far, to start from. */
  List<byte[]> seeds() throws IOException;

  /** Passes some bytes to the entry. */
  void run(byte[] input) throws Exception;
}
