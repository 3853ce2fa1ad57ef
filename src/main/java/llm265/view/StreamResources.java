package llm265.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.h264.Picture;

/** The resources of a stream's pictures. */
final class StreamResources {
  private static final Pattern NAME =
      Pattern.compile("picture/(\\d{1,9})/(planes|unfiltered|macroblocks|strengths|statistics|detail/(\\d{1,9}))");

  private static final long MOST_ANALYSIS_BYTES = 256L << 20;
  private static final long MOST_DETAIL_BYTES = 128L << 20;

  /** Chunks of details that one pass over a picture makes. */
  private static final int CHUNKS_AT_ONCE = 4;

  /** The same where the chunk before has been asked for: a pass decodes its slices from their start. */
  private static final int CHUNKS_IN_ORDER = 16;

  private final StreamContents contents;
  private final ResourceCache<Integer, PictureAnalysis> analyses =
      new ResourceCache<>(MOST_ANALYSIS_BYTES, analysis -> 10L * analysis.unfiltered().length);
  private final ResourceCache<String, byte[]> details = new ResourceCache<>(MOST_DETAIL_BYTES, bytes -> bytes.length);

  StreamResources(StreamContents contents) {
    this.contents = contents;
  }

  StreamContents contents() {
    return contents;
  }

  /** A picture, decoded with everything. */
  PictureAnalysis analysis(int id) {
    return analyses.get(id, unused -> PictureAnalysis.of(contents.frame(id)));
  }

  /** The samples of a picture. */
  Picture picture(int id) {
    PictureAnalysis known = analyses.get(id);
    return known == null ? PictureWalk.samples(contents.frame(id)) : known.picture();
  }

  /** The bytes of a resource; null if there is none of that name. */
  byte[] get(String name) {
    if (name.equals("statistics")) {
      return json(statistics(pictures()));
    }
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches() || contents.frame(Integer.parseInt(matcher.group(1))) == null) {
      return null;
    }
    int id = Integer.parseInt(matcher.group(1));
    if (matcher.group(3) != null) {
      return detail(id, Integer.parseInt(matcher.group(3)));
    }
    if (matcher.group(2).equals("planes")) {
      return PlaneBytes.coded(picture(id));
    }
    PictureAnalysis analysis = analysis(id);
    return switch (matcher.group(2)) {
      case "unfiltered" -> unlessEqual(analysis.unfiltered(), PlaneBytes.coded(analysis.picture()));
      case "macroblocks" -> analysis.table().toBytes();
      case "strengths" -> analysis.strengths();
      default -> json(analysis.statistics());
    };
  }

  private static byte[] unlessEqual(byte[] bytes, byte[] others) {
    return Arrays.equals(bytes, others) ? null : bytes;
  }

  private byte[] detail(int id, int chunk) {
    String name = id + "/" + chunk;
    int chunks = chunks(id);
    if (chunk >= chunks) {
      return null;
    }
    PictureAnalysis analysis = analysis(id);
    // One pass at a time: the next one to be asked for may be in it.
    synchronized (details) {
      byte[] known = details.get(name);
      if (known != null) {
        return known;
      }
      int first = chunk / CHUNKS_AT_ONCE * CHUNKS_AT_ONCE;
      int count = details.get(id + "/" + (first - 1)) == null ? CHUNKS_AT_ONCE : CHUNKS_IN_ORDER;
      List<byte[]> made = DetailPass.chunks(analysis, first, Math.min(count, chunks - first));
      for (int i = 0; i < made.size(); i++) {
        details.put(id + "/" + (first + i), made.get(i));
      }
      return made.get(chunk - first);
    }
  }

  private int chunks(int id) {
    return Math.ceilDiv(contents.frame(id).format().sizeInMbs(), DetailPass.CHUNK);
  }

  /** Sums over pictures. */
  ObjectNode statistics(List<Integer> ids) {
    ElementSums elements = new ElementSums();
    ModeSums modes = new ModeSums();
    for (int id : ids) {
      PictureAnalysis analysis = analysis(id);
      elements.add(analysis.elements());
      modes.add(analysis.modes());
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("statisticsOf", ids.size());
    json.set("elements", elements.toJson());
    json.set("modes", modes.toJson());
    return json;
  }

  static byte[] json(JsonNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  List<Integer> pictures() {
    return contents.frames().stream().map(StreamContents.CodedFrame::id).toList();
  }

  List<String> ofPicture(int picture) {
    List<String> names = new ArrayList<>();
    for (String part : List.of("planes", "macroblocks", "statistics", "unfiltered", "strengths")) {
      names.add("picture/" + picture + "/" + part);
    }
    return names;
  }

  List<String> details(int picture) {
    List<String> names = new ArrayList<>();
    for (int chunk = 0; chunk < chunks(picture); chunk++) {
      names.add("picture/" + picture + "/detail/" + chunk);
    }
    return names;
  }
}
