package llm265.oracle;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.bitstream.Sei;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;

/** Small sound streams of our encoder and of x264 that together use every syntax structure: seeds for damage. */
public final class StreamCorpus {
  private StreamCorpus() {}

  public static List<byte[]> streams() {
    List<byte[]> streams = new ArrayList<>();
    for (long seed = 0; seed < 24; seed++) {
      streams.add(CodingScenario.ofSeed(seed, 48).encode().stream());
    }
    streams.add(manyPictures());
    for (long seed = 100; seed < 124; seed++) {
      CodingScenario scenario = CodingScenario.ofSeed(seed, 48);
      streams.add(X264Oracle.encode(scenario.x264Sources(), scenario.x264Parameters()));
    }
    List<Picture> pictures = List.of(RandomPictures.of(Content.EDGES, 48, 48, ChromaFormat.YUV420, 1));
    for (int qp = 4; qp < 40; qp += 7) {
      streams.add(X264Oracle.encode(pictures, "cabac=0:8x8dct=1:slices=2:qp=" + qp));
    }
    streams.add(X264Oracle.encode(pictures, "qp=30:tff=1"));
    streams.add(X264Oracle.encode(pictures, "qp=20:tff=1:cabac=0"));
    return streams;
  }

  /** Twelve pictures of x264, of which every fourth is an I picture: IDR with closed groups, else but the first not. */
  public static byte[] video(boolean openGroups) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      pictures.add(RandomPictures.of(Content.GRADIENT, 48, 32, ChromaFormat.YUV420, i / 2));
    }
    return X264Oracle.encodeVideo(
        pictures, "keyint=4:min-keyint=4:scenecut=0:qp=26:bframes=2:b-adapt=0:open-gop=" + (openGroups ? 1 : 0));
  }

  /** More pictures than are ever decoded at a time, with messages between them. */
  private static byte[] manyPictures() {
    Picture source = RandomPictures.of(Content.GRADIENT, 32, 32, ChromaFormat.YUV420, 7);
    H264IntraEncoder encoder = new H264IntraEncoder(EncoderConfig.IMAGE.withSlicesPerPicture(2), source.format());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(encoder.parameterSets());
    for (int i = 0; i < 20; i++) {
      out.writeBytes(Sei.userDataUnregistered(new byte[Sei.UUID_BYTES], new byte[] {(byte) i}));
      out.writeBytes(encoder.encode(source, 24 + i, i).slices());
    }
    return out.toByteArray();
  }
}
