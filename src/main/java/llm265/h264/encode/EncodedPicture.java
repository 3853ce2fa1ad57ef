package llm265.h264.encode;

import llm265.h264.Picture;

/**
 * One coded picture.
 *
 * @param slices its slice NAL units in Annex B form
 * @param reconstruction what every decoder makes of them, deblocking included; the encoder does not change it afterwards
 */
public record EncodedPicture(byte[] slices, Picture reconstruction) {}
