package llm265.checkpoint.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Puts GGUF files together by hand, wrong ones too. */
public final class GgufBytes {
  private final List<byte[]> entries = new ArrayList<>();
  private final List<byte[]> infos = new ArrayList<>();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int version = 3;
  private int alignment = 32;
  private long moreTensors;
  private long moreKeys;

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  public GgufBytes version(int number) {
    version = number;
    return this;
  }

  /** What the header says too many. */
  public GgufBytes more(long tensors, long keys) {
    moreTensors = tensors;
    moreKeys = keys;
    return this;
  }

  public GgufBytes alignment(int bytes) {
    alignment = bytes;
    return u32("general.alignment", bytes);
  }

  public GgufBytes entry(String key, int type, byte... value) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    entries.add(buffer(8 + name.length + 4 + value.length).putLong(name.length).put(name).putInt(type).put(value).array());
    return this;
  }

  public GgufBytes u32(String key, int value) {
    return entry(key, 4, buffer(4).putInt(value).array());
  }

  public GgufBytes u16(String key, int value) {
    return entry(key, 2, buffer(2).putShort((short) value).array());
  }

  public GgufBytes text(String key, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return entry(key, 8, buffer(8 + bytes.length).putLong(bytes.length).put(bytes).array());
  }

  /** A tensor after the others, with the dimensions in the file's order. */
  public GgufBytes tensor(String name, int type, byte[] values, long... ne) {
    return tensorAt(data.size(), name, type, values, ne);
  }

  /** A tensor whose entry gives any place. */
  public GgufBytes tensorAt(long place, String name, int type, byte[] values, long... ne) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer info = buffer(8 + utf8.length + 4 + 8 * ne.length + 4 + 8).putLong(utf8.length).put(utf8).putInt(ne.length);
    for (long n : ne) {
      info.putLong(n);
    }
    infos.add(info.putInt(type).putLong(place).array());
    data.writeBytes(values);
    data.writeBytes(new byte[-values.length & (alignment - 1)]);
    return this;
  }

  /** The header, without padding. */
  public byte[] header() {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.writeBytes(buffer(24).put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(version)
        .putLong(infos.size() + moreTensors).putLong(entries.size() + moreKeys).array());
    entries.forEach(header::writeBytes);
    infos.forEach(header::writeBytes);
    return header.toByteArray();
  }

  /** The whole file. */
  public byte[] build() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(header());
    file.writeBytes(new byte[-file.size() & (alignment - 1)]);
    file.writeBytes(data.toByteArray());
    return file.toByteArray();
  }
}
