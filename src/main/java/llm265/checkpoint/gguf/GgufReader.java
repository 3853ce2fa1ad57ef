package llm265.checkpoint.gguf;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import llm265.checkpoint.file.CompanionFiles;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.dtype.TensorView;

/**
 * A GGUF file, mapped into memory, or the parts of one that was split, which are opened by any of them.
 *
 * <p>The metadata are the numbers, truth values and short strings among the keys, those of the tokenizer excepted. Keys of a
 * split file are those of its first part.
 */
public final class GgufReader extends TensorTable {
  private static final int MAX_METADATA_BYTES = 1000;

  private final List<MappedFile> files = new ArrayList<>();
  private final List<GgufHeader> headers = new ArrayList<>();

  private GgufReader(Path path) {
    super(path);
  }

  /** Whether a file's first bytes are those of a GGUF file. */
  public static boolean hasMagic(byte[] start) {
    return GgufHeader.hasMagic(MemorySegment.ofArray(start));
  }

  /**
   * Opens a file and checks its header; no tensor's data is read.
   *
   * @throws IOException if it cannot be read, or another part of it
   * @throws ModelFormatException if it is damaged, or not read; or if other parts do not belong to it
   */
  public static GgufReader open(Path path) throws IOException {
    GgufReader reader = new GgufReader(path);
    try {
      reader.read();
      return reader;
    } catch (IOException | RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  private void read() throws IOException {
    MappedFile file = open(files, path());
    GgufHeader header = header(file);
    Optional<SplitName> split = SplitName.of(path(), header);
    if (split.isEmpty()) {
      headers.add(header);
      addTensors(file, header);
    } else {
      readParts(split.get(), file, header);
    }
    addMetadata(SplitName.withoutKeys(headers.getFirst().inWords(MAX_METADATA_BYTES)));
  }

  private void readParts(SplitName name, MappedFile given, GgufHeader givenHeader) throws IOException {
    CompanionFiles companions = new CompanionFiles(path());
    for (int part = 0; part < name.count(); part++) {
      MappedFile file = part == name.part() ? given : open(files, companions.resolve(name.ofPart(part)));
      GgufHeader header = part == name.part() ? givenHeader : header(file);
      name.check(part, header);
      headers.add(header);
      addTensors(file, header);
    }
    SplitName.checkTensors(tensors().size(), headers.getFirst());
  }

  private static MappedFile open(List<MappedFile> files, Path path) throws IOException {
    MappedFile file = MappedFile.open(path);
    files.add(file);
    return file;
  }

  private static GgufHeader header(MappedFile file) {
    try {
      return GgufHeader.parse(file.path(), file.bytes());
    } catch (ModelFormatException e) {
      throw GgufHeader.hasMagic(file.bytes()) ? e : file.named(e);
    }
  }

  private void addTensors(MappedFile file, GgufHeader header) {
    long size = file.bytes().byteSize();
    long end = header.dataOffset();
    for (GgufTensor tensor : header.tensors()) {
      String quoted = ModelFormatException.quote(tensor.name());
      if (tensor.byteSize() > size - header.dataOffset() - tensor.offset()) {
        throw new ModelFormatException(
            file.path(), "tensor " + quoted + ": its data reach beyond the file's " + size + " bytes");
      }
      end = header.dataOffset() + tensor.offset();
      if (!add(new TensorView(
          tensor.name(), tensor.dtype(), tensor.shape(), file.bytes().asSlice(end, tensor.byteSize())))) {
        throw new ModelFormatException(file.path(), "tensor " + quoted + " is in another part, too");
      }
    }
    if (size > header.dataOffset() + header.dataSize()) {
      throw new ModelFormatException(
          file.path(), size - header.dataOffset() - header.dataSize() + " bytes after the last tensor belong to none");
    }
  }

  /** The header as it is in the file, or the header that all parts of a split file would have as one file. */
  @Override
  public Optional<MemorySegment> header() {
    if (headers.size() == 1) {
      return Optional.of(headers.getFirst().bytes());
    }
    List<GgufTensor> tensors = headers.stream().flatMap(header -> header.tensors().stream()).toList();
    return Optional.of(headers.getFirst().joined(SplitName::isKey, tensors).bytes());
  }

  @Override
  public List<Path> files() {
    return files.stream().map(MappedFile::path).toList();
  }

  @Override
  public long bytes() {
    return files.stream().mapToLong(file -> file.bytes().byteSize()).sum();
  }

  @Override
  public String format() {
    return "gguf";
  }

  @Override
  public void close() {
    files.forEach(MappedFile::close);
  }
}
