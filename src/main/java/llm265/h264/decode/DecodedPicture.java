package llm265.h264.decode;

import java.util.List;
import llm265.h264.Picture;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;

/**
 * A picture as it leaves the decoder.
 *
 * @param picture its samples. The receiver may keep them unless {@link PictureReceiver#keepsPictures} is false. A field that
 *     stands alone has only its own rows, half the height of a frame
 * @param index its number in the stream, from 0
 * @param byteOffset offset of its first slice NAL unit in the stream
 * @param sei the SEI messages of its access unit, or of both access units of a pair of fields, in order
 * @param sps the active sequence parameter set
 * @param pps the picture parameter set of its first slice
 * @param slices its slice headers in decoding order
 */
public record DecodedPicture(
    Picture picture,
    int index,
    long byteOffset,
    List<Sei.Message> sei,
    SeqParameterSet sps,
    PicParameterSet pps,
    List<SliceHeader> slices) {}
