import java.nio.file.Files;
import java.nio.file.Path;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;

/** Decodes the I pictures of a stream of any encoder, and says what is left out and what is damaged: DecodeStream IN.264. */
public class DecodeStream {
  public static void main(String[] arguments) throws Exception {
    byte[] stream = Files.readAllBytes(Path.of(arguments[0]));
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY);
    decoder.decode(stream, 0, stream.length, new PictureReceiver() {
      @Override
      public void picture(DecodedPicture decoded) {
        System.out.printf("picture %dx%d, %d bits%n", decoded.picture().format().width(0), decoded.picture().format().height(0),
            decoded.picture().format().bitDepthLuma());
      }

      @Override
      public void leftOut(LeftOutPicture picture) {
        System.out.println("left out: " + picture);
      }

      @Override
      public void noted(StreamException note) {
        System.out.println("passed over: " + note.getMessage());
      }
    });
  }
}
