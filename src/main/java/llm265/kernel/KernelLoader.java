package llm265.kernel;

import java.lang.reflect.InvocationTargetException;

/**
 * Chooses the implementation of a kernel interface once, when the class that keeps it is initialized.
 *
 * <p>The system property {@code llm265.kernels} decides:
 *
 * <ul>
 *   <li>{@code auto} (default): vector kernels if the module jdk.incubator.vector is present, as soon as they are faster
 *       ({@link WarmingKernels}); otherwise scalar ones;
 *   <li>{@code scalar}: the reference kernels;
 *   <li>{@code vector}: vector kernels, and an error if the module is missing;
 *   <li>{@code checked}: both; every result is compared, see {@link KernelDuel}; slow.
 * </ul>
 */
public final class KernelLoader {
  /** Name of the system property. */
  public static final String PROPERTY = "llm265.kernels";

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private KernelLoader() {}

  /**
   * The kernels to use.
   *
   * @param kernels the interface
   * @param scalar the reference implementation
   * @param vectorClassName class with a constructor without arguments that implements the interface with the Vector API; null
   *     if there is none, and then every mode gives the reference
   * @throws IllegalStateException for an unknown mode, or if the mode needs the vector module and it is missing
   */
  public static <T> T load(Class<T> kernels, T scalar, String vectorClassName) {
    return load(kernels, scalar, vectorClassName, System.getProperty(PROPERTY, "auto"), vectorModulePresent());
  }

  static <T> T load(Class<T> kernels, T scalar, String vectorClassName, String mode, boolean vectorModulePresent) {
    boolean optional = mode.equals("auto");
    boolean wanted = optional || mode.equals("vector") || mode.equals("checked");
    if (!wanted && !mode.equals("scalar")) {
      throw new IllegalStateException(
          "-D" + PROPERTY + "=" + mode + " is not one of auto, scalar, vector, checked");
    }
    if (!wanted || vectorClassName == null || optional && !vectorModulePresent) {
      return scalar;
    }
    if (!vectorModulePresent) {
      throw new IllegalStateException(
          "-D" + PROPERTY + "=" + mode + " needs the module " + VECTOR_MODULE
              + ": start Java with --add-modules " + VECTOR_MODULE);
    }
    T vector = instantiate(kernels, vectorClassName);
    if (optional && vector instanceof WarmingKernels warming) {
      warming.startCold();
    }
    return mode.equals("checked") ? KernelDuel.of(kernels, scalar, vector) : vector;
  }

  private static boolean vectorModulePresent() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  private static <T> T instantiate(Class<T> kernels, String className) {
    try {
      return kernels.cast(
          Class.forName(className, true, kernels.getClassLoader()).getDeclaredConstructor().newInstance());
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("vector kernels " + className + " cannot be made", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("vector kernels " + className + " cannot be loaded", e);
    }
  }
}
