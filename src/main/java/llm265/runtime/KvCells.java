package llm265.runtime;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import llm265.dtype.ValueCodec;
import llm265.parallel.IdlePool;
import llm265.parallel.Workers;
import llm265.runtime.kv.CellDecoder;
import llm265.runtime.kv.CellEncoder;
import llm265.runtime.kv.CellFormat;
import llm265.runtime.kv.CellModel;
import llm265.runtime.kv.CellPicture;
import llm265.runtime.kv.CellTarget;
import llm265.runtime.kv.ModelLearner;
import llm265.runtime.transform.ChannelTransform;
import llm265.runtime.transform.CoefficientModel;
import llm265.runtime.transform.CoefficientModels;
import llm265.runtime.transform.KvGeometry;
import llm265.runtime.transform.KvPart;
import llm265.runtime.transform.KvProfile;

/** The cells of a cache: coded one by one, in work areas that wait for the next one. Immutable and thread-safe. */
final class KvCells {
  private static final byte[] NO_PROFILE = new byte[32];

  private final KvSpec spec;
  private final KvRate rate;
  private final CoefficientModels profile;
  private final Workers workers;
  private final KvPageFormat format;
  private final byte[] specHash;
  private final IdlePool<CellFormat, CellEncoder> encoders;
  private final IdlePool<CellFormat, CellDecoder> decoders;

  private KvCells(
      KvSpec spec, KvRate rate, CoefficientModels profile, Workers workers, IdlePool<CellFormat, CellEncoder> encoders,
      IdlePool<CellFormat, CellDecoder> decoders) {
    this.spec = spec;
    this.rate = rate;
    this.profile = profile;
    this.workers = workers;
    this.encoders = encoders;
    this.decoders = decoders;
    format = new KvPageFormat(spec, rate);
    specHash = spec.hash();
  }

  static KvCells of(KvSpec spec, KvRate rate, CoefficientModels profile) {
    unsupported(spec, rate).ifPresent(reason -> {
      throw new IllegalArgumentException(reason);
    });
    if (profile != null && profile.hash().length != NO_PROFILE.length) {
      throw new IllegalArgumentException("a profile's hash of " + profile.hash().length + " bytes");
    }
    if (profile instanceof KvProfile of) {
      requireFits(spec, of.geometry());
    }
    return new KvCells(spec, rate, profile, Workers.CALLER, new IdlePool<>(), new IdlePool<>());
  }

  private static void requireFits(KvSpec spec, KvGeometry profile) {
    if (profile.layers() != spec.layers() || profile.heads() != spec.kvHeads() || profile.headSize() != spec.headDim()
        || profile.headSize() != spec.valueDim() || profile.groupHeads() != spec.headsPerCell()) {
      throw new IllegalArgumentException(
          "the profile is of " + profile.layers() + " layers and " + profile.heads() + " heads of " + profile.headSize() + ", "
              + profile.groupHeads() + " of them in a cell; the cache has " + spec.layers() + " layers, " + spec.kvHeads()
              + " heads of " + spec.headDim() + " and " + spec.valueDim() + ", " + spec.headsPerCell() + " in a cell");
    }
  }

  /** The same with other workers, which share the work areas. */
  KvCells with(Workers others) {
    return new KvCells(spec, rate, profile, others, encoders, decoders);
  }

  /** Why a cache cannot be coded so; nothing where it can. */
  static Optional<String> unsupported(KvSpec spec, KvRate rate) {
    if (rate.layers() != 0 && rate.layers() != spec.layers()) {
      return Optional.of("rates of " + rate.layers() + " layers for a cache of " + spec.layers());
    }
    KvPageFormat pages = new KvPageFormat(spec, rate);
    for (KvPart part : KvPart.values()) {
      if (rate.coding() == KvRate.Coding.PICTURES && !CellPicture.fits(pages.format(part), spec.pageTokens())) {
        return Optional.of("a cell of " + spec.pageTokens() + " tokens and " + spec.channels(part)
            + " channels is too large for a picture");
      }
    }
    if (rate.mode() != KvRate.Mode.FIXED_BYTES && rate.mode() != KvRate.Mode.MAX_BYTES) {
      return Optional.empty();
    }
    for (int layer = 0; layer < spec.layers(); layer++) {
      for (KvPart part : KvPart.values()) {
        int most = pages.mostBodyBytes(layer, part);
        if (CellEncoder.leastBytes(pages.format(part), spec.pageTokens()) > most) {
          return Optional.of(rate.amount(layer, part) + " bits of " + part + " leave no room for a cell of "
              + spec.pageTokens() + " tokens");
        }
      }
    }
    return Optional.empty();
  }

  KvSpec spec() {
    return spec;
  }

  KvRate rate() {
    return rate;
  }

  /** Whether cells are on axes that are learned from decoded tokens. */
  boolean hasAxes() {
    return spec.learnedAxes() && rate.mode() != KvRate.Mode.LOSSLESS;
  }

  byte[] profileHash() {
    return profile == null ? NO_PROFILE : profile.hash();
  }

  byte[] specHash() {
    return specHash;
  }

  KvPageFormat format() {
    return format;
  }

  Workers workers() {
    return workers;
  }

  /** The context in a record. */
  KvContext context(byte[] record) {
    return KvContext.read(spec, profile, format.hasPictures(), record);
  }

  /** Learns models from tokens of a view, the first of them at a position. */
  KvContext learn(KvView view, int token, int tokens, long position) {
    if (rate.mode() == KvRate.Mode.LOSSLESS) {
      return KvContext.unknown(spec);
    }
    int groups = spec.groups();
    CellModel[] models = new CellModel[2 * spec.layers() * groups];
    workers.forEachInOrder(models.length, i -> {
      int layer = i / (2 * groups);
      KvPart part = i / groups % 2 == 0 ? KvPart.KEYS : KvPart.VALUES;
      return learned(view, layer, part, i % groups, token, tokens, position);
    }, (i, model) -> models[i] = model);
    return KvContext.of(models, profile != null, format.parameterSets());
  }

  private CellModel learned(KvView view, int layer, KvPart part, int group, int token, int tokens, long position) {
    int channels = spec.channels(part);
    ModelLearner learner = new ModelLearner(channels, before(layer, part, group), known(layer, part, group));
    MemorySegment patterns = MemorySegment.ofArray(new byte[format.format(part).rawBytes(1)]);
    float[] row = new float[channels];
    for (int t = 0; t < tokens; t++) {
      view.gather(
          layer, part, group * spec.headsPerCell(), (group + 1) * spec.headsPerCell(), token + t, 1, patterns, 0);
      ValueCodec.read(spec.dtype(), patterns, 0, row, 0, channels);
      learner.add(row, 0, 1, position + t);
    }
    return learner.model();
  }

  /**
   * Encodes a cell of a page.
   *
   * @param model of the cell
   * @param keys keys as {@link CellEncoder#encode} has them, where the model predicts by them; else null
   */
  CellEncoder.Encoded encode(
      CellModel model, float[] keys, KvView view, int layer, KvPart part, int group, int viewToken, int firstToken, int tokens,
      long firstPosition, CellTarget target) {
    int coded = format.codedTokens(firstToken, tokens);
    int skipped = tokens - coded;
    CellFormat cellFormat = format.format(part);
    MemorySegment patterns = MemorySegment.ofArray(new byte[cellFormat.rawBytes(coded)]);
    view.gather(
        layer, part, group * spec.headsPerCell(), (group + 1) * spec.headsPerCell(), viewToken + skipped, coded, patterns, 0);
    CellEncoder encoder = encoders.take(cellFormat, () -> new CellEncoder(cellFormat, spec.pageTokens()));
    CellEncoder.Encoded encoded = encoder.encode(
        model, keys, patterns, coded, firstPosition + firstToken + skipped, target,
        rate.refusesNotFinite());
    encoders.giveBack(cellFormat, encoder);
    return encoded;
  }

  /** Decoded values of a cell as floats. */
  float[] floats(KvPart part, MemorySegment values, int tokens) {
    float[] rows = new float[tokens * spec.channels(part)];
    ValueCodec.read(spec.dtype(), values, 0, rows, 0, rows.length);
    return rows;
  }

  /** What the profile knows of a cell; null without one. */
  CoefficientModel known(int layer, KvPart part, int group) {
    return profile == null ? null : profile.model(layer, part == KvPart.KEYS, group);
  }

  /** What is done to a cell's channels before axes that are learned; null for nothing. */
  ChannelTransform before(int layer, KvPart part, int group) {
    return KvContext.transform(spec, part, known(layer, part, group));
  }

  /** @param context of the cells */
  CellDecoder takeDecoder(KvContext context, KvPart part) {
    CellFormat cellFormat = format.format(part);
    CellDecoder decoder = decoders.take(cellFormat, () -> new CellDecoder(cellFormat, spec.pageTokens()));
    decoder.useParameterSets(context.parameterSets(part));
    return decoder;
  }

  void giveBack(KvPart part, CellDecoder decoder) {
    decoders.giveBack(format.format(part), decoder);
  }
}
