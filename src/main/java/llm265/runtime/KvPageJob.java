package llm265.runtime;

import java.lang.foreign.MemorySegment;

/**
 * A page to encode or to decode in a batch: where its tokens are, where its bytes are, and what became of it.
 */
public final class KvPageJob {
  /** What became of a job. */
  public enum Status {
    WAITING,
    DONE,
    /** The bytes are damaged, or of another cache: a miss. Nothing was written for the layers at fault. */
    DAMAGED,
    /** The arguments do not fit. */
    REFUSED
  }

  private final KvView view;
  private final int viewToken;
  private final int firstToken;
  private final int tokens;
  private final int layerFrom;
  private final int layerTo;
  private final MemorySegment bytes;
  private volatile Status status = Status.WAITING;
  private long length;
  private String problem = "";

  /**
   * @param view the tokens of keys and values
   * @param viewToken where in the view the page begins
   * @param firstToken of the page in its sequence
   * @param tokens of the page
   * @param layerFrom first layer of the page
   * @param layerTo last layer plus 1
   * @param bytes of the page: to encode, room for {@link KvCodec#maxPageBytes}; to decode, the page and nothing else
   */
  public KvPageJob(
      KvView view, int viewToken, int firstToken, int tokens, int layerFrom, int layerTo, MemorySegment bytes) {
    this.view = view;
    this.viewToken = viewToken;
    this.firstToken = firstToken;
    this.tokens = tokens;
    this.layerFrom = layerFrom;
    this.layerTo = layerTo;
    this.bytes = bytes;
  }

  KvView view() {
    return view;
  }

  int viewToken() {
    return viewToken;
  }

  int firstToken() {
    return firstToken;
  }

  int tokens() {
    return tokens;
  }

  int layerFrom() {
    return layerFrom;
  }

  int layerTo() {
    return layerTo;
  }

  MemorySegment bytes() {
    return bytes;
  }

  void done(long pageBytes) {
    length = pageBytes;
    status = Status.DONE;
  }

  void failed(Status how, String why) {
    problem = why;
    status = how;
  }

  /** May be asked while the batch runs. */
  public Status status() {
    return status;
  }

  /** Bytes of the page, once it is done. */
  public long length() {
    return length;
  }

  /** What is wrong, in one line; empty where nothing is. */
  public String problem() {
    return problem;
  }
}
