package llm265.h264.container;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import llm265.h264.StreamException;
import llm265.h264.container.Boxes.Box;

/**
 * ISO/IEC 14496-12, 8.8: the samples of a track in the movie fragments of a file, in their order in the file.
 *
 * <p>Fragments are read one after another, on request. Run tables stay in the file and are read entry by entry.
 */
final class MovieFragments implements SampleRow {
  private static final int BASE_DATA_OFFSET_PRESENT = 1;
  private static final int SAMPLE_DESCRIPTION_INDEX_PRESENT = 2;
  private static final int DEFAULT_SAMPLE_DURATION_PRESENT = 8;
  private static final int DEFAULT_SAMPLE_SIZE_PRESENT = 0x10;
  private static final int DEFAULT_BASE_IS_MOOF = 0x20000;

  private static final int DATA_OFFSET_PRESENT = 1;
  private static final int FIRST_SAMPLE_FLAGS_PRESENT = 4;
  private static final int SAMPLE_DURATION_PRESENT = 0x100;
  private static final int SAMPLE_SIZE_PRESENT = 0x200;
  /** Each of the four fields that an entry of a run may have takes four bytes. */
  private static final int SAMPLE_FIELDS_PRESENT = 0xF00;

  /** More bytes than any file has; sums of sizes are capped here. */
  private static final long BEYOND_ANY_FILE = 1L << 62;

  /** 8.8.3: the defaults that a trex box gives for a track, or a tfhd box for a fragment of it. */
  private record Defaults(long description, long sampleSize) {
    static final Defaults NONE = new Defaults(1, 0);
  }

  /**
   * 8.8.8: a trun box.
   *
   * @param count sample_count
   * @param entries position of its table in the box
   * @param entryBytes size of an entry; may be 0
   * @param sizeAt position of sample_size in an entry, or -1 if all samples have the default size
   */
  private record Run(Box trun, long count, long entries, int entryBytes, int sizeAt, Defaults defaults, long offset) {
    long size(long sample) {
      return sizeAt < 0 ? defaults.sampleSize : trun.unsignedInt(entries + sample * entryBytes + sizeAt);
    }

    /** Offset after the run in the file. */
    long end() {
      if (sizeAt < 0) {
        boolean tooMany = count > 0 && defaults.sampleSize > BEYOND_ANY_FILE / count;
        return offset + (tooMany ? BEYOND_ANY_FILE : count * defaults.sampleSize);
      }
      long end = offset;
      for (long i = 0; i < count; i++) {
        end += size(i);
      }
      return end;
    }
  }

  private final Iterator<Box> boxes;
  private final long trackId;
  private final Map<Long, Defaults> defaultsByTrack = new HashMap<>();
  private final Consumer<StreamException> notes;
  /** The runs that are left of the fragment that was read last. */
  private final Deque<Run> runs = new ArrayDeque<>();

  private Run run;
  private long sampleOfRun;
  private long number;
  private long offset;
  private long size;

  /**
   * The fragments after a moov box.
   *
   * @param trackId track_ID of the track
   * @param firstNumber number of samples of the track before the fragments
   */
  MovieFragments(Box moov, long trackId, long firstNumber, Consumer<StreamException> notes) {
    this.boxes = Boxes.behind(moov, notes).iterator();
    this.trackId = trackId;
    this.notes = notes;
    number = firstNumber - 1;
    Optional<Box> mvex = moov.children(0).first("mvex");
    if (mvex.isPresent()) {
      for (Box trex : mvex.get().children(0)) {
        if (trex.type().equals("trex")) {
          defaultsByTrack.put(trex.unsignedInt(4), new Defaults(trex.unsignedInt(8), trex.unsignedInt(16)));
        }
      }
    }
  }

  @Override
  public boolean next() {
    offset += size;
    while (run == null || sampleOfRun >= run.count) {
      run = null;
      size = 0;
      if (!runs.isEmpty()) {
        run = runs.remove();
        sampleOfRun = 0;
        offset = run.offset;
      } else if (boxes.hasNext()) {
        Box box = boxes.next();
        if (box.type().equals("moof")) {
          readFragment(box);
        }
      } else {
        return false;
      }
    }
    size = run.size(sampleOfRun++);
    number++;
    return true;
  }

  /** 8.8.4: the runs of the track in a fragment. Those of other tracks are read too, since they may say where data begin. */
  private void readFragment(Box moof) {
    long base = moof.offset();
    for (Box traf : moof.children(0)) {
      if (traf.type().equals("traf")) {
        base = readTrackFragment(moof, traf, base);
      }
    }
  }

  /**
   * 8.8.7 and 8.8.8: the runs of a track in a fragment.
   *
   * @param behindLast where the data of the track fragment before it end, or where the moof box begins
   * @return where the data end
   */
  private long readTrackFragment(Box moof, Box traf, long behindLast) {
    Box tfhd = traf.children(0).first("tfhd").orElseThrow(() -> traf.malformed("there is no tfhd box in it"));
    long flags = tfhd.unsignedInt(0);
    long track = tfhd.unsignedInt(4);
    Defaults defaults = defaultsByTrack.getOrDefault(track, Defaults.NONE);
    int at = 8;
    long base = (flags & DEFAULT_BASE_IS_MOOF) != 0 ? moof.offset() : behindLast;
    if ((flags & BASE_DATA_OFFSET_PRESENT) != 0) {
      base = tfhd.longInt(at);
      at += 8;
    }
    if ((flags & SAMPLE_DESCRIPTION_INDEX_PRESENT) != 0) {
      defaults = new Defaults(tfhd.unsignedInt(at), defaults.sampleSize);
      at += 4;
    }
    at += (flags & DEFAULT_SAMPLE_DURATION_PRESENT) != 0 ? 4 : 0;
    if ((flags & DEFAULT_SAMPLE_SIZE_PRESENT) != 0) {
      defaults = new Defaults(defaults.description, tfhd.unsignedInt(at));
    }
    long end = base;
    for (Box trun : traf.children(0)) {
      if (trun.type().equals("trun")) {
        Run next = run(trun, defaults, base, end);
        end = next.end();
        if (track == trackId) {
          add(next);
        }
      }
    }
    return end;
  }

  private static Run run(Box trun, Defaults defaults, long base, long behindLast) {
    long flags = trun.unsignedInt(0);
    long count = trun.unsignedInt(4);
    int at = 8;
    long offset = behindLast;
    if ((flags & DATA_OFFSET_PRESENT) != 0) {
      offset = base + (int) trun.unsignedInt(at);
      at += 4;
    }
    at += (flags & FIRST_SAMPLE_FLAGS_PRESENT) != 0 ? 4 : 0;
    int entryBytes = 4 * Long.bitCount(flags & SAMPLE_FIELDS_PRESENT);
    if (entryBytes > 0) {
      trun.requireTable(count, at, entryBytes);
    }
    boolean hasSize = (flags & SAMPLE_SIZE_PRESENT) != 0;
    int sizeAt = !hasSize ? -1 : (flags & SAMPLE_DURATION_PRESENT) != 0 ? 4 : 0;
    return new Run(trun, count, at, entryBytes, sizeAt, defaults, offset);
  }

  private void add(Run next) {
    if (next.sizeAt < 0 && next.defaults.sampleSize == 0 && next.count > 0) {
      // No table bounds their number.
      notes.accept(next.trun.malformed("its " + next.count + " samples have no bytes"));
      number += next.count;
    } else {
      runs.add(next);
    }
  }

  @Override
  public void skipChunk() {
    number += run.count - sampleOfRun;
    sampleOfRun = run.count;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public long offset() {
    return offset;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long description() {
    return run.defaults.description;
  }
}
