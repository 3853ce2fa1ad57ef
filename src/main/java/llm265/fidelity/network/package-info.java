/**
 * What compression does to networks in ONNX files: text encoders, networks that make pictures of pictures, and networks that read
 * lines of text. And a bench of methods on them.
 *
 * <p>Read {@link llm265.fidelity.network.NetworkKind}, {@link llm265.fidelity.network.NetworkFidelity}, then a kind: {@link
 * llm265.fidelity.network.EncoderFidelity} with {@code NetworkEncoder}; {@link llm265.fidelity.network.PictureFidelity} with
 * {@link llm265.fidelity.network.SyntheticPictures}; {@link llm265.fidelity.network.RecognitionFidelity} with {@code LineImages},
 * {@code TextRecognizer} and {@code EditDistance}. {@code NetworkPorts} finds inputs and outputs. {@link
 * llm265.fidelity.network.NetworkBench} compares methods, each a {@code NetworkMethod}.
 */
package llm265.fidelity.network;
