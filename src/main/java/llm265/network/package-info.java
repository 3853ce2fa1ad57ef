/**
 * Networks in ONNX files, run by ONNX Runtime, with their own weights or with others.
 *
 * <p>Read {@link llm265.network.NetworkFile}, {@link llm265.network.NetworkWeights}, {@link llm265.network.Network}. Only {@code
 * Network} knows ONNX Runtime, which a program that embeds this one need not have.
 */
package llm265.network;
