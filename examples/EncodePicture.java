import java.io.ByteArrayOutputStream;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.encode.EncodedPicture;
import llm265.h264.encode.H264IntraEncoder;

/** Codes a picture as H.264 and decodes it: the decoder's samples are the encoder's own reconstruction. */
public class EncodePicture {
  public static void main(String[] arguments) throws Exception {
    PictureFormat format = PictureFormat.of8Bit(640, 480, ChromaFormat.YUV420);
    Picture picture = new Picture(format);
    for (int y = 0; y < format.height(0); y++) {
      for (int x = 0; x < format.width(0); x++) {
        picture.samples(0)[y * picture.stride(0) + x] = (short) (128 + 100 * Math.sin(x * 0.05) * Math.cos(y * 0.03));
      }
    }
    picture.fill(1, 110);
    picture.fill(2, 150);

    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE, format);
    EncodedPicture coded = encoder.encode(picture, 27, 0);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.write(encoder.parameterSets());
    stream.write(coded.slices());

    List<Picture> decoded = H264IntraDecoder.decodeAll(stream.toByteArray());
    System.out.printf("%d bytes, %d picture, %s%n", stream.size(), decoded.size(),
        decoded.getFirst().sameSamples(coded.reconstruction()) ? "the encoder's reconstruction" : "something else");
  }
}
