/**
 * GGUF, the files of ggml and llama.cpp, versions 2 and 3. SPEC.md, "gguf".
 *
 * <p>Reading order: {@link GgufHeader} is what comes before the data, {@code GgufEntry} a key with its value, {@link
 * GgufTensor} a tensor's entry; {@code HeaderCursor} reads them and {@code HeaderBytes} writes them. {@link GgufReader} is the
 * reader, of one file or of one that was split. {@link GgufWriter} writes a file with a given header, with other types if need
 * be: {@link WrittenType} and {@code FileType} have llama.cpp's rules for that. {@link HuggingFaceNames} are the names and the
 * order of rows in the files that a GGUF file was made from.
 */
package llm265.checkpoint.gguf;
