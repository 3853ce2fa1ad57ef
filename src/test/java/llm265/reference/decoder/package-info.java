/**
 * An H.264 decoder to read, in the order of the standard: for people who learn it, and as a second opinion on the decoder of this
 * project, with which it shares no line.
 *
 * <p>Classes are clauses, methods are syntax structures and processes, variables have the standard's names. Loops are plain, and
 * nothing is made for speed. It decodes I slices: frames, fields and MBAFF frames, CAVLC and CABAC, 4:0:0 to 4:4:4 and separate
 * colour planes, 8 to 14 bits, I_PCM, lossless macroblocks, scaling matrices, slice groups, data partitions, deblocking. It
 * leaves out P and B slices, and the order of output (C.4): pictures come in decoding order.
 *
 * <p>A way through it:
 *
 * <ol>
 *   <li>{@link llm265.reference.decoder.ReadableDecoder}: from NAL units to pictures (7.4.1, clause 8). NalUnits (Annex B, 7.3.1)
 *       finds them, Bits (7.2, 9.1) reads them, {@link llm265.reference.decoder.Watcher} looks on.
 *   <li>SequenceParameters (7.3.2.1) with ScalingLists and VideoUsability (Annex E), PictureParameters (7.3.2.2), SliceHeader
 *       (7.3.3): what holds for many macroblocks.
 *   <li>SliceData (7.3.4), MacroblockLayer (7.3.5), Macroblock, Levels and Block (7.4.5, Table 9-42): the elements of
 *       macroblocks. SliceGroups (8.2.2) orders them.
 *   <li>Picture and Neighbours (6.4): which samples, blocks and macroblocks lie beside each other.
 *   <li>EntropyDecoding has two implementations: CavlcElements (9.2) with CavlcTables; CabacElements (9.3.1 to 9.3.3.1) with
 *       CabacEngine (9.3.3.2) and CabacTables.
 *   <li>Reconstruction puts it together: IntraPredictionModes, ReferenceSamples and IntraPrediction (8.3), Transform (8.5).
 *   <li>Deblocking (8.7), and DecodedPicture, which crops.
 * </ol>
 *
 * <p>Behind {@code mvn test-compile}, {@code java -cp target/test-classes llm265.reference.decoder.ReadableDecoder FILE.264}
 * prints the size and the MD5 of each picture; with {@code --watch} every syntax element, every bin with the state of the
 * arithmetic decoding engine, and every block on its way from levels to samples (PrintedSteps).
 */
package llm265.reference.decoder;
