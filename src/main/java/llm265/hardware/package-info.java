/**
 * Which GPU decodes and encodes which video format, and which of our streams it plays, by the documents of its maker.
 *
 * <p>Reading order: {@link GpuMatrix} is the table, {@link GpuChip} a row of it with its {@link GpuGeneration};
 * {@link StreamKind} says what our streams ask of a decoder. {@link NvidiaDriver} names the GPUs of this machine.
 *
 * <p>The facts are in {@code gpus.json}, with their sources, and with what no source at hand confirms. It knows no codec.
 */
package llm265.hardware;
