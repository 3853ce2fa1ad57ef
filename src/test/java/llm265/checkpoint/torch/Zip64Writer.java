package llm265.checkpoint.torch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** Writes stored entries of any size, as APPNOTE.TXT has them: each size and place in a ZIP64 field. */
final class Zip64Writer {
  private record Entry(String name, long at, long size) {}

  private final FileChannel out;
  private final List<Entry> entries = new ArrayList<>();

  Zip64Writer(FileChannel out) {
    this.out = out;
  }

  /** Writes a local header; the caller writes the data. */
  void begin(String name, long size) throws IOException {
    entries.add(new Entry(name, out.position(), size));
    ByteBuffer header = buffer(30 + name.length() + 20);
    header.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0).putInt(0).putInt(0);
    header.putInt(-1).putInt(-1).putShort((short) name.length()).putShort((short) 20).put(TorchFiles.latin1(name));
    header.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
    out.write(header.flip());
  }

  /** Writes the directory and its two ends. */
  void end() throws IOException {
    long start = out.position();
    for (Entry entry : entries) {
      ByteBuffer header = buffer(46 + entry.name().length() + 28);
      header.putInt(0x02014b50).putShort((short) 45).putShort((short) 45).putShort((short) 0).putShort((short) 0);
      header.putInt(0).putInt(0).putInt(-1).putInt(-1).putShort((short) entry.name().length()).putShort((short) 28);
      header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0).putInt(-1);
      header.put(TorchFiles.latin1(entry.name())).putShort((short) 1).putShort((short) 24);
      header.putLong(entry.size()).putLong(entry.size()).putLong(entry.at());
      out.write(header.flip());
    }
    long end = out.position();
    ByteBuffer last = buffer(56 + 20 + 22);
    last.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45).putInt(0).putInt(0);
    last.putLong(entries.size()).putLong(entries.size()).putLong(end - start).putLong(start);
    last.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    last.putInt(0x06054b50).putShort((short) -1).putShort((short) -1).putShort((short) -1).putShort((short) -1);
    last.putInt(-1).putInt(-1).putShort((short) 0);
    out.write(last.flip());
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
