/**
 * 8.5 Transform coefficient decoding process, and its counterpart in an encoder.
 *
 * <p>Reading order: {@link LevelScale} (8.5.9), {@link InverseTransform} (8.5.12, 8.5.13), {@link DcTransform} (8.5.10,
 * 8.5.11). The encoder's side is {@link ForwardTransform} and {@link Quantization}. {@link TransformKernels} is the contract
 * for a whole plane of a macroblock; {@link ScalarTransformKernels} is the reference.
 *
 * <p>It works on arrays of levels and samples. It knows no macroblock types and no prediction.
 */
package llm265.h264.transform;
