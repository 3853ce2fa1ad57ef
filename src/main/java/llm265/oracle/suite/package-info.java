/**
 * Decoders run over folders of streams: our own, the ffmpeg program, NVDEC, or any program that a command line runs.
 *
 * <p>Reading order: {@link Suite} is a folder's streams, by {@code SuiteManifest} or {@code ConformanceFolder}. What must become
 * of one is in {@link SuiteStream} and {@link ExpectedSamples}. {@link StreamCheck} checks a decoder with it: {@link OwnCheck}
 * ours, {@link ProgramCheck} another program, which is a {@link TestedProgram}. {@code OutputComparison} finds the first sample
 * that differs. {@link SuiteResult} is what came of it, and {@link JUnitReport} tells it to CI systems.
 *
 * <p>It knows no tensors, and trusts no program: {@link llm265.program.WatchedProgram} ends what does not end.
 */
package llm265.oracle.suite;
