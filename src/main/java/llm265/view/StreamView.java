package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import llm265.h264.DecoderLimits;

/** What a page shows of a stream. */
public final class StreamView implements Resources {
  private static final String INDEX = "index.json";

  private final String file;
  private final StreamResources stream;

  private StreamView(String file, StreamResources stream) {
    this.file = file;
    this.stream = stream;
  }

  /**
   * Opens a stream: reads its headers, decodes nothing. Damage is no error: what can be decoded is shown, and the faults are
   * told.
   *
   * @param file its name, for people to read
   * @param stream the whole stream; must stay accessible
   */
  public static StreamView open(String file, MemorySegment stream) {
    return new StreamView(file, new StreamResources(stream, DecoderLimits.DEFAULT));
  }

  @Override
  public byte[] get(String name) throws IOException {
    return name.equals(INDEX) ? makeIndex("all", List.of(), null) : stream.get(name);
  }

  @Override
  public byte[] index(String detail, List<String> notes, List<Integer> embedded) throws IOException {
    return makeIndex(detail, notes, embedded);
  }

  /** @param embedded null for a page that has everything, without sums */
  private byte[] makeIndex(String detail, List<String> notes, List<Integer> embedded) {
    StreamContents contents = stream.contents();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("format", 1);
    json.put("file", file);
    json.put("kind", "h264");
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
    contents.faults().forEach(json.putArray("faults")::add);
    json.putNull("difference");
    json.putNull("tensor");
    return StreamResources.json(json);
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
    return stream.ofPicture(picture);
  }

  @Override
  public List<String> details(int picture) {
    return stream.details(picture);
  }

  @Override
  public List<String> others() {
    return List.of();
  }
}
