package llm265.runtime;

import java.util.Arrays;
import llm265.runtime.kv.CellModel;
import llm265.runtime.kv.ModelLearner;
import llm265.runtime.kv.ModelRecord;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.IdentityTransform;
import llm265.runtime.transform.KvPart;
import llm265.tensor.payload.PayloadReader;
import llm265.tensor.payload.PayloadWriter;

/**
 * What belongs to a sequence and not to a page: the models of all cells, learned from its first tokens, and the parameter sets of
 * its pictures. It is sent once, and pages name it by its hash. Immutable. SPEC.md, "Context record".
 */
public final class KvContext {
  private final CellModel[] models;
  private final byte[] bytes;
  private final byte[] hash;
  private final int[] modelBytes;
  /** Of keys' pictures, and values'; null where there are none. */
  private final byte[][] parameterSets;

  private KvContext(CellModel[] models, byte[] bytes, int[] modelBytes, byte[][] parameterSets) {
    this.models = models;
    this.parameterSets = parameterSets;
    this.bytes = bytes;
    this.modelBytes = modelBytes;
    hash = KvSpec.sha256(bytes);
  }

  /**
   * @param isProfiled whether means and deviations are those of a profile, and not repeated
   * @param sets parameter sets of keys' pictures and of values'; null each where there are none
   */
  static KvContext of(CellModel[] models, boolean isProfiled, byte[][] sets) {
    PayloadWriter out = new PayloadWriter();
    int[] sizes = new int[models.length];
    for (int i = 0; i < models.length; i++) {
      int begin = out.length();
      ModelRecord.write(models[i], isProfiled, out);
      sizes[i] = out.length() - begin;
    }
    for (byte[] own : sets) {
      if (own != null) {
        out.varint(own.length);
        out.bytes(own);
      }
    }
    return new KvContext(models, out.toByteArray(), sizes, sets);
  }

  /** The context of sequences of which nothing was learned, such as those that are kept without loss. */
  static KvContext unknown(KvSpec spec) {
    CellModel[] models = new CellModel[2 * spec.layers() * spec.groups()];
    CellModel keys = ModelLearner.unknown(spec.channels(KvPart.KEYS), null);
    CellModel values = ModelLearner.unknown(spec.channels(KvPart.VALUES), null);
    for (int i = 0; i < models.length; i++) {
      models[i] = part(spec, i) == KvPart.KEYS ? keys : values;
    }
    return new KvContext(models, new byte[0], new int[models.length], new byte[KvPart.values().length][]);
  }

  private static KvPart part(KvSpec spec, int model) {
    return model / spec.groups() % 2 == 0 ? KvPart.KEYS : KvPart.VALUES;
  }

  /** Number of a cell's model. */
  static int index(KvSpec spec, int layer, KvPart part, int group) {
    return (2 * layer + part.ordinal()) * spec.groups() + group;
  }

  /**
   * Reads a record; one without bytes is that of sequences of which nothing was learned.
   *
   * @param hasPictures whether cells are on pictures
   */
  static KvContext read(KvSpec spec, CoefficientModels profile, boolean hasPictures, byte[] record) {
    if (record.length == 0) {
      return unknown(spec);
    }
    PayloadReader in = new PayloadReader(record, 0, record.length);
    CellModel[] models = new CellModel[2 * spec.layers() * spec.groups()];
    int[] sizes = new int[models.length];
    for (int i = 0; i < models.length; i++) {
      int begin = in.position();
      KvPart part = part(spec, i);
      int layer = i / (2 * spec.groups());
      CoefficientModel known = profile == null ? null : profile.model(layer, part == KvPart.KEYS, i % spec.groups());
      models[i] = ModelRecord.read(in, spec.channels(part), transform(spec, part, known), known);
      sizes[i] = in.position() - begin;
    }
    byte[][] sets = new byte[KvPart.values().length][];
    for (int part = 0; part < sets.length && hasPictures; part++) {
      sets[part] = in.bytes("parameter_sets", in.varint("parameter_set_bytes", in.remaining()));
    }
    in.requireEnd("context_record");
    return new KvContext(models, record, sizes, sets);
  }

  /** What makes coefficients of a cell's channels; null where nothing does. */
  static ChannelTransform transform(KvSpec spec, KvPart part, CoefficientModel known) {
    if (known != null) {
      return known.transform();
    }
    return part == KvPart.KEYS && spec.rotary().pairs() > 0
        ? spec.unrotated(part, new IdentityTransform(spec.channels(part))) : null;
  }

  CellModel model(int index) {
    return models[index];
  }

  /** Sequence and picture parameter set of the pictures of keys, or values; null where cells have none. */
  byte[] parameterSets(KvPart part) {
    return parameterSets[part.ordinal()];
  }

  /** Bytes that a model takes. */
  int modelBytes(int index) {
    return modelBytes[index];
  }

  /** The record. */
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** Bytes of the record. */
  public int length() {
    return bytes.length;
  }

  /** SHA-256 of the record: what pages name it by. */
  public byte[] hash() {
    return hash.clone();
  }

  byte[] sharedHash() {
    return hash;
  }

  @Override
  public String toString() {
    return "context of " + models.length + " models, " + bytes.length + " bytes, "
        + Integer.toHexString(Arrays.hashCode(hash));
  }
}
