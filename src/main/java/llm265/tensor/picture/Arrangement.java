package llm265.tensor.picture;

import llm265.rate.QuantizerPoint;
import llm265.tensor.TensorFraming;
import llm265.tensor.analysis.SampleRange;
import llm265.tensor.analysis.UnrotatedTile;
import llm265.tensor.tools.ChannelScales;
import llm265.tensor.tools.Rotation;
import llm265.tensor.tools.ScaleClasses;
import llm265.tensor.values.TensorElements;

/**
 * How values are arranged for coding.
 *
 * @param elements the values: the tensor's own, these times the factors of their channels, or a rotated plane of them, row by
 *     row
 * @param original the tensor's own values
 * @param framing framing of those elements
 * @param header framing that the header describes: the same, or that of the plane before rotation
 * @param rotation rotation of the plane's columns; null for none
 * @param channels factors of the channels, by which the tensor's values were multiplied; null for none
 * @param rows scale classes of the plane's rows; null if there are none
 * @param columns scale classes of its columns; null if there are none
 * @param referenceClass class that the QP applies to
 * @param range which values become samples
 * @param preInverseRange which values become samples before the pre-inverse transform
 */
public record Arrangement(
    TensorElements elements, TensorElements original, TensorFraming framing, TensorFraming header, Rotation rotation,
    ChannelScales channels, ScaleClasses rows, ScaleClasses columns, int referenceClass, SampleRange range,
    SampleRange preInverseRange) {

  /** Which values become samples with a given method. */
  public SampleRange rangeOf(CodingMethod method) {
    return method.preInverse() ? preInverseRange : range;
  }

  public SampleQuantizer quantizer(CodingMethod method, int qp, double levelDeviation) {
    return method.isSplit()
        ? SampleQuantizer.split(rangeOf(method), levelDeviation, QuantizerPoint.step(qp))
        : SampleQuantizer.of(rangeOf(method), levelDeviation, new SampleDepth(method.coders().bitDepth()));
  }

  /** Whether the result depends on the step; not so for constants and for tensors that are kept exactly. */
  public boolean dependsOnStep() {
    return range.limit() >= 0 && range.deviation() > 0 && preInverseRange.deviation() > 0;
  }

  /** Whether macroblocks have their own quantizer steps. */
  public boolean hasScaleClasses() {
    return rows != null || columns != null;
  }

  /** Scale classes of a tile's rows; null if there are none. */
  public ScaleClasses rows(TensorFraming.Tile tile) {
    return rows == null ? null : rows.range((int) tile.firstRow(), (int) tile.firstRow() + tile.rows());
  }

  /** A tile's values before they were rotated; null where errors do not change behind a rotation. */
  public UnrotatedTile unrotated(int tile) {
    return rotation == null ? null : UnrotatedTile.of(original, header, tile, rotation);
  }

  /** Approximate number of bytes that describe the arrangement to the decoder. */
  public double byteSize() {
    double bits = rows == null ? 0 : rows.bits() * framing.tileColumns();
    bits += columns == null ? 0 : columns.bits();
    bits += channels == null ? 0 : channels.classes().bits();
    return bits / 8 + (rotation == null ? 0 : rotation.byteSize());
  }
}
