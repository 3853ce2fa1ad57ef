/**
 * Whole models: a checkpoint in, one compressed file or several out, and back. SPEC.md, "Compressed model file".
 *
 * <p>Reading order: {@link ModelCompressor}, {@link ModelDecompressor} and {@link CompressedModel} are the doors, {@link
 * CompressionReport} is the result, {@link SensitivityFile} holds weights of channels, {@link CalibrationFile} moments of
 * inputs. Behind the doors, {@code TensorSelection} decides which tensors are compressed, {@code BudgetPlanner} shares the bits
 * of a target, {@code ModelCompression} makes jobs of the plan, a {@code TensorCoder} does them with {@code JobCoding}, streams
 * wait with a {@code StreamKeeper}, and {@code CodedModel} writes files. {@code ModelIndex} is what a file says about its
 * tensors, {@code HeaderSize} predicts the size of its header. {@link CodedTensor} is an entry that is read, however it is
 * coded. {@link OutputForm} says in which types and under which names tensors come back, {@link OutputPlan} what is written for
 * that, as {@code OutputTensor}s. {@link ModelBase} is a model that another is told from; {@code DeltaEntry} is an entry that
 * needs it, and finds it by a {@code BaseLink}.
 *
 * <p>Programs that have tensors measured and coded in other processes hand over a {@link TensorCoder}: {@link ModelCompression}
 * gives it jobs, whoever has the tensor does them with {@link JobCoding}, and {@link CodedModel} writes what they come to.
 *
 * <p>It codes tensors with {@code tensor.encode} and {@code model.delta}, and reads and writes files with {@code checkpoint}. It
 * knows no pictures.
 */
package llm265.model;
