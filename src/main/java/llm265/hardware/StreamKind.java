package llm265.hardware;

/** The kinds of streams that this program writes, by what a decoder must take to play them. */
public enum StreamKind {
  /** High profile: what compress writes unless it is told otherwise, lossless tensors included. */
  DEFAULT("default", "compress, and compress --lossless", "420/8"),
  /** High 10 profile. */
  TEN_BITS("10 bits", "--depth 9 and 10", "420/10"),
  /** High profile without chroma. */
  MONOCHROME("4:0:0", "--monochrome", "400/8"),
  /** High 4:4:4 Predictive profile: deeper samples, and pictures that are lossless by themselves. */
  BYPASS("bypass, 11+ bits", "--transform-bypass, --depth 11 to 14", "444/14");

  private final String title;
  private final String options;
  private final String format;

  StreamKind(String title, String options, String format) {
    this.title = title;
    this.options = options;
    this.format = format;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  /** The options that write it. */
  public String options() {
    return options;
  }

  /** Whether an engine that decodes H.264 so plays it. */
  public Answer playsOn(Capability h264) {
    return h264.takes(format);
  }
}
