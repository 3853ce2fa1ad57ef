package llm265.tensor;

/** How tensors are coded. */
public enum Codec {
  /** As H.264 pictures, which play anywhere and which NVDEC decodes. */
  H264,
  /** By trellis, without pictures: fewer bits where neighbours do not resemble each other, and many times faster. */
  TRINITY,
  /** Whichever takes fewer bits for the quality, by measurement. */
  AUTO
}
