package llm265.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import llm265.checkpoint.file.MappedFile;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.file.TensorTable;
import llm265.checkpoint.file.UnreadTensor;
import llm265.checkpoint.torch.TorchTensor.Storage;
import llm265.dtype.DType;
import llm265.dtype.LittleEndian;
import llm265.dtype.Shape;
import llm265.dtype.TensorView;

/**
 * A PyTorch checkpoint (.pt, .pth, .bin), mapped into memory: the zip form, which {@code torch.save} writes since version 1.6.
 *
 * <p>The archive's entries are {@code data.pkl}, a pickle, and {@code data/KEY}, the storages. Contiguous tensors are views of
 * the file. Others (transposed, expanded, strided) are put in order when the file is opened: in native memory up to {@link
 * #MEMORY_BYTES} for all of them together, and in a temporary file beyond that, which is mapped and has no name any more.
 */
public final class TorchReader extends TensorTable {
  private static final String PICKLE = "data.pkl";
  private static final int MAX_PICKLE = 100_000_000;
  private static final long MEMORY_BYTES = 64L << 20;

  /** Expanded tensors may take more than the file, but a small file must not ask for any size. */
  private static final int MOST_COPIES_PER_BYTE = 4;
  private static final int ALIGNMENT = 64;
  private static final int BLOCK_BYTES = 1 << 20;

  /** A tensor whose values are to be put in order. */
  private record Scattered(String name, TorchTensor layout, MemorySegment storage, long bytes) {}

  private final MappedFile file;
  private ZipDirectory archive;
  private String prefix;

  private TorchReader(MappedFile file) {
    super(file.path());
    this.file = file;
  }

  /**
   * Opens a file. Reads the pickle, and no values but of tensors that are not contiguous.
   *
   * @throws IOException if it cannot be read, or if values cannot be written to a temporary file
   * @throws ModelFormatException if it is damaged, is no PyTorch checkpoint, or needs more than tensors and plain containers
   */
  public static TorchReader open(Path path) throws IOException {
    TorchReader reader = new TorchReader(MappedFile.open(path));
    try {
      reader.read();
      return reader;
    } catch (IOException | RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  private void read() throws IOException {
    MemorySegment bytes = file.bytes();
    if (bytes.byteSize() < Integer.BYTES || bytes.get(LittleEndian.INT, 0) != ZipDirectory.LOCAL_HEADER) {
      throw file.named(bad("does not begin like a zip archive, so is no PyTorch checkpoint"));
    }
    archive = new ZipDirectory(path(), bytes);
    prefix = prefix();
    if (archive.has(prefix + "constants.pkl")) {
      throw bad("is a TorchScript model, which is a program: save its state_dict() with torch.save");
    }
    checkByteOrder();
    MemorySegment pickle = archive.data(prefix + PICKLE);
    if (pickle.byteSize() > MAX_PICKLE) {
      throw bad("a pickle of " + pickle.byteSize() + " bytes is too large");
    }
    TensorPaths paths = new TensorPaths(path(), new PickleMachine(path(), pickle, new TorchGlobals()).run());
    addMetadata(paths.metadata());
    place(paths.tensors());
  }

  /** The folder in the archive; torch.save names it after the file. */
  private String prefix() {
    for (String name : archive.names()) {
      if (name.equals(PICKLE) || name.endsWith("/" + PICKLE)) {
        return name.substring(0, name.length() - PICKLE.length());
      }
    }
    throw bad("is a zip archive without " + PICKLE + ", so no PyTorch checkpoint");
  }

  private void checkByteOrder() {
    String entry = prefix + "byteorder";
    if (!archive.has(entry)) {
      return;
    }
    MemorySegment order = archive.data(entry);
    byte[] text = order.asSlice(0, Math.min(order.byteSize(), ALIGNMENT)).toArray(LittleEndian.BYTE);
    String name = new String(text, StandardCharsets.ISO_8859_1);
    if (!name.equals("little")) {
      throw bad("values are in byte order " + ModelFormatException.quote(name) + ", and only little-endian ones are read");
    }
  }

  /** Makes views of all tensors, in the pickle's order. */
  private void place(List<TensorPaths.Named> tensors) throws IOException {
    List<Scattered> scattered = new ArrayList<>();
    List<TensorView> views = new ArrayList<>();
    for (TensorPaths.Named named : tensors) {
      String name = named.name().isEmpty() ? fileTitle() : named.name();
      TorchTensor tensor = named.tensor();
      if (tensor.unread() != null) {
        addUnread(new UnreadTensor(name, tensor.unread()));
        continue;
      }
      try {
        MemorySegment storage = storage(tensor);
        DType dtype = tensor.type().dtype();
        long begin = Math.min(dtype.byteSize(tensor.offset()), storage.byteSize());
        long size = dtype.byteSize(Shape.count(tensor.shape()));
        if (StridedCopy.isContiguous(tensor)) {
          views.add(new TensorView(name, dtype, tensor.shape(), storage.asSlice(begin, size)));
        } else {
          scattered.add(new Scattered(name, tensor, storage, size));
          views.add(null);
        }
      } catch (IllegalArgumentException e) {
        throw bad("tensor " + ModelFormatException.quote(name) + ": " + e.getMessage());
      }
    }
    List<TensorView> ordered = inOrder(scattered);
    int next = 0;
    for (TensorView view : views) {
      TensorView tensor = view == null ? ordered.get(next++) : view;
      if (!add(tensor)) {
        throw bad("two tensors are named " + ModelFormatException.quote(tensor.name()));
      }
    }
  }

  private String fileTitle() {
    return path().getFileName().toString().replaceFirst("\\.[^.]*$", "");
  }

  /** The bytes of a tensor's storage, which the tensor lies inside of. */
  private MemorySegment storage(TorchTensor tensor) {
    Storage storage = tensor.storage();
    MemorySegment bytes = archive.data(prefix + "data/" + storage.key());
    long stated = storage.type() == null ? storage.count() : storage.type().dtype().byteSize(storage.count());
    if (bytes.byteSize() != stated) {
      throw new IllegalArgumentException(
          "its storage " + ModelFormatException.quote(storage.key()) + " has " + bytes.byteSize() + " bytes, not " + stated);
    }
    long end = tensor.type().dtype().byteSize(StridedCopy.end(tensor));
    if (end > stated && Shape.count(tensor.shape()) > 0) {
      throw new IllegalArgumentException("its values reach up to byte " + end + " of a storage of " + stated + " bytes");
    }
    return bytes;
  }

  /** Copies of tensors that are not contiguous, in one piece of memory. */
  private List<TensorView> inOrder(List<Scattered> scattered) throws IOException {
    long total = 0;
    long most = MEMORY_BYTES + MOST_COPIES_PER_BYTE * file.bytes().byteSize();
    for (Scattered tensor : scattered) {
      if (tensor.bytes() > most - total - ALIGNMENT) {
        throw bad("tensor " + ModelFormatException.quote(tensor.name()) + " repeats values of the file until it is much larger");
      }
      total += aligned(tensor.bytes());
    }
    if (total == 0) {
      return List.of();
    }
    MemorySegment memory =
        total <= MEMORY_BYTES ? inMemory(scattered, total) : inTemporaryFile(scattered, total);
    List<TensorView> views = new ArrayList<>();
    long at = 0;
    for (Scattered tensor : scattered) {
      TorchTensor layout = tensor.layout();
      views.add(
          new TensorView(tensor.name(), layout.type().dtype(), layout.shape(), memory.asSlice(at, tensor.bytes())));
      at += aligned(tensor.bytes());
    }
    return views;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private MemorySegment inMemory(List<Scattered> scattered, long total) {
    MemorySegment memory = file.arena().allocate(total, ALIGNMENT);
    long at = 0;
    for (Scattered tensor : scattered) {
      int valueBytes = (int) tensor.layout().type().dtype().byteSize(1);
      new StridedCopy(tensor.storage(), valueBytes, tensor.layout())
          .read(0, tensor.bytes() / valueBytes, memory.asSlice(at, tensor.bytes()));
      at += aligned(tensor.bytes());
    }
    return memory;
  }

  /** Written, not only mapped: a disk that is full is then an error, and not a fault of the machine. */
  private MemorySegment inTemporaryFile(List<Scattered> scattered, long total) throws IOException {
    Path temporary = Files.createTempFile("llm265-", ".tensors");
    try (FileChannel channel = FileChannel.open(
        temporary, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
      long at = 0;
      for (Scattered tensor : scattered) {
        int valueBytes = (int) tensor.layout().type().dtype().byteSize(1);
        StridedCopy copy = new StridedCopy(tensor.storage(), valueBytes, tensor.layout());
        for (long done = 0; done < tensor.bytes(); done += block.limit()) {
          block.clear().limit((int) Math.min(BLOCK_BYTES, tensor.bytes() - done));
          copy.read(done / valueBytes, block.limit() / valueBytes, MemorySegment.ofBuffer(block));
          while (block.hasRemaining()) {
            channel.write(block, at + done + block.position());
          }
        }
        at += aligned(tensor.bytes());
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, total, file.arena());
    }
  }

  private ModelFormatException bad(String problem) {
    return new ModelFormatException(path(), problem);
  }

  @Override
  public String format() {
    return "pytorch";
  }

  @Override
  public void close() {
    file.close();
  }
}
