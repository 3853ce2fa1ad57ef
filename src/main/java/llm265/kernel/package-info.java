/**
 * How a stage gets the implementation of its kernels: scalar, vector, or both at once for comparison.
 *
 * <p>{@link KernelLoader} chooses by the system property {@code llm265.kernels}. {@link KernelDuel} runs both implementations
 * and compares all that they return or write; {@link Scratch} marks what it must not compare. {@link WarmingKernels} leaves
 * calls to the reference until C2 has compiled the vector code.
 *
 * <p>Every package may use this one. It knows no stage and no kernel interface.
 */
package llm265.kernel;
