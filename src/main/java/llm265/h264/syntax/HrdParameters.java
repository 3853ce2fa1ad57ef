package llm265.h264.syntax;

import java.util.ArrayList;
import java.util.List;
import llm265.h264.bitstream.RbspReader;
import llm265.h264.bitstream.RbspWriter;

/**
 * E.1.2 HRD parameters syntax.
 *
 * @param bitRateScale bit_rate_scale, 0 to 15
 * @param cpbSizeScale cpb_size_scale, 0 to 15
 * @param schedules one for each SchedSelIdx, 1 to 32
 * @param initialCpbRemovalDelayLength initial_cpb_removal_delay_length_minus1 + 1, 1 to 32 bits
 * @param cpbRemovalDelayLength cpb_removal_delay_length_minus1 + 1, 1 to 32 bits
 * @param dpbOutputDelayLength dpb_output_delay_length_minus1 + 1, 1 to 32 bits
 * @param timeOffsetLength time_offset_length, 0 to 31 bits
 */
public record HrdParameters(
    int bitRateScale,
    int cpbSizeScale,
    List<Schedule> schedules,
    int initialCpbRemovalDelayLength,
    int cpbRemovalDelayLength,
    int dpbOutputDelayLength,
    int timeOffsetLength) {

  /**
   * One delivery schedule.
   *
   * @param bitRateValueMinus1 bit_rate_value_minus1, 0 to 2^32 - 2
   * @param cpbSizeValueMinus1 cpb_size_value_minus1, 0 to 2^32 - 2
   * @param cbrFlag cbr_flag
   */
  public record Schedule(long bitRateValueMinus1, long cpbSizeValueMinus1, boolean cbrFlag) {}

  public HrdParameters {
    schedules = List.copyOf(schedules);
  }

  static HrdParameters parse(RbspReader reader) {
    return reader.readStructure("hrd_parameters", HrdParameters::parseElements);
  }

  private static HrdParameters parseElements(RbspReader reader) {
    int cpbCnt = reader.readUe("cpb_cnt_minus1", "E.2.2", 31) + 1;
    int bitRateScale = reader.readInt(4, "bit_rate_scale");
    int cpbSizeScale = reader.readInt(4, "cpb_size_scale");
    List<Schedule> schedules = new ArrayList<>();
    for (int i = 0; i < cpbCnt; i++) {
      schedules.add(
          new Schedule(
              reader.readUe(reader.indexed("bit_rate_value_minus1", i)),
              reader.readUe(reader.indexed("cpb_size_value_minus1", i)),
              reader.readFlag(reader.indexed("cbr_flag", i))));
    }
    return new HrdParameters(
        bitRateScale,
        cpbSizeScale,
        schedules,
        reader.readInt(5, "initial_cpb_removal_delay_length_minus1") + 1,
        reader.readInt(5, "cpb_removal_delay_length_minus1") + 1,
        reader.readInt(5, "dpb_output_delay_length_minus1") + 1,
        reader.readInt(5, "time_offset_length"));
  }

  void write(RbspWriter writer) {
    writer.writeUe(schedules.size() - 1);
    writer.writeBits(4, bitRateScale);
    writer.writeBits(4, cpbSizeScale);
    for (Schedule schedule : schedules) {
      writer.writeUe(schedule.bitRateValueMinus1());
      writer.writeUe(schedule.cpbSizeValueMinus1());
      writer.writeFlag(schedule.cbrFlag());
    }
    writer.writeBits(5, initialCpbRemovalDelayLength - 1);
    writer.writeBits(5, cpbRemovalDelayLength - 1);
    writer.writeBits(5, dpbOutputDelayLength - 1);
    writer.writeBits(5, timeOffsetLength);
  }
}
