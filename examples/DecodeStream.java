import java.nio.file.Files;
import java.nio.file.Path;
import llm265.h264.DecoderLimits;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.LeftOutPicture;
import llm265.h264.decode.PictureReceiver;

/** Decodes the I pictures of any encoder's stream, and reports which pictures it leaves out: DecodeStream IN.264. */
public class DecodeStream {
  public static void main(String[] arguments) throws Exception {
    byte[] stream = Files.readAllBytes(Path.of(arguments[0]));
    H264IntraDecoder decoder = new H264IntraDecoder(DecoderLimits.DEFAULT, DecodingMode.INTRA_ONLY);
    decoder.decode(stream, 0, stream.length, new PictureReceiver() {
      @Override
      public void picture(DecodedPicture decoded) {
        PictureFormat format = decoded.picture().format();
        System.out.printf("picture %d: %dx%d, %d bits%n",
            decoded.index(), format.width(0), format.height(0), format.bitDepthLuma());
      }

      @Override
      public void leftOut(LeftOutPicture picture) {
        System.out.printf("picture %d: left out, slices %s%n", picture.index(), picture.sliceTypes());
      }

      @Override
      public void noted(StreamException note) {
        System.out.println("note: " + note.getMessage());
      }
    });
  }
}
