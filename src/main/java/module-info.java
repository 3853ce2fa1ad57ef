/**
 * An H.264 intra codec, a tensor codec on top of it, and whole models in one file. The exported packages are the API; everything
 * else may change.
 *
 * <p>Begin with {@link llm265.TensorEncoder} and {@link llm265.TensorDecoder}, with {@link llm265.model.ModelCompressor}, or with
 * {@link llm265.h264.encode.H264IntraEncoder} and {@link llm265.h264.decode.H264IntraDecoder}. The code also runs
 * from the class path.
 */
module llm265 {
  // Without it the scalar kernels run.
  requires static jdk.incubator.vector;
  // Without it networks in ONNX files cannot be run.
  requires static com.microsoft.onnxruntime;
  // Without it no models are trained.
  requires static org.bytedeco.pytorch;
  requires java.desktop;
  requires jdk.httpserver;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires me.tongfei.progressbar;
  requires xchart;

  exports llm265;
  exports llm265.checkpoint;
  exports llm265.checkpoint.file;
  exports llm265.data;
  exports llm265.dtype;
  exports llm265.h264;
  exports llm265.h264.bitstream;
  exports llm265.h264.decode;
  exports llm265.h264.encode;
  exports llm265.h264.syntax;
  exports llm265.model;
  exports llm265.parallel;
  exports llm265.rate;
  exports llm265.runtime;
  exports llm265.runtime.transform;
  exports llm265.tensor;
  exports llm265.tensor.distortion;

  opens llm265.cli to info.picocli;
}
