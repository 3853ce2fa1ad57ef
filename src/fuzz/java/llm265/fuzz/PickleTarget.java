package llm265.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Pickles in archives of PyTorch that are whole, with storages of some sizes. */
final class PickleTarget extends FileTarget {
  private static final int STORAGES = 12;
  private static final int STORAGE_BYTES = 24;

  PickleTarget() {
    super("pickle", "data.pkl");
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> pickles = new ArrayList<>();
    for (byte[] file : CheckpointTarget.torchFiles()) {
      try (ZipFile zip = new ZipFile(Files.write(folder().resolve("seed.pt"), file).toFile())) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          if (entry.getName().endsWith("/data.pkl")) {
            pickles.add(zip.getInputStream(entry).readAllBytes());
          }
        }
      }
    }
    return pickles;
  }

  @Override
  void read(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "a/data.pkl", Files.readAllBytes(file));
      for (int i = 0; i < STORAGES; i++) {
        put(zip, "a/data/" + i, new byte[i == 0 ? 10 * STORAGE_BYTES : STORAGE_BYTES]);
      }
    }
    CheckpointTarget.readAll(Files.write(folder().resolve("a.pt"), bytes.toByteArray()));
  }

  private static void put(ZipOutputStream zip, String name, byte[] data) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(data);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(data);
  }
}
