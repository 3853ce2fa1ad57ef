package llm265.h264.generate;

import java.lang.classfile.Opcode;
import java.util.List;
import java.util.stream.Stream;

/**
 * A fault such as decoders have had, planted in one method of ours.
 *
 * @param name what is wrong
 * @param type the class
 */
record PlantedFault(String name, String type, String method, CodeChange change) {
  private static final String INTRA = "intra.";
  private static final String CABAC = "cabac.";
  private static final String CAVLC = "cavlc.";
  private static final String DEBLOCK = "deblock.";
  private static final String TRANSFORM = "transform.";
  private static final String MACROBLOCK = "macroblock.";

  private static PlantedFault of(String name, String type, String method, CodeChange change) {
    return new PlantedFault(name, "llm265.h264." + type, method, change);
  }

  /** All, in the order of the page. */
  static List<PlantedFault> all() {
    return Stream.of(prediction(), transforms(), entropyCoding(), pictures()).flatMap(List::stream).toList();
  }

  /** Intra prediction and predicted modes. */
  private static List<PlantedFault> prediction() {
    return List.of(
        of("Intra_16x16 plane prediction rounds down", INTRA + "Intra16x16Prediction", "plane", CodeChange.constant(32, 0, 0)),
        of("plane prediction of chroma in 4:2:2 takes the factor of 4:2:0", INTRA + "IntraChromaPrediction", "plane",
            CodeChange.constant(5, 0, 34)),
        of("chroma DC of the upper right block prefers the left", INTRA + "IntraChromaPrediction", "dc",
            CodeChange.neverBranch(Opcode.IFLE, 0)),
        of("the first sample above is filtered as if there were a corner", INTRA + "Intra8x8Prediction", "filter",
            CodeChange.constant(3, 0, 2)),
        of("the last sample above right is filtered as if another followed", INTRA + "Intra8x8Prediction", "filter",
            CodeChange.constant(3, 1, 2)),
        of("the block above right of the third column is left out", "reconstruct.MacroblockReconstructor",
            "aboveRightInside4x4", CodeChange.constant(3, 0, 2)),
        of("a neighbour's Intra_8x8 mode is that of its first block", MACROBLOCK + "PredIntraPredMode", "of8x8",
            CodeChange.constant(2, 1, 0)),
        of("unavailable neighbours predict mode 0", MACROBLOCK + "PredIntraPredMode", "predict", CodeChange.constant(2, 0, 0)));
  }

  /** Quantization parameters, transforms, scans and scaling lists. */
  private static List<PlantedFault> transforms() {
    return List.of(
        of("one entry of the chroma QP table", MACROBLOCK + "ChromaQp", "<clinit>", CodeChange.constant(36, 0, 37)),
        of("QPY does not wrap at its lower end", MACROBLOCK + "LumaQp", "next", CodeChange.constant(52, 0, 0)),
        of("Cr takes the QP offset of Cb", "reconstruct.MacroblockReconstructor", "useParameters",
            CodeChange.constant(2, 0, 0)),
        of("chroma DC of 4:2:2 takes QP'C", "reconstruct.MacroblockReconstructor", "addChromaResidual",
            CodeChange.constant(3, 0, 0)),
        of("two luma DC levels change places", TRANSFORM + "DcTransform", "inverseLuma", CodeChange.constant(12, 0, 11)),
        of("luma DC is scaled with a shift too many at qP 36", TRANSFORM + "DcTransform", "scaleBy64",
            CodeChange.constant(6, 1, 7)),
        of("chroma DC levels are transposed", TRANSFORM + "DcTransform", "hadamard2x2",
            CodeChange.operator(Opcode.ISUB, 0, Opcode.IADD)),
        of("the 8x8 transform rounds down below qP 36", TRANSFORM + "InverseTransform", "scale8x8",
            CodeChange.constant(5, 0, 4)),
        of("the 4x4 transform halves the wrong coefficient", TRANSFORM + "InverseTransform", "transformRow4",
            CodeChange.operator(Opcode.ISHR, 1, Opcode.ISHL)),
        of("two positions of the 4x4 field scan change places", MACROBLOCK + "BlockScan", "<clinit>",
            CodeChange.constant(12, 2, 5)),
        of("one position of the 8x8 field scan", MACROBLOCK + "BlockScan", "<clinit>", CodeChange.constant(57, 0, 56)),
        of("one normAdjust8x8", TRANSFORM + "LevelScale", "<clinit>", CodeChange.constant(33, 0, 35)),
        of("lists of the picture fall back to the default, not to those of the sequence", "syntax.ScalingLists", "resolve",
            CodeChange.neverBranch(Opcode.IFNONNULL, 2)),
        of("one scale of the default 8x8 list", "syntax.ScalingLists", "<clinit>", CodeChange.constant(38, 0, 36)),
        of("a scaling list that ends early ends in 16", "syntax.ScalingMatrix", "parseList", CodeChange.constant(255, 0, 127)),
        of("bypassed residuals of horizontal prediction are not summed", "reconstruct.TransformBypass", "add",
            CodeChange.branch(Opcode.IF_ACMPNE, 0, Opcode.IF_ACMPEQ)));
  }

  /** CABAC and CAVLC. */
  private static List<PlantedFault> entropyCoding() {
    return List.of(
        of("mb_qp_delta stays what it was after I_PCM", CABAC + "MacroblockParser", "parse",
            CodeChange.notStored("mbQpDelta", 0)),
        of("the context of mb_qp_delta after I_PCM", CABAC + "MacroblockParser", "parsePcm", CodeChange.constant(0, 1, 1)),
        of("contexts stay what they were in the slice before", CABAC + "MacroblockParser", "startSlice",
            CodeChange.notCalled("initContexts", 0)),
        of("coded_block_flag of a block that is not available is 0", MACROBLOCK + "PictureMbState", "clear",
            CodeChange.longConstant(-1, 0, 0)),
        of("the context of the second chroma bin of coded_block_pattern", CABAC + "CtxIdxInc", "codedBlockPatternChromaAc",
            CodeChange.constant(2, 0, 1)),
        of("one ctxIdx of significant_coeff_flag in fields", CABAC + "CtxBlockCat", "<clinit>",
            CodeChange.constant(436, 0, 402)),
        of("I_PCM begins at the byte that the arithmetic code ends in", CABAC + "CabacDecodingEngine", "startPcm",
            CodeChange.longConstant(7, 0, 0)),
        of("the suffix of coeff_abs_level_minus1 is one too small", CABAC + "ResidualBlockParser", "parseSuffix",
            CodeChange.constant(1, 1, 0)),
        of("suffixLength stops at 5", CAVLC + "ResidualBlockParser", "parseLevels", CodeChange.constant(6, 0, 5)),
        of("escapes of level_prefix 16 count as those of 15", CAVLC + "ResidualBlockParser", "parseLevels",
            CodeChange.constant(16, 0, 99)),
        of("suffixLength begins at 1 from 12 coefficients on", CAVLC + "ResidualBlockParser", "parseLevels",
            CodeChange.constant(10, 0, 11)),
        of("nC of a neighbour with I_PCM is 0", CAVLC + "MacroblockParser", "parse", CodeChange.constant(16, 0, 0)),
        of("the mean of nC rounds down", CAVLC + "MacroblockParser", "nC", CodeChange.constant(1, 0, 0)));
  }

  /** MBAFF, deblocking, cropping, slice groups. */
  private static List<PlantedFault> pictures() {
    return List.of(
        of("the left macroblock of an MBAFF pair is always the upper one", MACROBLOCK + "MbaffNeighbours", "derive",
            CodeChange.constant(1, 10, 0)),
        of("rows of the left pair are not doubled", MACROBLOCK + "MbaffNeighbours", "mixLeft", CodeChange.constant(3, 0, 1)),
        of("above a top field macroblock lies the top one of a frame pair, too", MACROBLOCK + "MbaffNeighbours", "derive",
            CodeChange.neverBranch(Opcode.IFEQ, 5)),
        of("the context of mb_field_decoding_flag leaves out the pair above", MACROBLOCK + "MbaffNeighbours", "fieldPairs",
            CodeChange.constant(1, 1, 0)),
        of("bS is 4 between rows of field macroblocks", DEBLOCK + "MbaffDeblockingFilter", "filterHorizontalEdges",
            CodeChange.constant(3, 0, 4)),
        of("bS is 4 on horizontal edges in fields", DEBLOCK + "DeblockingFilter", "<init>", CodeChange.constant(3, 0, 4)),
        of("left edges of mixed pairs take one QP", DEBLOCK + "MbaffDeblockingFilter", "filterVerticalEdges",
            CodeChange.operator(Opcode.IADD, 0, Opcode.IAND)),
        of("the deblocking filter takes QPY of I_PCM", DEBLOCK + "DeblockingFilter", "qP", CodeChange.constant(25, 0, 26)),
        of("disable_deblocking_filter_idc 2 filters edges of slices", DEBLOCK + "DeblockingFilter", "filterMbEdge",
            CodeChange.neverBranch(Opcode.IFEQ, 0)),
        of("inner edges of the 8x8 transform are filtered", DEBLOCK + "DeblockingFilter", "filterEdges",
            CodeChange.constant(4, 0, 14)),
        of("one entry of alpha", DEBLOCK + "FilterThresholds", "<clinit>", CodeChange.constant(127, 0, 113)),
        of("tC is not scaled with the depth", DEBLOCK + "FilterThresholds", "derive", CodeChange.constant(8, 2, 7)),
        of("the strong filter takes a gap one too large", DEBLOCK + "ScalarDeblockKernels", "filterLumaStrong",
            CodeChange.constant(2, 1, 3)),
        of("emulation prevention bytes stay", "bitstream.NalUnit", "firstEmulationPrevention",
            CodeChange.constant(3, 1, 77)),
        of("frame_crop_top_offset counts single rows", "syntax.SeqParameterSet", "cropUnitY", CodeChange.constant(2, 0, 1)),
        of("dispersed slice groups move by a whole row", "decode.SliceGroupMap", "mapUnitToSliceGroup",
            CodeChange.constant(2, 0, 1)));
  }
}
