package llm265.runtime.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import llm265.checkpoint.file.OutputFile;

/**
 * A file from which a run goes on that was ended between its steps. It is of one run, by its description; a file that is of
 * another one, or damaged, is as good as none, since a run can always begin anew.
 */
public final class RunSnapshot {
  /** Steps between two snapshots. */
  static final int PERIOD = 100;

  private final Path file;
  private final String description;

  private RunSnapshot(Path file, String description) {
    this.file = file;
    this.description = description;
  }

  /** One that keeps nothing. */
  public static RunSnapshot none() {
    return new RunSnapshot(null, "");
  }

  /** That of a run. */
  public static RunSnapshot of(Path file, String description) {
    return new RunSnapshot(file, description);
  }

  /**
   * What a run has come to.
   *
   * @param steps that have been made
   * @param sums over the steps, of what is measured
   */
  record State(int steps, float[] weights, byte[] optimizer, double[] sums) {}

  /** Whether this is a time to write one. */
  boolean isDue(int steps) {
    return file != null && steps % PERIOD == 0;
  }

  void write(State state) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(description);
    out.writeInt(state.steps);
    out.writeInt(state.weights.length);
    for (float weight : state.weights) {
      out.writeFloat(weight);
    }
    out.writeInt(state.optimizer.length);
    out.write(state.optimizer);
    out.writeInt(state.sums.length);
    for (double sum : state.sums) {
      out.writeDouble(sum);
    }
    out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
    try (OutputFile output = OutputFile.create(file)) {
      output.write(MemorySegment.ofArray(bytes.toByteArray()));
      output.commit();
    }
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** The state of this run, if the file has it. */
  Optional<State> read() throws IOException {
    if (file == null || !Files.exists(file)) {
      return Optional.empty();
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length - Integer.BYTES;
    if (length < 0 || new DataInputStream(new ByteArrayInputStream(bytes, length, Integer.BYTES)).readInt()
        != checksum(bytes, length)) {
      return Optional.empty();
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
    if (!in.readUTF().equals(description)) {
      return Optional.empty();
    }
    int steps = in.readInt();
    float[] weights = new float[in.readInt()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = in.readFloat();
    }
    byte[] optimizer = in.readNBytes(in.readInt());
    double[] sums = new double[in.readInt()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = in.readDouble();
    }
    return Optional.of(new State(steps, weights, optimizer, sums));
  }

  /** The run is over. */
  void delete() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
    }
  }
}
