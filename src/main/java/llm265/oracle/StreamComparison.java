package llm265.oracle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import llm265.h264.DecoderLimits;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.StreamException;
import llm265.h264.UnsupportedStreamException;
import llm265.h264.decode.DecodedPicture;
import llm265.h264.decode.DecodingMode;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.image.PictureDump;
import llm265.parallel.Workers;

/** Compares the pictures of a stream with those that another decoder made of it, sample by sample. */
public final class StreamComparison {
  private static final List<String> PLANES = List.of("luma", "Cb", "Cr");

  /**
   * A difference.
   *
   * @param sentence one line: where the first one is, and how many there are
   * @param syntax the macroblock of the first sample that differs, and its syntax elements, one per line
   * @param traceOptions the options with which inspect shows the bits of that macroblock; empty without a macroblock
   */
  public record Difference(String sentence, List<String> syntax, String traceOptions) {
    /** A difference that belongs to no macroblock. */
    Difference(String sentence) {
      this(sentence, List.of(), "");
    }
  }

  /** The first sample that differs; x and y are in the output rectangle of its plane. */
  private record Sample(DecodedPicture decoded, int picture, int plane, int x, int y, int ours, int theirs) {}

  private final PictureDump theirs;
  private final String name;
  private int pictures;
  private long bytes;
  private int wholeOfTheirs;
  private long bytesOfTheirs;
  /** Number of bytes that the other pictures have of the one in which they end. */
  private int bytesOfPart;
  private int differingPictures;
  private long differingSamples;
  private Sample first;

  private StreamComparison(PictureDump theirs, String name) {
    this.theirs = theirs;
    this.name = name;
  }

  /**
   * Compares all pictures.
   *
   * @param name name of the other pictures, in messages
   * @param notes receives faults in what no picture needs
   * @return empty if every sample is the same
   * @throws IOException if the other pictures cannot be read
   */
  public static Optional<Difference> of(
      MemorySegment stream, DecodingMode mode, PictureDump theirs, String name, Workers workers, StreamNotes notes)
      throws IOException {
    StreamComparison comparison = new StreamComparison(theirs, name);
    try {
      H264IntraDecoder.decodeAll(stream, DecoderLimits.DEFAULT, mode, workers, new PictureReceiver() {
        @Override
        public void picture(DecodedPicture decoded) {
          comparison.compare(decoded);
        }

        @Override
        public void noted(StreamException fault) {
          notes.add(fault);
        }
      });
    } catch (StreamException e) {
      return Optional.of(new Difference("our decoder: " + message(e)));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return comparison.result(stream, mode);
  }

  private void compare(DecodedPicture decoded) {
    Picture picture = decoded.picture();
    byte[] ours = new byte[picture.croppedBytes()];
    picture.writeCropped(ours, 0);
    byte[] other;
    try {
      // Nothing follows a picture that is not whole.
      other = wholeOfTheirs < pictures ? new byte[0] : theirs.next(picture.format());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    bytes += ours.length;
    bytesOfTheirs += other.length;
    if (other.length == ours.length) {
      wholeOfTheirs++;
    } else if (bytesOfPart == 0) {
      bytesOfPart = other.length;
    }
    if (Arrays.mismatch(ours, 0, other.length, other, 0, other.length) >= 0) {
      differingPictures++;
      count(decoded, ours, other);
    }
    pictures++;
  }

  private void count(DecodedPicture decoded, byte[] ours, byte[] other) {
    PictureFormat format = decoded.picture().format();
    int at = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      int sampleBytes = format.bitDepth(plane) > 8 ? 2 : 1;
      int samples = format.width(plane) * format.height(plane);
      for (int i = 0; i < samples && at + sampleBytes <= other.length; i++, at += sampleBytes) {
        int a = sample(ours, at, sampleBytes);
        int b = sample(other, at, sampleBytes);
        if (a != b) {
          differingSamples++;
          first = first == null
              ? new Sample(decoded, pictures, plane, i % format.width(plane), i / format.width(plane), a, b) : first;
        }
      }
    }
  }

  private static int sample(byte[] bytes, int at, int sampleBytes) {
    return bytes[at] & 0xFF | (sampleBytes == 2 ? (bytes[at + 1] & 0xFF) << 8 : 0);
  }

  private Optional<Difference> result(MemorySegment stream, DecodingMode mode) throws IOException {
    List<String> sentences = new ArrayList<>();
    List<String> syntax = new ArrayList<>();
    String traceOptions = "";
    if (pictures == 0) {
      sentences.add("there is no picture in it" + (mode.intraOnly() ? " that has only I slices" : ""));
    }
    String size = sizeProblem();
    if (first != null) {
      Optional<MacroblockAt> macroblock = MacroblockAt.find(stream, mode, first.decoded, first.plane, first.x, first.y);
      sentences.add("picture " + first.picture + " at byte " + first.decoded.byteOffset() + ", " + PLANES.get(first.plane)
          + " sample " + first.x + "," + first.y + macroblock.map(mb -> " in " + mb.place()).orElse("") + ": ours " + first.ours
          + ", in " + name + " " + first.theirs);
      sentences.add(differingSamples + (differingSamples == 1 ? " sample" : " samples") + " in " + differingPictures + " of "
          + pictures + " pictures differ");
      if (macroblock.isPresent()) {
        syntax.add(macroblock.get().place());
        macroblock.get().syntax().forEach(line -> syntax.add("  " + line));
        // The trace counts pictures in decoding order.
        traceOptions = "--trace --picture " + first.decoded.index() + " --mb " + macroblock.get().mbAddr();
      }
    }
    if (!size.isEmpty()) {
      sentences.add(first == null ? 0 : sentences.size(), size);
    }
    return sentences.isEmpty() ? Optional.empty()
        : Optional.of(new Difference(String.join("; ", sentences), syntax, traceOptions));
  }

  private String sizeProblem() throws IOException {
    if (bytesOfTheirs < bytes) {
      return name + " ends early: it has " + pictures(wholeOfTheirs)
          + (bytesOfPart > 0 ? " and " + bytesOfPart + " bytes of the next" : "") + ", ours has "
          + pictures(pictures) + ", " + (bytes - bytesOfTheirs) + " bytes are missing";
    }
    long left = theirs.left();
    return left == 0 ? "" : name + " goes on after our " + pictures(pictures) + " with "
        + (theirs.inPictures() ? pictures(left) : left + " bytes") + " more";
  }

  /** A fault's message, with the option that helps if the picture is of another kind. */
  public static String message(StreamException fault) {
    boolean otherSlice = fault instanceof UnsupportedStreamException && fault.syntaxElement().equals("slice_type");
    return fault.getMessage() + (otherSlice ? "; --intra-only checks only the I pictures" : "");
  }

  private static String pictures(long count) {
    return count + (count == 1 ? " picture" : " pictures");
  }
}
