package llm265.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import llm265.parallel.Workers;
import llm265.tensor.format.CodedTile;
import llm265.tensor.format.TileCoder;
import llm265.tensor.format.TilePasses;
import org.apache.hadoop.conf.Configuration;

/**
 * Passes over the tiles of a split tensor: those that have been made are read, and the next one is left to whoever made this.
 * Used once, by one thread.
 */
final class ReplayedPasses implements TilePasses {
  private final SplitTensor tensor;
  private final WorkFolder work;
  private final Configuration configuration;
  private final Next next;
  private int made;

  /** What becomes of the first pass that has not been made. It throws, so that the search ends there. */
  interface Next {
    RuntimeException stop(int tiles, TileCoder coder);
  }

  ReplayedPasses(SplitTensor tensor, WorkFolder work, Configuration configuration, Next next) {
    this.tensor = tensor;
    this.work = work;
    this.configuration = configuration;
    this.next = next;
  }

  @Override
  public void make(int tiles, TileCoder coder, Workers.Consumer<CodedTile> results) {
    int pass = made++;
    if (pass >= tensor.passes().size()) {
      throw next.stop(tiles, coder);
    }
    SplitTensor.Pass plan = tensor.passes().get(pass);
    if (plan.tiles() != tiles) {
      throw new IllegalStateException("pass " + pass + " has " + tiles + " tiles, not " + plan.tiles());
    }
    int[] number = {0};
    for (int range = 0; range < plan.ranges(); range++) {
      try (InputStream in = tensor.file(work, pass, range, configuration).open()) {
        TileFile.read(in, plan.end(range) - plan.begin(range), tile -> results.accept(number[0]++, tile));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
