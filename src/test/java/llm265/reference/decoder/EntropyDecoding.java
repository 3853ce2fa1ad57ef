package llm265.reference.decoder;

/**
 * The elements of the macroblock layer whose descriptor is {@code ue(v) | ae(v)} or the like: {@link CavlcElements} reads them
 * if entropy_coding_mode_flag is 0, {@link CabacElements} if it is 1.
 */
interface EntropyDecoding {
  /** mb_field_decoding_flag of the pair that begins at an address. */
  boolean mbFieldDecodingFlag(int currMbAddr, SliceHeader slice);

  /** Whether another macroblock follows in the slice: end_of_slice_flag is 0, or there is more data. */
  boolean moreDataFlag();

  /** mb_type. */
  int mbType();

  /** transform_size_8x8_flag. */
  boolean transformSize8x8Flag();

  /** prev_intra4x4_pred_mode_flag or prev_intra8x8_pred_mode_flag, with its index. */
  boolean prevIntraPredModeFlag(String name);

  /** rem_intra4x4_pred_mode or rem_intra8x8_pred_mode, with its index. */
  int remIntraPredMode(String name);

  /** intra_chroma_pred_mode. */
  int intraChromaPredMode();

  /** coded_block_pattern: CodedBlockPatternLuma + 16 * CodedBlockPatternChroma. */
  int codedBlockPattern(Macroblock mb);

  /** mb_qp_delta. */
  int mbQpDelta(Macroblock mb);

  /** The samples of I_PCM come from the bitstream as they are; afterwards entropy decoding goes on. */
  void beginPcm();

  /** See {@link #beginPcm}. */
  void endPcm();

  /** residual_block( coeffLevel, 0, maxNumCoeff - 1, maxNumCoeff ): fills the list of levels. */
  void residualBlock(Macroblock mb, Block block, int[] coeffLevel);
}
