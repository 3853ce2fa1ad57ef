package llm265.kernel;

import java.lang.annotation.Annotation;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;

/**
 * Runs two implementations of a kernel interface side by side and compares everything that they return or write.
 *
 * <p>Each call goes first to the reference, on deep copies of the array arguments, then to the contender, on the caller's own
 * arrays. Arrays are compared whole. This also finds a write outside of the elements that a contract allows, unless the
 * reference makes it too. Parameters marked {@link Scratch} are not compared.
 */
public final class KernelDuel {
  private KernelDuel() {}

  /**
   * Kernels that compute like {@code contender}. Where it differs from {@code reference}, they throw an {@link AssertionError}
   * that names the class, the method, the argument and the first index.
   */
  public static <T> T of(Class<T> kernels, T reference, T contender) {
    Object proxy =
        Proxy.newProxyInstance(
            kernels.getClassLoader(),
            new Class<?>[] {kernels},
            (self, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return method.invoke(contender, arguments);
              }
              return duel(method, reference, contender, arguments == null ? new Object[0] : arguments);
            });
    return kernels.cast(proxy);
  }

  private static Object duel(Method method, Object reference, Object contender, Object[] arguments) throws Throwable {
    Object[] copies = new Object[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      copies[i] = deepCopy(arguments[i], arguments, copies, i);
    }
    String name = contender.getClass().getSimpleName() + "." + method.getName();
    Object expected = invoke(method, reference, copies);
    Object actual = invoke(method, contender, arguments);
    if (!Objects.deepEquals(expected, actual)) {
      throw new AssertionError(name + " returned " + actual + " where the reference returned " + expected);
    }
    Annotation[][] annotations = method.getParameterAnnotations();
    for (int i = 0; i < arguments.length; i++) {
      if (!isScratch(annotations[i])) {
        compare(name + ", argument " + i, copies[i], arguments[i]);
      }
    }
    return actual;
  }

  private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static boolean isScratch(Annotation[] annotations) {
    for (Annotation annotation : annotations) {
      if (annotation instanceof Scratch) {
        return true;
      }
    }
    return false;
  }

  /** A copy of an array argument; an array passed twice is copied once, so that aliasing is preserved. */
  private static Object deepCopy(Object value, Object[] arguments, Object[] copies, int done) {
    if (value == null || !value.getClass().isArray()) {
      return value;
    }
    for (int i = 0; i < done; i++) {
      if (arguments[i] == value) {
        return copies[i];
      }
    }
    return deepCopy(value);
  }

  private static Object deepCopy(Object array) {
    int length = Array.getLength(array);
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    if (array instanceof Object[] elements) {
      for (int i = 0; i < length; i++) {
        Object element = elements[i];
        Array.set(copy, i, element != null && element.getClass().isArray() ? deepCopy(element) : element);
      }
    } else {
      System.arraycopy(array, 0, copy, 0, length);
    }
    return copy;
  }

  private static void compare(String place, Object expected, Object actual) {
    if (expected == null || !expected.getClass().isArray() || Objects.deepEquals(expected, actual)) {
      return;
    }
    int length = Array.getLength(expected);
    for (int i = 0; i < length; i++) {
      Object wanted = Array.get(expected, i);
      Object got = Array.get(actual, i);
      if (!Objects.deepEquals(wanted, got)) {
        if (wanted != null && wanted.getClass().isArray()) {
          compare(place + ", array " + i, wanted, got);
        }
        throw new AssertionError(place + ": index " + i + " is " + got + " where the reference has " + wanted);
      }
    }
  }
}
