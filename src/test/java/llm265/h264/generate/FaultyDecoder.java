package llm265.h264.generate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The decoder, loaded once more with one method changed: its class files are rewritten while they are loaded. Scalar kernels run,
 * whose code is plain.
 */
final class FaultyDecoder extends ClassLoader {
  private static final Map<String, byte[]> CLASS_FILES = new ConcurrentHashMap<>();
  private static final String KERNEL_LOADER = "llm265.kernel.KernelLoader";

  /** Parameters of the method of the loader that reads the property. */
  private static final int KINDS = 3;

  private final PlantedFault fault;

  private FaultyDecoder(PlantedFault fault) {
    super(FaultyDecoder.class.getClassLoader());
    this.fault = fault;
  }

  /**
   * Decodes a stream with a fault in the decoder.
   *
   * @return MD5 of all samples, or the class of what was thrown
   */
  static String decode(PlantedFault fault, byte[] stream) {
    FaultyDecoder loader = new FaultyDecoder(fault);
    try {
      Class<?> samples = loader.loadClass(ExpectedSamples.class.getName());
      Method of = samples.getDeclaredMethod("of", byte[].class);
      of.setAccessible(true);
      Object decoded = of.invoke(null, (Object) stream);
      Method fail = samples.getDeclaredMethod("fault");
      fail.setAccessible(true);
      Object thrown = fail.invoke(decoded);
      Method md5 = samples.getDeclaredMethod("md5OfAll");
      md5.setAccessible(true);
      return thrown == null ? (String) md5.invoke(decoded) : thrown.getClass().getSimpleName();
    } catch (InvocationTargetException e) {
      return e.getCause().getClass().getSimpleName();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether our encoder's engine, with a fault in it or null, makes of the bins of a stream's slices what they are. */
  static boolean recodes(PlantedFault fault, byte[] stream) {
    try {
      Class<?> slices = new FaultyDecoder(fault).loadClass(RecodedSlices.class.getName());
      Method method = slices.getDeclaredMethod("areTheSame", byte[].class);
      method.setAccessible(true);
      return (boolean) method.invoke(null, (Object) stream);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("llm265.h264.") && !name.startsWith("llm265.kernel.") && !name.startsWith("llm265.parallel.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] bytes = changed(name, CLASS_FILES.computeIfAbsent(name, FaultyDecoder::classFile));
        loaded = defineClass(name, bytes, 0, bytes.length);
      }
      return loaded;
    }
  }

  private static byte[] classFile(String name) {
    try (InputStream in = FaultyDecoder.class.getClassLoader().getResourceAsStream(name.replace('.', '/') + ".class")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] changed(String name, byte[] bytes) {
    if (name.equals(KERNEL_LOADER)) {
      return rewrite(bytes, "load", KINDS, ScalarKernels::new);
    }
    if (fault == null || !name.equals(fault.type())) {
      return bytes;
    }
    return rewrite(bytes, fault.method(), -1, () -> fault.change().transform());
  }

  /** @param parameters number of parameters of the method, or -1 for any */
  private static byte[] rewrite(byte[] bytes, String method, int parameters, Supplier<CodeTransform> change) {
    ClassFile context = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
        ClassHierarchyResolver.ofResourceParsing(FaultyDecoder.class.getClassLoader())));
    return context.transformClass(context.parse(bytes), ClassTransform.transformingMethodBodies(
        model -> model.methodName().equalsString(method)
            && (parameters < 0 || model.methodTypeSymbol().parameterCount() == parameters), CodeTransform.ofStateful(change)));
  }

  /** Whatever kernels this process is told to use. */
  private static final class ScalarKernels implements CodeTransform {
    @Override
    public void accept(CodeBuilder builder, CodeElement element) {
      if (element instanceof ConstantInstruction constant && constant.constantValue() instanceof String text
          && (text.equals("auto") || text.equals("llm265.kernels"))) {
        builder.loadConstant(text.equals("auto") ? "scalar" : "llm265.kernels.none");
      } else {
        builder.with(element);
      }
    }
  }
}
