package llm265.runtime;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import llm265.h264.MalformedStreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.parallel.Workers;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvPart;

/**
 * A sequence in a file, or in memory. Bytes of cells that nobody asks for are not read. Thread-safe.
 */
public final class KvCacheReader extends KvCacheSource {
  private KvCacheReader(KvCells cells, KvSequence sequence) {
    super(cells, sequence);
  }

  /**
   * Opens a sequence.
   *
   * @param file what {@link KvCacheWriter#serialise} gave; must not change while it is read
   * @param expected what it has to be of; null for any cache
   * @param profile that it was coded with; null for none
   * @throws MalformedStreamException if the header or the context record is damaged
   * @throws UnsupportedStreamException if it is of another cache, and in which field; of another profile, or another version
   */
  public static KvCacheReader open(MemorySegment file, KvSpec expected, CoefficientModels profile) {
    KvFile.Opened opened = KvFile.read(file, expected, profile);
    return new KvCacheReader(opened.cells(), opened.sequence());
  }

  /** Opens a sequence that has no profile. */
  public static KvCacheReader open(byte[] file, KvSpec expected) {
    return open(MemorySegment.ofArray(file), expected, null);
  }

  /**
   * Maps a file into memory, as long as it is needed.
   *
   * @throws IOException if it cannot be read
   */
  public static KvCacheReader open(Path file, KvSpec expected, CoefficientModels profile) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return open(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()), expected, profile);
    }
  }

  /** Whether bytes begin as such a file. */
  public static boolean isKvFile(MemorySegment bytes) {
    return KvFile.isKvFile(bytes);
  }

  /** The same sequence, whose layers are decoded by more threads, the calling one included. */
  public KvCacheReader withThreads(Executor executor, int threads) {
    return new KvCacheReader(cells().with(new Workers(executor, threads)), sequence());
  }

  /**
   * Something that is damaged.
   *
   * @param page -1 for tokens that are kept as they are
   * @param layer -1 for all
   * @param part null for all
   * @param problem in one line
   */
  public record Damage(int page, int layer, KvPart part, String problem) {}

  /** Whether a cell is damaged by itself; nobody knows behind a page whose place in the file is damaged. */
  private boolean isDamaged(int page, int layer, KvPart part, int group) {
    try {
      sequence().requireWhole(page, layer, part, group);
      return false;
    } catch (KvCellException e) {
      return e.page() == page && (e.layer() < 0 || e.part() == part);
    }
  }

  /**
   * Looks at every byte; returns what is damaged, in the order of the file. A cell that is whole still cannot be read where one
   * is not that its axes are learned from.
   */
  public List<Damage> verify() {
    List<Damage> damages = new ArrayList<>();
    for (int p = 0; p < pages(); p++) {
      KvSequence.Entry entry = sequence().entries().get(p);
      if (entry.damage() != null) {
        damages.add(new Damage(p, -1, null, entry.damage()));
      }
      for (int cell = 0; entry.page() != null && cell < entry.page().cells(); cell++) {
        int layer = entry.page().layerFrom() + cell / cells().format().cells(1);
        KvPart part = cells().format().part(cell);
        if (isDamaged(p, layer, part, cell % spec().groups())) {
          damages.add(new Damage(p, layer, part, "its checksum is not that of its bytes"));
        }
      }
    }
    for (int layer = 0; layer < spec().layers(); layer++) {
      for (KvPart part : KvPart.values()) {
        boolean isWhole = (sequence().sinks().tokens() == 0 || sequence().sinks().isWhole(layer, part))
            && (sequence().tail().tokens() == 0 || sequence().tail().isWhole(layer, part));
        if (!isWhole) {
          damages.add(new Damage(-1, layer, part, "the checksum of raw tokens is not that of their bytes"));
        }
      }
    }
    return damages;
  }
}
