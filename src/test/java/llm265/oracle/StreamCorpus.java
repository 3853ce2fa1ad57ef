package llm265.oracle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import llm265.h264.ChromaFormat;
import llm265.h264.EncoderConfig;
import llm265.h264.Picture;
import llm265.h264.PictureFormat;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;
import llm265.h264.bitstream.Sei;
import llm265.h264.encode.H264IntraEncoder;
import llm265.h264.encode.RandomPictures;
import llm265.h264.encode.RandomPictures.Content;
import llm265.h264.generate.RandomStream;
import llm265.h264.generate.RandomStream.Tools;
import llm265.h264.syntax.DecRefPicMarking;
import llm265.h264.syntax.PicOrderCnt;
import llm265.h264.syntax.PicParameterSet;
import llm265.h264.syntax.SeqParameterSet;
import llm265.h264.syntax.SliceHeader;
import llm265.h264.syntax.SliceOpening;
import llm265.reference.UnknownToFfmpeg;

/** Small sound streams of our encoder and of x264 that together use every syntax structure: seeds for damage. */
public final class StreamCorpus {
  /** Bytes of the largest foreign stream that is damaged: each is decoded again and again. */
  private static final int LARGEST_FOREIGN = 60_000;

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

  /** Three pictures of x264 with its parameters, 48x64, of a chroma format and a bit depth. */
  public static byte[] stills(ChromaFormat chroma, int bitDepth, String parameters) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Picture picture = RandomPictures.of(i == 1 ? Content.EDGES : Content.GAUSSIAN, 48, 64, chroma, i);
      pictures.add(bitDepth == 8 ? picture : RandomPictures.deepen(picture, bitDepth));
    }
    return X264Oracle.encode(pictures, parameters);
  }

  /**
   * Two frames of x264 made the fields of one, 48x128, the bottom field first if asked for. With CAVLC a field differs from a
   * frame in its slice headers and in the order of its levels alone, which any order will do for.
   */
  public static byte[] fieldPair(boolean bottomFirst) {
    SeqParameterSet[] sps = new SeqParameterSet[2];
    PicParameterSet[] pps = new PicParameterSet[1];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int fields = 0;
    for (NalUnit nalUnit : new ByteStream(stills(ChromaFormat.YUV420, 8, "cabac=0:8x8dct=0:qp=30"))) {
      if (fields > 0 && nalUnit.nalUnitType() != NalUnit.SLICE_IDR) {
        // x264 sends its parameter sets with every picture.
        continue;
      }
      NalUnit.Rbsp rbsp = nalUnit.rbsp();
      RbspWriter writer = new RbspWriter();
      switch (nalUnit.nalUnitType()) {
        case NalUnit.SPS -> {
          sps[0] = SeqParameterSet.parse(rbsp.reader());
          PictureFormat format = sps[0].format();
          sps[1] = new SeqParameterSet(
              77, 0, 30, 0, false, false, null, 4, PicOrderCnt.type0(4), 1, false, false, false, true,
              new PictureFormat(format.widthInMbs(), 2 * format.heightInMbs(), format.chroma(), 8, 8, 0, 0, 0, 0), null);
          sps[1].write(writer);
        }
        case NalUnit.PPS -> {
          pps[0] = PicParameterSet.parse(rbsp.reader(), id -> sps[0]);
          pps[0].write(writer, ChromaFormat.YUV420);
        }
        case NalUnit.SLICE_IDR -> {
          if (fields == 2) {
            return out.toByteArray();
          }
          SliceHeader header = SliceHeader.parse(nalUnit, rbsp.reader(), id -> pps[0], id -> sps[0]);
          boolean idr = fields == 0;
          boolean bottom = fields++ == 0 == bottomFirst;
          new SliceHeader(
              new SliceOpening(1, idr, 0, 7, 0, 0, 0, true, bottom, 0, idr ? 0 : 1, 0, 0, 0, 0), DecRefPicMarking.NONE,
              header.sliceQpY(), header.disableDeblockingFilterIdc(), header.filterOffsetA(), header.filterOffsetB(), 0, 0)
              .write(writer, sps[1], pps[0]);
          RbspReader data = rbsp.reader();
          data.moveTo(header.sliceDataBitOffset());
          while (data.moreRbspData()) {
            writer.writeBits(1, data.readInt(1, "slice_data"));
          }
          writer.writeTrailingBits();
        }
        default -> {
          continue;
        }
      }
      int type = nalUnit.nalUnitType() == NalUnit.SLICE_IDR && fields == 2 ? NalUnit.SLICE_NON_IDR : nalUnit.nalUnitType();
      out.writeBytes(writer.toNalUnit(1, type, true));
    }
    throw new IllegalStateException("fewer than three pictures");
  }

  /**
   * Streams of random syntax elements, one of each mixture of tools, {@link #streams}, the golden ones,
   * those that FFmpeg does not know, and small foreign ones.
   */
  public static List<byte[]> ofEveryTool() throws IOException {
    List<byte[]> streams = new ArrayList<>(streams());
    long seed = 0;
    for (Tools tools : (Iterable<Tools>) WrittenStreamTest.everyMixtureOfTools()::iterator) {
      streams.add(new RandomStream(seed++, tools).make().write());
    }
    streams.addAll(UnknownToFfmpeg.streams());
    try (Stream<Path> files = Files.list(Path.of("golden-vectors"))) {
      for (Path file : (Iterable<Path>) files.filter(path -> path.toString().endsWith(".264")).sorted()::iterator) {
        streams.add(Files.readAllBytes(file));
      }
    }
    String folder = System.getProperty("llm265.vectors", "");
    if (!folder.isEmpty()) {
      for (ForeignVector vector : ForeignVector.in(Path.of(folder))) {
        if (Files.exists(vector.path()) && Files.size(vector.path()) <= LARGEST_FOREIGN) {
          streams.add(Files.readAllBytes(vector.path()));
        }
      }
    }
    return streams;
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
