/**
 * ISO/IEC 14496-12 and 14496-15: the NAL units of a video track in an .mp4 or .mov file.
 *
 * <p>Reading order: {@link NalUnits} is the door; it also takes plain byte streams. {@code AvcTrack} finds the track and its
 * samples, with {@code AvcConfiguration} for the parameter sets in the sample entry. {@code SampleTable} and
 * {@code MovieFragments} say where samples lie, both as a {@code SampleRow}. {@code Boxes} reads boxes and checks that every
 * access stays inside its box.
 *
 * <p>It stops at NAL units, and does not read what is in them. Other tracks, edit lists and timing are ignored.
 */
package llm265.h264.container;
