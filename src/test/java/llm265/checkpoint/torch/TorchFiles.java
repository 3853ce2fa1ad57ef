package llm265.checkpoint.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes archives like those of torch.save, around any pickle. */
final class TorchFiles {
  private TorchFiles() {}

  /** Bytes of a text in which each character is a byte. */
  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A pickle of protocol 2: the opcodes between PROTO and STOP. */
  static byte[] pickle(String opcodes) {
    return latin1("\u0080\u0002" + opcodes + ".");
  }

  /** An archive with a pickle, and storages 0, 1 and so on. */
  static Path write(Path path, byte[] pickle, byte[]... storages) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "archive/data.pkl", pickle);
      for (int i = 0; i < storages.length; i++) {
        put(zip, "archive/data/" + i, storages[i]);
      }
      put(zip, "archive/version", latin1("3\n"));
    }
    return Files.write(path, bytes.toByteArray());
  }

  static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
  }

  /** Opcodes of a str. */
  static String text(String text) {
    return "X" + number(text.length()) + text;
  }

  /** A number of four bytes, little-endian. */
  static String number(int value) {
    StringBuilder bytes = new StringBuilder();
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.append((char) ((value >>> shift) & 0xFF));
    }
    return bytes.toString();
  }

  /** Opcodes of an int of eight bytes. */
  static String integer(long value) {
    return "\u008a\b" + number((int) value) + number((int) (value >>> 32));
  }

  /** Opcodes of a float32 tensor of two dimensions in a storage. */
  static String tensor(String storage, long count, long offset, long rows, long columns, long rowStride, long columnStride) {
    return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" + text(storage) + text("cpu")
        + integer(count) + "tQ" + integer(offset) + integer(rows) + integer(columns) + "\u0086" + integer(rowStride)
        + integer(columnStride) + "\u0086\u0089}tR";
  }
}
