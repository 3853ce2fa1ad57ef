package llm265.hardware;

/** The formats that GPUs have engines for, as far as tensors are concerned. */
public enum VideoFormat {
  H264("H.264"), H265("H.265"), AV1("AV1"), JPEG("JPEG");

  private final String title;

  VideoFormat(String title) {
    this.title = title;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }
}
