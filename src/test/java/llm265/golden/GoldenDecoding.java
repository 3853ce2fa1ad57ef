package llm265.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.StreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.parallel.CommonPool;
import llm265.parallel.Workers;

/**
 * What our decoder makes of a stream, and whether the manifest says the same.
 *
 * @param pictures the pictures delivered
 * @param error class and message of the exception, empty without one
 */
record GoldenDecoding(List<Picture> pictures, String error) {
  static GoldenDecoding of(byte[] stream, int threads) {
    List<Picture> pictures = new ArrayList<>();
    try {
      Workers workers = CommonPool.workers(threads);
      H264IntraDecoder.decodeAll(MemorySegment.ofArray(stream), DecoderLimits.DEFAULT, workers, new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          pictures.add(decoded.picture());
        }

        @Override
        public void noted(StreamException fault) {
          // No picture needs it, but it is what the stream is there for.
          throw fault;
        }
      });
      return new GoldenDecoding(pictures, "");
    } catch (StreamException e) {
      return new GoldenDecoding(pictures, e.getClass().getSimpleName() + ": " + e.getMessage());
    }
  }

  /** Where a decoding departs from the manifest; empty when it does not. */
  static String departureFrom(GoldenManifest.Entry entry, int threads) {
    byte[] stream;
    try {
      stream = Files.readAllBytes(entry.path());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    GoldenDecoding decoding = of(stream, threads);
    if (!decoding.error.equals(entry.error())) {
      return entry.file() + ": error \"" + decoding.error + "\", not \"" + entry.error() + "\"";
    }
    if (decoding.pictures.size() != entry.pictures()) {
      return entry.file() + ": " + decoding.pictures.size() + " pictures, not " + entry.pictures();
    }
    if (entry.isGood() && !GoldenManifest.sha256(decoding.pictures).equals(entry.decodedSha256())) {
      return entry.file() + ": samples differ from FFmpeg's";
    }
    return "";
  }

  /** Decodes all golden streams with the kernels of this process; the exit status says whether all were as they must be. */
  public static void main(String[] args) throws IOException {
    int departures = 0;
    for (GoldenManifest.Entry entry : GoldenManifest.read()) {
      String departure = departureFrom(entry, 1);
      if (!departure.isEmpty()) {
        System.out.println(departure);
        departures++;
      }
    }
    System.exit(departures == 0 ? 0 : 1);
  }
}
