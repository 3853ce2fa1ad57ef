package llm265.runtime;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import llm265.h264.StreamException;
import llm265.h264.bitstream.Sei;
import llm265.h264.syntax.IdrSequence;
import llm265.runtime.kv.CellPicture;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadWriter;

/** The H.264 stream of a layer's keys or values: a picture for each cell, page after page. SPEC.md, "Streams of cells". */
final class KvStream {
  private static final byte[] UUID = HexFormat.of().parseHex("6f1d1c4e0b7a4a529f0e3a8c5be1d7f2");

  private final List<KvPicture> pictures = new ArrayList<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** @throws KvCellException if a cell is damaged */
  KvStream(KvCells cells, KvSequence sequence, int layer, KvPart part) {
    KvPageFormat format = cells.format();
    if (!format.hasPictures() || sequence.context() == null || sequence.context().parameterSets(part) == null) {
      return;
    }
    byte[] sets = sequence.context().parameterSets(part);
    IdrSequence idr = new IdrSequence(sets);
    bytes.writeBytes(sets);
    for (int p = 0; p < sequence.entries().size(); p++) {
      KvSequence.Entry entry = sequence.entries().get(p);
      KvPage page = entry.page();
      int coded = page == null ? 0 : format.codedTokens(entry.firstToken(), page.tokens());
      for (int group = 0; coded > 0 && group < cells.spec().groups(); group++) {
        sequence.requireWhole(p, layer, part, group);
        byte[] body = page.body(format.cell(page.layerFrom(), layer, part, group));
        int first = entry.firstToken() + page.tokens() - coded;
        KvPicture picture = new KvPicture(p, layer, part, group, first, entry.end() - first);
        try {
          add(picture, CellPicture.unit(format.format(part), body, coded), page, idr);
        } catch (StreamException e) {
          throw new KvCellException(layer, part, p, e.getMessage());
        }
      }
    }
  }

  private void add(KvPicture picture, CellPicture.Unit unit, KvPage page, IdrSequence idr) {
    if (unit != null) {
      byte[] slice = idr.slice(unit.slice(), pictures.size());
      bytes.writeBytes(Sei.userDataUnregistered(UUID, side(picture, page, unit)));
      bytes.writeBytes(slice);
      pictures.add(picture);
    }
  }

  /** Whose cell it is, and what its body has beside the picture. */
  private static byte[] side(KvPicture picture, KvPage page, CellPicture.Unit unit) {
    PayloadWriter out = new PayloadWriter();
    out.varint(page.firstToken());
    out.varint(page.tokens());
    out.varint(picture.layer());
    out.varint(picture.part().ordinal());
    out.varint(picture.group());
    out.bytes(unit.side());
    return out.toByteArray();
  }

  List<KvPicture> pictures() {
    return List.copyOf(pictures);
  }

  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
