package llm265.spark;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import llm265.tensor.format.CodedTile;

/** Coded tiles of a tensor in a file, one after the other, and a checksum of all. */
final class TileFile {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int NONE = -1;

  private TileFile() {}

  static void write(List<CodedTile> tiles, OutputStream out) throws IOException {
    CheckedOutputStream checked = new CheckedOutputStream(new BufferedOutputStream(out, BUFFER_BYTES), new CRC32C());
    DataOutputStream data = new DataOutputStream(checked);
    for (CodedTile tile : tiles) {
      write(tile.parameterSets(), data);
      write(tile.sections(), data);
      data.writeInt(tile.pictures().length);
      for (byte[] picture : tile.pictures()) {
        write(picture, data);
      }
      data.writeDouble(tile.error().squared());
      data.writeDouble(tile.error().weighted());
      data.writeLong(tile.error().outliers());
    }
    data.writeLong(checked.getChecksum().getValue());
    data.flush();
  }

  private static void write(byte[] bytes, DataOutputStream data) throws IOException {
    data.writeInt(bytes == null ? NONE : bytes.length);
    if (bytes != null) {
      data.write(bytes);
    }
  }

  /** Receives tiles. */
  interface Tiles {
    void accept(CodedTile tile);
  }

  /**
   * Reads tiles.
   *
   * @param number of tiles
   * @throws IOException if there are not so many, or they are not as they were
   */
  static void read(InputStream in, int number, Tiles tiles) throws IOException {
    CheckedInputStream checked = new CheckedInputStream(new BufferedInputStream(in, BUFFER_BYTES), new CRC32C());
    DataInputStream data = new DataInputStream(checked);
    for (int i = 0; i < number; i++) {
      byte[] parameterSets = read(data);
      byte[] sections = read(data);
      int count = data.readInt();
      List<byte[]> pictures = new ArrayList<>();
      for (int p = 0; p < count; p++) {
        pictures.add(read(data));
      }
      CodedTile.Error error = new CodedTile.Error(data.readDouble(), data.readDouble(), data.readLong());
      tiles.accept(new CodedTile(parameterSets, sections, pictures.toArray(byte[][]::new), error));
    }
    long checksum = checked.getChecksum().getValue();
    if (data.readLong() != checksum) {
      throw new IOException("coded tiles are damaged");
    }
  }

  private static byte[] read(DataInputStream data) throws IOException {
    int length = data.readInt();
    if (length == NONE) {
      return null;
    }
    if (length < 0) {
      throw new IOException("coded tiles are damaged");
    }
    byte[] bytes = data.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("coded tiles end early");
    }
    return bytes;
  }
}
