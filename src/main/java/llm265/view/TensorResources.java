package llm265.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import llm265.dtype.DType;
import llm265.dtype.TensorView;
import llm265.dtype.ValueCodec;
import llm265.h264.StreamException;
import llm265.parallel.Workers;
import llm265.tensor.TensorFraming;
import llm265.tensor.decode.TensorStream;
import llm265.tensor.distortion.TensorDistortion;
import llm265.tensor.format.SideInformation;
import llm265.tensor.format.TensorHeader;

/** The resources of a stream's tensor: values, their errors, and what the side information of tiles says. */
final class TensorResources {
  private static final Pattern BAND = Pattern.compile("tensor/(values|original|scales|signs)/(\\d{1,9})");
  private static final Pattern TILE = Pattern.compile("tensor/tile/(\\d{1,9})");
  private static final int MOST_BAND_VALUES = 1 << 22;

  private final String name;
  private final TensorStream tensor;
  private final TensorView original;
  private final StreamContents contents;
  private final TensorHeader header;
  private final TensorFraming framing;
  private ObjectNode measured;
  private TileLayers layers;

  /**
   * Those of an opened stream.
   *
   * @param original the tensor before it was coded; null if it is not known
   * @throws IllegalArgumentException if it has another shape
   */
  TensorResources(String name, TensorStream tensor, TensorView original, StreamContents contents) {
    this.name = name;
    this.tensor = tensor;
    this.original = original;
    this.contents = contents;
    header = tensor.header();
    framing = header.framing();
    if (original != null && original.count() != framing.values()) {
      throw new IllegalArgumentException(
          "the original has " + original.count() + " values, the tensor " + framing.values());
    }
  }

  /** The bytes of a resource; null if there is none of that name. */
  byte[] get(String resource) {
    if (resource.equals("tensor/error")) {
      return original == null ? null : StreamResources.json(measured());
    }
    Matcher band = BAND.matcher(resource);
    if (band.matches()) {
      int number = Integer.parseInt(band.group(2));
      return number >= bands() ? null : band(number, band.group(1));
    }
    Matcher tile = TILE.matcher(resource);
    if (tile.matches() && Integer.parseInt(tile.group(1)) < framing.tiles()) {
      int number = Integer.parseInt(tile.group(1));
      SideInformation information = informationOf(number);
      return information == null ? null : StreamResources.json(TileJson.of(header, framing.tile(number), information));
    }
    return null;
  }

  /** Names of the bands of values, and of the tiles. */
  List<String> names() {
    List<String> names = new ArrayList<>();
    for (int tile = 0; tile < framing.tiles() && header.transforms().hasPictures(); tile++) {
      names.add("tensor/tile/" + tile);
    }
    for (int band = 0; band < bands(); band++) {
      names.add("tensor/values/" + band);
      if (original != null) {
        names.add("tensor/original/" + band);
      }
      if (layers().hasScales()) {
        names.add("tensor/scales/" + band);
      }
      if (layers().hasSigns()) {
        names.add("tensor/signs/" + band);
      }
    }
    return names;
  }

  private int bandRows() {
    return (int) Math.max(1, Math.min(framing.bandRows(), MOST_BAND_VALUES / framing.viewColumns()));
  }

  private int bands() {
    return Math.toIntExact(Math.ceilDiv(framing.viewRows(), bandRows()));
  }

  /** Rows of the view; values as floats, NaN behind the last; null if the tensor has no such layer. */
  private byte[] band(int number, String layer) {
    long first = (long) number * bandRows() * framing.viewColumns();
    long rows = Math.min(bandRows(), framing.viewRows() - (long) number * bandRows());
    int size = Math.toIntExact(rows * framing.viewColumns());
    int count = (int) Math.min(size, framing.values() - first);
    float[] values = new float[count];
    switch (layer) {
      case "values" -> read(first, values);
      case "scales" -> {
        return layers().hasScales() ? layers().scales(first, size) : null;
      }
      case "signs" -> {
        return layers().hasSigns() ? layers().signs(first, size) : null;
      }
      default -> {
        if (original == null) {
          return null;
        }
        original.read(first, values, 0, count);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(4, size)).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      out.putFloat(i < count ? values[i] : Float.NaN);
    }
    return out.array();
  }

  private synchronized TileLayers layers() {
    if (layers == null) {
      List<SideInformation> tiles = new ArrayList<>();
      for (int tile = 0; tile < framing.tiles(); tile++) {
        tiles.add(informationOf(tile));
      }
      layers = new TileLayers(header, tiles);
    }
    return layers;
  }

  /** The layers of the tensor in index.json: resources in bands, tensor/ID/K. */
  private void addLayers(ArrayNode array) {
    addLayer(array, "values", "decoded values", "f32");
    if (original != null) {
      addLayer(array, "original", "original values", "f32");
    }
    if (layers().hasScales()) {
      addLayer(array, "scales", "factors of levels", "f32");
    }
    if (layers().hasSigns()) {
      addLayer(array, "signs", "sign patterns", "u8");
    }
  }

  private void addLayer(ArrayNode array, String id, String title, String kind) {
    ObjectNode layer = array.addObject();
    layer.put("id", id);
    layer.put("name", title);
    layer.put("kind", kind);
    layer.put("rows", framing.viewRows());
    layer.put("columns", framing.viewColumns());
  }

  private void read(long first, float[] values) {
    DType type = header.dtype();
    MemorySegment data = MemorySegment.ofArray(new byte[Math.toIntExact(type.byteSize(values.length))]);
    tensor.decode(first, data, Workers.CALLER);
    ValueCodec.read(type, data, 0, values, 0, values.length);
  }

  /** The side information of a tile; null if it is damaged, or the tile is on no picture. */
  private SideInformation informationOf(int tile) {
    StreamContents.CodedFrame frame = contents.frame(tile);
    if (frame == null || !header.transforms().hasPictures()) {
      return null;
    }
    try {
      return SideInformation.find(frame.sei(), header);
    } catch (StreamException e) {
      return null;
    }
  }

  /** The numbers of a picture's values by sample, see {@link TileJson#map}. */
  byte[] map(int picture) {
    SideInformation information = picture < framing.tiles() ? informationOf(picture) : null;
    return information == null ? null : TileJson.map(header, framing.tile(picture), information);
  }

  private synchronized ObjectNode measured() {
    if (measured == null) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment data = arena.allocate(Math.max(1, header.dtype().byteSize(framing.values())));
        tensor.decode(0, data.asSlice(0, header.dtype().byteSize(framing.values())), Workers.CALLER);
        TensorView decoded = new TensorView(name, header.dtype(), header.shape(), data);
        TensorDistortion distortion = TensorDistortion.between(original, decoded, Workers.CALLER);
        measured = JsonNodeFactory.instance.objectNode();
        put(measured, "snr", distortion.snr());
        put(measured, "rms", Math.sqrt(distortion.meanSquaredError()));
        put(measured, "max", distortion.greatestError());
        put(measured, "cosine", distortion.cosine());
        measured.put("differing", distortion.differing());
      }
    }
    return measured;
  }

  /** JSON has no infinity. */
  private static void put(ObjectNode json, String field, double value) {
    if (Double.isFinite(value)) {
      json.put(field, value);
    } else {
      json.putNull(field);
    }
  }

  /**
   * The tensor in index.json.
   *
   * @param measure whether errors are measured, which decodes everything
   */
  ObjectNode toJson(boolean measure) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name);
    json.put("dtype", header.dtype().toString());
    ArrayNode shape = json.putArray("shape");
    for (long dimension : header.shape()) {
      shape.add(dimension);
    }
    json.put("values", framing.values());
    json.put("bitsPerValue", framing.values() == 0 ? 0 : 8.0 * contents.stream().byteSize() / framing.values());
    json.put("method", String.join(", ", tensor.tools()));
    json.putArray("view").add(framing.viewRows()).add(framing.viewColumns());
    json.put("bandRows", bandRows());
    json.put("bands", bands());
    json.put("transposed", framing.transposed());
    json.putArray("tileSize").add(framing.tileHeight()).add(framing.tileWidth());
    json.put("pictures", header.transforms().hasPictures());
    json.put("original", original != null);
    json.put("places", TileJson.places(header));
    json.put("placesAreValues", !List.of("transformed", "packed").contains(TileJson.places(header)));
    ObjectNode head = json.putObject("header");
    head.put("deviation", header.deviation());
    head.put("tiles", framing.tiles());
    tensor.tools().forEach(head.putArray("tools")::add);
    ObjectNode error = json.putObject("error");
    ObjectNode stated = error.putObject("header");
    stated.put("rms", header.rootMeanSquareError());
    put(stated, "snr", header.snr());
    if (measure && original != null) {
      error.set("measured", measured());
    } else {
      error.putNull("measured");
    }
    addTiles(json);
    addLayers(json.putArray("layers"));
    return json;
  }

  private void addTiles(ObjectNode json) {
    ArrayNode tiles = json.putArray("tiles");
    long outliers = 0;
    for (int number = 0; number < framing.tiles(); number++) {
      TensorFraming.Tile tile = framing.tile(number);
      ObjectNode entry = tiles.addObject();
      entry.put("picture", contents.frame(number) == null || !header.transforms().hasPictures() ? -1 : number);
      ArrayNode rows = entry.putArray(framing.transposed() ? "columns" : "rows");
      rows.add(tile.firstRow()).add(tile.firstRow() + tile.rows());
      ArrayNode columns = entry.putArray(framing.transposed() ? "rows" : "columns");
      columns.add(tile.firstColumn()).add(tile.firstColumn() + tile.columns());
      long end = number + 1 < framing.tiles() ? tensor.tileStart(number + 1) : contents.stream().byteSize();
      entry.put("byte", tensor.tileStart(number));
      entry.put("bytes", end - tensor.tileStart(number));
      entry.put("values", framing.valuesIn(tile));
      SideInformation information = informationOf(number);
      if (information != null) {
        entry.put("offset", information.tile().offset());
        entry.put("step", information.tile().step());
        entry.put("outliers", information.tile().outliers().size());
        outliers += information.tile().outliers().size();
        entry.put("signPatterns", information.signs() == null ? 0 : information.signs().count());
      }
    }
    json.put("outliers", outliers);
  }
}
