/**
 * Tokenizers of language models: text to ids and back, as the files of Hugging Face models describe it. They are read from
 * {@code tokenizer.json}, or from the older {@code vocab.json} with {@code merges.txt} (GPT-2) and {@code vocab.txt} (BERT).
 *
 * <p>A text goes through these steps. {@link llm265.lm.token.AddedTokens} cuts out what is a token as it stands, a {@link
 * llm265.lm.token.Normalizer} rewrites the rest, a {@link llm265.lm.token.PreTokenizer} cuts that into pieces, a {@link
 * llm265.lm.token.TokenModel} turns each piece into ids, and a {@link llm265.lm.token.PostProcessor} puts special tokens
 * around them. A {@link llm265.lm.token.TokenDecoder} goes back to text.
 *
 * <p>Read {@link llm265.lm.token.Tokenizer}, {@link llm265.lm.token.TokenizerSteps}, {@link llm265.lm.token.Part} and {@link
 * llm265.lm.token.NormalizedText}; then the steps, each of which has its interface, its kinds and a class in the plural that
 * reads them from a file; {@link llm265.lm.token.OnigurumaPattern} for regular expressions; {@link
 * llm265.lm.token.BytePairModel} and {@link llm265.lm.token.UnigramModel} for the models that search.
 *
 * <p>The ids are those of the library {@code tokenizers}, in version 0.21, to which tests compare them.
 */
package llm265.lm.token;
