package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.dtype.TensorView;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.cabac.TransitionTables;
import llm265.tensor.decode.TensorStream;

/** What a page shows of a stream, of the tensor in it, and of what it is compared with. */
public final class StreamView implements Resources {
  private static final String INDEX = "index.json";
  private static final String SECOND = "b/";
  private static final Pattern MAP = Pattern.compile("picture/(\\d{1,9})/map");
  private static final List<String> PLANES = List.of("Y", "Cb", "Cr");

  private final String file;
  private final StreamResources stream;
  private final SecondInput second;
  private final Resources secondStream;
  private final DumpResources dump;
  private final TensorResources tensor;
  private final List<String> faults = new ArrayList<>();
  private FirstDifference difference;

  private StreamView(String file, MemorySegment bytes, SecondInput second, String tensorName, TensorView original) {
    this.file = file;
    this.second = second;
    boolean hasPictures = !TensorStream.isWithoutPictures(bytes);
    stream = new StreamResources(
        hasPictures ? StreamContents.of(bytes, DecoderLimits.DEFAULT) : StreamContents.withoutPictures(bytes));
    tensor = openTensor(bytes, tensorName, original);
    secondStream = second == null ? null : second.resources();
    dump = second == null || secondStream != null ? null : new DumpResources(stream, second);
  }

  private TensorResources openTensor(MemorySegment bytes, String name, TensorView original) {
    try {
      return TensorStream.isTensor(bytes)
          ? new TensorResources(name, TensorStream.open(bytes, DecoderLimits.DEFAULT), original, stream.contents()) : null;
    } catch (StreamException e) {
      faults.add(e.getMessage());
      return null;
    }
  }

  /**
   * Opens a stream: reads its headers, decodes nothing. Damage is no error: what can be decoded is shown, and the faults are
   * told.
   *
   * @param file its name, for people to read
   * @param stream the whole stream; must stay accessible
   */
  public static StreamView open(String file, MemorySegment stream) {
    return new StreamView(file, stream, null, file, null);
  }

  /**
   * Opens a stream beside something else.
   *
   * @param second another stream, or what another decoder has made of this one
   */
  public static StreamView beside(String file, MemorySegment stream, SecondInput second) {
    return new StreamView(file, stream, second, file, null);
  }

  /**
   * Opens the stream of a tensor.
   *
   * @param name the tensor's name
   * @param original the tensor before it was coded; null if it is not known
   * @throws IllegalArgumentException if that has another number of values
   */
  public static StreamView ofTensor(String file, String name, MemorySegment stream, TensorView original) {
    return new StreamView(file, stream, null, name, original);
  }

  @Override
  public byte[] get(String name) throws IOException {
    if (name.equals(INDEX)) {
      return makeIndex("all", List.of(), null);
    }
    if (name.startsWith(SECOND)) {
      String rest = name.substring(SECOND.length());
      return secondStream != null ? secondStream.get(rest) : dump != null ? dump.get(rest) : null;
    }
    if (tensor != null && name.startsWith("tensor/")) {
      return tensor.get(name);
    }
    Matcher map = MAP.matcher(name);
    if (map.matches()) {
      return tensor == null ? null : tensor.map(Integer.parseInt(map.group(1)));
    }
    return stream.get(name);
  }

  @Override
  public byte[] index(String detail, List<String> notes, List<Integer> embedded) throws IOException {
    return makeIndex(detail, notes, embedded);
  }

  /** @param embedded null for a page that has everything, without sums */
  private byte[] makeIndex(String detail, List<String> notes, List<Integer> embedded) throws IOException {
    StreamContents contents = stream.contents();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", 1);
    json.put("file", file);
    json.put("kind", tensor == null ? "h264" : "tensor");
    json.put("bytes", contents.stream().byteSize());
    json.put("version", version());
    IndexJson.addPictures(json.putArray("pictures"), contents);
    IndexJson.addNalUnits(json.putArray("nalUnits"), contents);
    json.putNull("elements");
    json.putNull("modes");
    if (embedded != null) {
      json.setAll(stream.statistics(embedded));
      embedded.forEach(json.putArray("embedded")::add);
    }
    json.put("detail", detail);
    ArrayNode allNotes = json.putArray("notes");
    if (contents.leftOut() > 0) {
      allNotes.add(contents.leftOut() + (contents.leftOut() == 1 ? " picture is" : " pictures are")
          + " not shown, since not all of their slices are I slices");
    }
    notes.forEach(allNotes::add);
    ArrayNode allFaults = json.putArray("faults");
    contents.faults().forEach(allFaults::add);
    faults.forEach(allFaults::add);
    json.put("second", second != null);
    addRangeTable(json.putArray("rangeTabLps"));
    addDifference(json, allNotes);
    json.set("tensor", tensor == null ? json.nullNode() : tensor.toJson(embedded != null));
    return StreamResources.json(json);
  }

  /** Table 9-44 by states, four numbers each: how a page splits the interval of a bin. */
  private static void addRangeTable(ArrayNode table) {
    for (int i = 0; i < 256; i++) {
      table.add(TransitionTables.rangeTabLps(i >> 2, i & 3));
    }
  }

  private void addDifference(ObjectNode json, ArrayNode notes) throws IOException {
    if (second == null) {
      json.putNull("difference");
      return;
    }
    FirstDifference found = difference();
    json.put("equalPictures", found.equal());
    if (!found.note().isEmpty()) {
      notes.add(found.note());
    }
    FirstDifference.Sample first = found.first();
    if (first == null) {
      json.putNull("difference");
      return;
    }
    ObjectNode sample = json.putObject("difference");
    sample.put("picture", first.picture());
    sample.put("plane", PLANES.get(first.plane()));
    sample.put("x", first.x());
    sample.put("y", first.y());
    sample.put("a", first.ours());
    sample.put("b", first.theirs());
    PictureAnalysis analysis = stream.analysis(first.picture());
    int place = analysis.placeOf(first.plane(), first.x(), first.y());
    sample.put("mb", analysis.table().mbAddr[place]);
    sample.put("place", place);
    sample.put("equalPictures", first.equalPictures());
  }

  private synchronized FirstDifference difference() throws IOException {
    if (difference == null) {
      difference = FirstDifference.of(stream.contents().stream(), second);
    }
    return difference;
  }

  private static String version() {
    String version = StreamView.class.getPackage().getImplementationVersion();
    return "llm265 " + (version == null ? "(development)" : version);
  }

  @Override
  public List<Integer> pictures() {
    return stream.pictures();
  }

  @Override
  public List<String> ofPicture(int picture) {
    List<String> names = new ArrayList<>(stream.ofPicture(picture));
    if (tensor != null) {
      names.add("picture/" + picture + "/map");
    }
    if (dump != null) {
      names.add(SECOND + "picture/" + picture + "/planes");
    } else if (secondStream != null && secondStream.pictures().contains(picture)) {
      secondStream.ofPicture(picture).forEach(name -> names.add(SECOND + name));
    }
    return names;
  }

  @Override
  public List<String> details(int picture) {
    List<String> names = new ArrayList<>(stream.details(picture));
    if (secondStream != null && secondStream.pictures().contains(picture)) {
      secondStream.details(picture).forEach(name -> names.add(SECOND + name));
    }
    return names;
  }

  @Override
  public List<String> others() {
    List<String> names = new ArrayList<>();
    if (second != null) {
      names.add(SECOND + INDEX);
    }
    if (tensor != null) {
      names.addAll(tensor.names());
    }
    return names;
  }
}
