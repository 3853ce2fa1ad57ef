package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.image.PictureDump;

/** The pictures that another decoder has made of a stream: samples alone. What is cropped away is taken from ours. */
final class DumpResources {
  private static final Pattern PLANES = Pattern.compile("picture/(\\d{1,9})/planes");

  private final StreamResources ours;
  private final SecondInput dump;

  DumpResources(StreamResources ours, SecondInput dump) {
    this.ours = ours;
    this.dump = dump;
  }

  /** The bytes of a resource; null if there is none of that name. */
  byte[] get(String name) throws IOException {
    if (name.equals("index.json")) {
      return StreamResources.json(index());
    }
    Matcher matcher = PLANES.matcher(name);
    if (!matcher.matches()) {
      return null;
    }
    StreamContents.CodedFrame frame = ours.contents().frame(Integer.parseInt(matcher.group(1)));
    return frame == null ? null : planes(frame);
  }

  private ObjectNode index() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", 1);
    json.put("file", dump.file());
    json.put("kind", "dump");
    ArrayNode pictures = json.putArray("pictures");
    for (StreamContents.CodedFrame frame : ours.contents().frames()) {
      ObjectNode picture = pictures.addObject();
      picture.put("id", frame.id());
      picture.put("output", frame.output());
      IndexJson.addFormat(picture, frame.format());
    }
    return json;
  }

  private byte[] planes(StreamContents.CodedFrame frame) throws IOException {
    List<StreamContents.CodedFrame> ordered = ours.contents().frames().stream()
        .sorted(Comparator.comparingInt(StreamContents.CodedFrame::output)).toList();
    byte[] bytes = new byte[0];
    try (PictureDump pictures = dump.open()) {
      for (int i = 0; i <= frame.output(); i++) {
        bytes = pictures.next(ordered.get(i).format());
      }
    }
    return bytes.length == 0 ? null : PlaneBytes.coded(with(ours.picture(frame.id()), bytes));
  }

  /** A picture with other samples in its output rectangle, as far as there are some. */
  private static Picture with(Picture picture, byte[] bytes) {
    PictureFormat format = picture.format();
    Picture other = new Picture(format);
    int at = 0;
    for (int plane = 0; plane < format.planes(); plane++) {
      short[] samples = other.samples(plane);
      System.arraycopy(picture.samples(plane), 0, samples, 0, samples.length);
      int sampleBytes = format.bitDepth(plane) > 8 ? 2 : 1;
      for (int y = 0; y < format.height(plane); y++) {
        int row = (format.top(plane) + y) * other.stride(plane) + format.left(plane);
        for (int x = 0; x < format.width(plane) && at + sampleBytes <= bytes.length; x++, at += sampleBytes) {
          int high = sampleBytes == 2 ? bytes[at + 1] & 0xFF : 0;
          samples[row + x] = (short) ((bytes[at] & 0xFF) + (high << 8));
        }
      }
    }
    return other;
  }
}
