/**
 * PyTorch checkpoints, as {@code torch.save} writes them since version 1.6: an archive of storages, and a pickle that says which
 * tensors lie in them. SPEC.md, "pytorch".
 *
 * <p>A pickle is a program, and Python's own machine lets it call anything. The one here knows a closed list of names, each of
 * which makes data; all other names are refused. Reading order: {@link TorchReader} opens a file. {@code ZipDirectory} finds the
 * entries of the archive, {@code PickleMachine} runs the pickle, {@code TorchGlobals} is the closed list, {@code TorchTensor} is
 * what the pickle says about a tensor, {@code TensorPaths} names the tensors of nested dicts, and {@code StridedCopy} puts values
 * in order that do not lie so in the file.
 */
package llm265.checkpoint.torch;
