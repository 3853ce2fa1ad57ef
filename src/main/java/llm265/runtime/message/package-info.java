/**
 * Messages of values whose rate is held: what one side encodes from step to step, and what any side decodes from the message
 * alone. SPEC.md, "Run-time messages".
 *
 * <p>Read {@link llm265.runtime.message.Segments} and {@link llm265.runtime.message.MessageHeader} for the bytes, then
 * {@link llm265.runtime.message.StepControl}, {@link llm265.runtime.message.HeldRateCoder} and
 * {@link llm265.runtime.message.MessageDecoder}. Messages of values whose deviations both ends expect need what the other end has
 * learned: {@link llm265.runtime.message.DeviationLaws}, {@link llm265.runtime.message.Expectation},
 * {@link llm265.runtime.message.ExpectedCoder} and {@link llm265.runtime.message.ExpectedDecoder}.
 */
package llm265.runtime.message;
