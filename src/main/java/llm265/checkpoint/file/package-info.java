/**
 * Files and what is wrong with them, whatever their format: mapped files, outputs that appear whole or not at all, checksums.
 *
 * <p>Reading order: {@link MappedFile} is what readers read, {@link TensorTable} what they find; {@link CompanionFiles} resolves
 * the names of further files, and {@link ForeignFormat} recognizes formats that are not read. {@link ModelFormatException} is
 * their error. {@link OutputFile} and {@link OutputFolder} make every output appear whole or not at all.
 */
package llm265.checkpoint.file;
