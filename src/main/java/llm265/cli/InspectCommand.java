package llm265.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import llm265.TensorDecoder;
import llm265.TensorInfo;
import llm265.checkpoint.Checkpoint;
import llm265.checkpoint.file.ForeignFormat;
import llm265.cli.output.Format;
import llm265.cli.output.Notes;
import llm265.cli.output.TraceOutput;
import llm265.dtype.Shape;
import llm265.h264.DecoderLimits;
import llm265.h264.StreamException;
import llm265.h264.bitstream.ByteStream;
import llm265.h264.bitstream.NalUnit;
import llm265.h264.container.NalUnits;
import llm265.h264.syntax.StreamListing;
import llm265.h264.trace.StreamTrace;
import llm265.model.CodedTensor;
import llm265.model.CompressedModel;
import llm265.tensor.decode.TensorStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code llm265 inspect}. */
@Command(
    name = "inspect",
    description = {
      "Shows what is in a file, decoding nothing.",
      "Of a model: its tensors, their sizes where it is compressed, and how its weights are quantized. Of a stream (.264, or in "
          + "an .mp4 or .mov file): NAL units, parameter sets and slice headers, every element under its name in the standard.",
      "With --trace it decodes: every element of macroblocks and residual blocks too, with its bits, or its bins and their "
          + "contexts."
    },
    mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
  @Parameters(paramLabel = "IN", description = "A .safetensors, .onnx, .npy, .264, .mp4 or .mov file, or a model's folder")
  private Path input;

  @Option(names = "--json", description = "Print JSON")
  private boolean json;

  @Option(names = "--trace", description = "For a stream: every syntax element, one per line (docs/trace.md)")
  private boolean trace;

  @Option(names = "--picture", paramLabel = "N", description = "Trace only the slices of this picture, counted from 0")
  private Integer picture;

  @Option(
      names = "--mb",
      paramLabel = "N",
      description = "Trace only the macroblock at this address, in each picture or in --picture")
  private Integer mbAddr;

  @Spec private CommandSpec spec;

  private final ObjectMapper mapper = new ObjectMapper();
  private PrintWriter out;

  @Override
  public Integer call() throws IOException {
    out = spec.commandLine().getOut();
    checkTraceOptions();
    if (Arguments.isStream(input)) {
      try {
        if (trace) {
          traceStream();
        } else {
          inspectStream();
        }
      } catch (StreamException e) {
        throw new IOException(input + ": " + e.getMessage(), e);
      }
    } else {
      boolean compressed;
      try (Checkpoint checkpoint = Checkpoint.open(input)) {
        compressed = CompressedModel.isCompressed(checkpoint);
        if (!compressed) {
          new CheckpointListing(checkpoint, QuantizedInput.of(input, checkpoint)).print(out, json);
        }
      }
      if (compressed) {
        inspectModel();
      }
    }
    out.flush();
    return 0;
  }

  private void inspectModel() throws IOException {
    try (CompressedModel model = CompressedModel.open(input)) {
      ModelListing listing = ModelListing.of(model);
      listing.notes().forEach(note -> Notes.print(spec, note));
      listing.print(out, json);
    }
  }

  private void checkTraceOptions() {
    if (trace && !Arguments.isStream(input)) {
      throw new ParameterException(spec.commandLine(), ForeignFormat.of(input).map(sentence -> input + ": " + sentence)
          .orElse("--trace is for streams; extract gives those of a compressed model"));
    }
    if (!trace && (picture != null || mbAddr != null)) {
      throw new ParameterException(spec.commandLine(), "--picture and --mb are for --trace");
    }
    if (picture != null && picture < 0 || mbAddr != null && mbAddr < 0) {
      throw new ParameterException(spec.commandLine(), "--picture and --mb count from 0");
    }
  }

  private MemorySegment mapStream(Arena arena) throws IOException {
    MemorySegment stream = InputFile.mapStream(input, arena);
    if (TensorStream.isWithoutPictures(stream)) {
      return stream;
    }
    if (!NalUnits.isFile(stream) && ByteStream.findStartCode(stream, 0, stream.byteSize()) >= stream.byteSize()) {
      throw new IOException(input + ": has no NAL unit: it is not an H.264 stream in Annex B form");
    }
    return stream;
  }

  private void traceStream() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      int wantedPicture = picture == null ? StreamTrace.ALL : picture;
      int wantedMbAddr = mbAddr == null ? StreamTrace.ALL : mbAddr;
      if (!TraceOutput.write(InputFile.mapPictures(input, arena), wantedPicture, wantedMbAddr, json, out)) {
        String intraPicture = picture == null ? "" : "intra picture " + picture;
        throw new IOException(input + ": has no "
            + (mbAddr == null ? intraPicture : "macroblock " + mbAddr + (picture == null ? "" : " in an " + intraPicture)));
      }
    }
  }

  private void inspectStream() throws IOException {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment stream = mapStream(arena);
      boolean hasPictures = !TensorStream.isWithoutPictures(stream);
      TensorInfo info = TensorStream.isTensor(stream) ? TensorDecoder.open(stream).info() : null;
      if (json) {
        ObjectNode root = mapper.createObjectNode();
        if (info != null) {
          ObjectNode tensor = root.putObject("tensor");
          tensor.put("dtype", info.dtype().name());
          ModelListing.putShape(tensor, info.shape());
          ModelListing.putInfo(tensor, CodedTensor.Description.of(info));
        }
        ArrayNode units = root.putArray("nalUnits");
        if (hasPictures) {
          StreamListing.list(stream, DecoderLimits.DEFAULT, unit -> put(units.addObject(), unit));
        }
        Format.printJson(out, mapper, root);
        return;
      }
      if (info != null) {
        out.println("tensor " + info.dtype() + " " + Format.shape(info.shape()) + ", "
            + Format.number("%.3f", 8.0 * stream.byteSize() / Math.max(1, Shape.count(info.shape()))) + " bits per value, SNR "
            + Format.decibels(info.snr()) + " dB, " + info.tiles().count() + " tiles of "
            + info.tiles().height() + "x" + info.tiles().width() + (hasPictures ? "" : " without pictures"));
      }
      if (hasPictures) {
        StreamListing.list(stream, DecoderLimits.DEFAULT, this::print);
      } else {
        out.println(String.join(", ", info.tools()));
      }
    }
  }

  private void print(StreamListing.Unit unit) {
    NalUnit nalUnit = unit.nalUnit();
    if (nalUnit == null) {
      out.println("! " + unit.fault());
      return;
    }
    out.println("NAL unit " + nalUnit.index() + " at byte " + nalUnit.offset() + ", " + nalUnit.length() + " bytes: "
        + nalUnit.structureName() + ", nal_ref_idc " + nalUnit.nalRefIdc() + ", nal_unit_type " + nalUnit.nalUnitType());
    String structure = "";
    for (StreamListing.Element element : unit.elements()) {
      if (!element.structure().equals(structure)) {
        structure = element.structure();
        out.println("          " + (structure.isEmpty() ? nalUnit.structureName() : structure) + ":");
      }
      String value = element.bytes() == null ? String.valueOf(element.value()) : element.bytes();
      out.println(Format.number("  %6d  %-46s ", element.bitPosition(), element.name()) + value);
    }
    if (unit.fault() != null) {
      out.println("  ! " + unit.fault());
    }
  }

  private static void put(ObjectNode node, StreamListing.Unit unit) {
    NalUnit nalUnit = unit.nalUnit();
    if (nalUnit == null) {
      node.put("fault", unit.fault());
      return;
    }
    node.put("index", nalUnit.index());
    node.put("offset", nalUnit.offset());
    node.put("bytes", nalUnit.length());
    node.put("nal_ref_idc", nalUnit.nalRefIdc());
    node.put("nal_unit_type", nalUnit.nalUnitType());
    node.put("structure", nalUnit.structureName());
    ArrayNode elements = node.putArray("elements");
    for (StreamListing.Element element : unit.elements()) {
      ObjectNode entry = elements.addObject();
      entry.put("name", element.name());
      entry.put("bit", element.bitPosition());
      entry.put("bits", element.bits());
      if (!element.structure().isEmpty()) {
        entry.put("structure", element.structure());
      }
      if (element.bytes() == null) {
        entry.put("value", element.value());
      } else {
        entry.put("bytes", element.bytes());
      }
    }
    if (unit.fault() != null) {
      node.put("fault", unit.fault());
    }
  }
}
