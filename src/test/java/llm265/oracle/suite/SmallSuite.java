package llm265.oracle.suite;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.DecoderLimits;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.decode.H264IntraDecoder;
import llm265.h264.decode.PictureReceiver;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;

/** A stream of four pictures of 64x48 in 4:2:0 in a folder, its samples, and manifests of it. */
public final class SmallSuite {
  public static final int PICTURES = 4;
  public static final int WIDTH = 64;
  public static final int HEIGHT = 48;
  public static final int PICTURE_BYTES = WIDTH * HEIGHT * 3 / 2;

  public final Path folder;
  public final Path stream;
  public final byte[] samples;

  public SmallSuite(Path folder) {
    this.folder = folder;
    stream = folder.resolve("a.264");
    try {
      Files.createDirectories(folder);
      Files.write(stream, encode());
      samples = samples(Files.readAllBytes(stream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    H264IntraEncoder encoder = null;
    for (int i = 0; i < PICTURES; i++) {
      Picture picture = RandomPictures.of(Content.EDGES, WIDTH, HEIGHT, ChromaFormat.YUV420, i);
      if (encoder == null) {
        encoder = new H264IntraEncoder(EncoderConfig.IMAGE, picture.format());
        out.writeBytes(encoder.parameterSets());
      }
      out.writeBytes(encoder.encode(picture, 28, i).slices());
    }
    return out.toByteArray();
  }

  /** What our decoder makes of a stream. */
  public static byte[] samples(byte[] stream) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new H264IntraDecoder(DecoderLimits.DEFAULT).decode(stream, 0, stream.length, PictureReceiver.passing(decoded -> {
      byte[] picture = new byte[decoded.picture().croppedBytes()];
      decoded.picture().writeCropped(picture, 0);
      out.writeBytes(picture);
    }));
    return out.toByteArray();
  }

  public static String hash(String algorithm, byte[] bytes) {
    return HexFormat.of().formatHex(SampleDigest.digest(algorithm).digest(bytes));
  }

  /** The samples with one of them changed. */
  public byte[] withSample(int picture, int plane, int x, int y, int value) {
    byte[] changed = samples.clone();
    int width = plane == 0 ? WIDTH : WIDTH / 2;
    int before = plane == 0 ? 0 : WIDTH * HEIGHT + (plane - 1) * WIDTH * HEIGHT / 4;
    changed[picture * PICTURE_BYTES + before + y * width + x] = (byte) value;
    return changed;
  }

  public Path file(String name, byte[] bytes) {
    try {
      return Files.write(folder.resolve(name), bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a manifest in the manner of generated streams, and the list of pictures. */
  public void generated(String extraRows) throws IOException {
    Files.writeString(folder.resolve("MANIFEST.tsv"),
        "file\tverdict\tsha256\tpictures\tpix_fmt\tdecoded_md5\tprofile\ttools\tfault\n"
            + "a.264\tgood\t" + hash("SHA-256", Files.readAllBytes(stream)) + "\t4\tyuvj420p\t" + hash("MD5", samples)
            + "\tHigh\tcabac\t\n" + extraRows);
    Files.writeString(folder.resolve("a.md5"), pictureList());
  }

  /** Number, size and MD5 of each picture. */
  public String pictureList() {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < PICTURES; i++) {
      byte[] picture = Arrays.copyOfRange(samples, i * PICTURE_BYTES, (i + 1) * PICTURE_BYTES);
      list.append(i + "\t" + WIDTH + "\t" + HEIGHT + "\t" + hash("MD5", picture) + "\n");
    }
    return list.toString();
  }

  /** The only stream that a folder's manifest names. */
  public SuiteStream only() throws IOException {
    List<SuiteStream> streams = Suite.open(folder).streams();
    if (streams.size() != 1) {
      throw new AssertionError(streams);
    }
    return streams.getFirst();
  }
}
