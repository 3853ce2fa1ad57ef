package llm265.oracle.suite;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.decode.OutputFrames;
import llm265.image.PictureDump;
import llm265.oracle.FrameSelection;
import llm265.oracle.StreamComparison;
import llm265.oracle.StreamComparison.Difference;
import llm265.oracle.StreamNotes;
import llm265.parallel.Workers;

/**
 * Compares the samples that a program has written with what is known of them, and finds the first one that differs.
 *
 * <p>A digest only says that something differs. Where it does, our decoder decodes the stream, and its samples are compared with
 * the program's; of a stream with P and B pictures, those of the I pictures.
 */
final class OutputComparison {
  private static final String NAME = "the program's output";

  private final SuiteStream stream;
  private final MemorySegment bytes;
  private final Path output;
  private final ExpectedSamples expected;

  OutputComparison(SuiteStream stream, MemorySegment bytes, Path output) {
    this.stream = stream;
    this.bytes = bytes;
    this.output = output;
    expected = stream.expected();
  }

  /**
   * Where the output departs from what it should be.
   *
   * @throws IOException if the output cannot be read
   */
  Optional<Difference> departure() throws IOException {
    if (isAsExpected()) {
      return Optional.empty();
    }
    OwnDecoding own = OwnDecoding.of(bytes, expected.algorithm());
    if (own.fault() != null) {
      return Optional.of(difference(digestSentence() + "; our decoder cannot say where: " + own.fault().getMessage()));
    }
    // Of 4:0:0 there are two layouts; nothing may be known but our own samples.
    boolean ours = !expected.tellsAll() || !expected.all().isEmpty() && own.digest().isOfAll(expected.all());
    if (!own.hasOthers() && ours && own.digest().isOfAll(digestOfFile())) {
      return Optional.empty();
    }
    Optional<Difference> found = ofPictures(bytes, own, output, NAME);
    if (found.isPresent()) {
      return found;
    }
    if (own.hasOthers()) {
      // Of some streams only the I pictures are known.
      return !expected.tellsAll() ? Optional.empty()
          : Optional.of(difference(digestSentence() + "; its I pictures are right" + firstOtherPicture()));
    }
    return ours ? Optional.empty()
        : Optional.of(difference("all samples are as our decoder has them, but not as the suite says: is it right?"));
  }

  private static Difference difference(String sentence) {
    return new Difference(sentence, List.of(), "");
  }

  private boolean isAsExpected() throws IOException {
    if (expected.dump() != null) {
      return Files.mismatch(output, expected.dump()) == -1;
    }
    if (expected.all().isEmpty()) {
      return !expected.pictures().isEmpty()
          && digestOfFrames().filter(digest -> digest.firstOther(expected.pictures()) < 0).isPresent();
    }
    if (digestOfFile().equals(expected.all().toLowerCase(Locale.ROOT))) {
      return true;
    }
    Optional<SampleDigest> frames = digestOfFrames();
    return frames.isPresent() && frames.get().isOfAll(expected.all());
  }

  private String digestOfFile() throws IOException {
    MessageDigest digest = SampleDigest.digest(expected.algorithm());
    try (InputStream in = new DigestInputStream(Files.newInputStream(output), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Digests of the frames in a raw or .y4m file; nothing if it does not hold just the stream's frames. */
  private Optional<SampleDigest> digestOfFrames() throws IOException {
    SampleDigest digest = new SampleDigest(expected.algorithm());
    try (PictureDump dump = DumpFile.open(output, NAME)) {
      for (OutputFrames.Frame frame : OutputFrames.of(bytes, DecoderLimits.DEFAULT)) {
        byte[] samples = dump.next(frame.format());
        if (samples.length != PictureDump.pictureBytes(frame.format())) {
          return Optional.empty();
        }
        digest.add(samples, frame.format());
      }
      return dump.left() == 0 ? Optional.of(digest) : Optional.empty();
    } catch (StreamException e) {
      return Optional.empty();
    }
  }

  private String digestSentence() throws IOException {
    long size = Files.size(output);
    return expected.dump() != null ? "the " + size + " bytes are not those of " + expected.dump().getFileName()
        : expected.all().isEmpty() ? "the samples are not those of the list"
        : "the " + expected.algorithm() + " of the samples is " + digestOfFile() + ", not " + expected.all();
  }

  private String firstOtherPicture() throws IOException {
    int other = expected.pictures().isEmpty() ? -1
        : digestOfFrames().map(digest -> digest.firstOther(expected.pictures())).orElse(-1);
    return other < 0 ? "" : ", and picture " + other + " is the first that is not";
  }

  /**
   * Compares a dump of a stream's pictures with those of our decoder.
   *
   * @param own what our decoder has made of the stream
   * @param name name of the dump in messages
   */
  static Optional<Difference> ofPictures(MemorySegment bytes, OwnDecoding own, Path dump, String name) throws IOException {
    PictureDump all = DumpFile.open(dump, name);
    FrameSelection chosen = own.hasOthers() ? new FrameSelection(all, OutputFrames.of(bytes, DecoderLimits.DEFAULT)) : null;
    try (PictureDump pictures = chosen == null ? all : chosen) {
      Optional<Difference> found =
          StreamComparison.of(bytes, own.mode(), pictures, name, Workers.CALLER, new StreamNotes());
      return chosen == null || chosen.isExact() ? found
          : Optional.of(difference(name + " has not the stream's " + chosen.frames() + " frames"
              + found.map(first -> "; if they are in order: " + first.sentence()).orElse("")));
    } catch (IOException e) {
      return Optional.of(difference(e.getMessage()));
    }
  }
}
