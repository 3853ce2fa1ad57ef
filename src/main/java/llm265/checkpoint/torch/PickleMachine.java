package llm265.checkpoint.torch;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import llm265.checkpoint.file.ModelFormatException;
import llm265.dtype.LittleEndian;

/**
 * Runs a pickle of protocol 2 to 5: the stack machine that Python's {@code pickletools} describes.
 *
 * <p>Values are made of Java's own: {@link #NONE}, {@code Boolean}, {@code Long}, {@code BigInteger}, {@code Double} and {@code
 * String}; a list is an {@code ArrayList}, a tuple an {@code Object[]}, a dict a {@code LinkedHashMap}. Bytes and sets become
 * {@link Opaque}. All else comes from {@link Objects}, whose names are a closed list; the machine itself calls nothing.
 *
 * <p>It does not recur, so that nesting costs no stack; what a pickle makes is counted in bytes of the heap, and a pickle that
 * makes more than {@link #MAX_HEAP} is refused. Every opcode takes time in proportion to its own bytes and to what it is charged
 * for. Opcodes of protocols 0 and 1 that no later pickler writes are refused.
 */
final class PickleMachine {
  /** What an untrusted pickle may make of the heap; a tensor takes less than a kilobyte. */
  static final long MAX_HEAP = 256L << 20;
  private static final int OBJECT_BYTES = 64;
  private static final int SLOT_BYTES = 16;
  private static final int MAX_INTEGER = 64;
  private static final Object[] EMPTY = {};

  /** Python's None. */
  static final Object NONE = new Opaque("None");
  private static final Object MARK = new Opaque("a mark");

  /** A value that nobody looks into. */
  record Opaque(String kind) {}

  /** What a pickle names, and what becomes of it. Their errors are IllegalArgumentExceptions with one line. */
  interface Objects {
    /** What a global name stands for. */
    Object global(String module, String name);

    /** What a call of a global gives. */
    Object call(Object callable, Object[] arguments);

    /** What an identifier of something outside of the pickle stands for. */
    Object persistent(Object id);
  }

  private final Path path;
  private final MemorySegment pickle;
  private final Objects objects;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private long at;
  private long opcodeAt;
  private long heap;

  /**
   * @param path the file that errors name
   * @param pickle the pickle's bytes
   */
  PickleMachine(Path path, MemorySegment pickle, Objects objects) {
    this.path = path;
    this.pickle = pickle;
    this.objects = objects;
  }

  /**
   * The object that the pickle makes.
   *
   * @throws ModelFormatException if it is damaged, too large, or asks for something that is not on the list
   */
  Object run() {
    try {
      while (true) {
        opcodeAt = at;
        int opcode = unsignedByte();
        if (opcode == '.') {
          return pop();
        }
        execute(opcode);
      }
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(path, "pickle, byte " + opcodeAt + ": " + e.getMessage(), e);
    }
  }

  private void execute(int opcode) {
    switch (opcode) {
      case 0x80 -> checkProtocol(unsignedByte());
      case 0x95 -> skip(8);
      case '(' -> push(MARK);
      case '0' -> pop();
      case '1' -> popToMark();
      case '2' -> push(top());
      case 'N' -> push(NONE);
      case 0x88 -> push(Boolean.TRUE);
      case 0x89 -> push(Boolean.FALSE);
      case 'J' -> make((long) (int) number(4));
      case 'K' -> make(number(1));
      case 'M' -> make(number(2));
      case 0x8a -> makeInteger(number(1));
      case 0x8b -> makeInteger(number(4));
      case 'G' -> make(Double.longBitsToDouble(Long.reverseBytes(number(8))));
      case 'X' -> makeString(number(4));
      case 0x8c, 'U' -> makeString(number(1));
      case 0x8d -> makeString(number(8));
      case 'T' -> makeString(number(4));
      case 'B' -> skipBytes(number(4));
      case 'C' -> skipBytes(number(1));
      case 0x8e, 0x96 -> skipBytes(number(8));
      case 'c' -> pushGlobal(line(), line());
      case 0x93 -> {
        Object name = pop();
        pushGlobal(string(pop()), string(name));
      }
      case 'q' -> memo.put((int) number(1), remembered());
      case 'r' -> memo.put((int) number(4), remembered());
      case 0x94 -> memo.put(memo.size(), remembered());
      case 'h' -> push(recall((int) number(1)));
      case 'j' -> push(recall((int) number(4)));
      default -> executeOnContainers(opcode);
    }
  }

  private void executeOnContainers(int opcode) {
    switch (opcode) {
      case ']' -> make(new ArrayList<>());
      case '}' -> make(new LinkedHashMap<>());
      case ')' -> push(EMPTY);
      case 0x85 -> make(popLast(1));
      case 0x86 -> make(popLast(2));
      case 0x87 -> make(popLast(3));
      case 't' -> make(popToMark());
      case 'l' -> make(new ArrayList<>(Arrays.asList(popToMark())));
      case 'd' -> {
        Object[] items = popToMark();
        Map<Object, Object> dict = new LinkedHashMap<>();
        put(dict, items);
        make(dict);
      }
      case 'a' -> append(popLast(1));
      case 'e' -> append(popToMark());
      case 's' -> {
        Object[] item = popLast(2);
        put(top(), item);
      }
      case 'u' -> {
        Object[] items = popToMark();
        put(top(), items);
      }
      case 0x8f -> push(new Opaque("set"));
      case 0x90 -> {
        popToMark();
        top();
      }
      case 0x91 -> {
        popToMark();
        push(new Opaque("frozenset"));
      }
      case 'R', 0x81 -> call();
      // The state of an object: attributes, such as _metadata of an OrderedDict. Values are not in it.
      case 'b' -> {
        pop();
        top();
      }
      case 'Q' -> make(objects.persistent(pop()));
      default -> throw new IllegalArgumentException(
          String.format("opcode 0x%02x is none that torch.save writes", opcode));
    }
  }

  private static void checkProtocol(int protocol) {
    if (protocol < 2 || protocol > 5) {
      throw new IllegalArgumentException("protocol " + protocol + " is unknown");
    }
  }

  private void pushGlobal(String module, String name) {
    make(objects.global(module, name));
  }

  private void call() {
    Object arguments = pop();
    Object callable = pop();
    if (!(arguments instanceof Object[] tuple)) {
      throw new IllegalArgumentException("calls something with " + kind(arguments) + " in place of a tuple");
    }
    charge((long) SLOT_BYTES * copied(tuple));
    make(objects.call(callable, tuple));
  }

  /** How many items a call may copy: dicts and tensors are made of what lies in a tuple and in its items. */
  private static long copied(Object[] arguments) {
    long items = 0;
    for (Object argument : arguments) {
      if (argument instanceof List<?> list) {
        // A dict of pairs has an entry for each.
        items += 4L * list.size();
      } else if (argument instanceof Object[] tuple) {
        items += tuple.length;
        for (Object item : tuple) {
          items += item instanceof Object[] inner ? inner.length : 0;
        }
      }
    }
    return items;
  }

  private void append(Object[] items) {
    if (!(top() instanceof ArrayList<?> list)) {
      throw new IllegalArgumentException("appends to " + kind(top()) + ", which is no list");
    }
    charge((long) SLOT_BYTES * items.length);
    @SuppressWarnings("unchecked")
    List<Object> target = (List<Object>) list;
    Collections.addAll(target, items);
  }

  private void put(Object target, Object[] items) {
    if (!(target instanceof LinkedHashMap<?, ?> dict) || items.length % 2 != 0) {
      throw new IllegalArgumentException("sets " + items.length + " keys and values of " + kind(target));
    }
    charge((long) OBJECT_BYTES * items.length);
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) dict;
    for (int i = 0; i < items.length; i += 2) {
      map.put(key(items[i]), items[i + 1]);
    }
  }

  /** Checks a key: the hash of a list or a dict would run through all that is in it, and Python has none, either. */
  static Object key(Object key) {
    if (key instanceof List || key instanceof Map) {
      throw new IllegalArgumentException(kind(key) + " is no key of a dict");
    }
    return key;
  }

  /** A value's kind in Python's words, for messages. */
  static String kind(Object value) {
    return switch (value) {
      case Boolean b -> "a bool";
      case Long l -> "an int";
      case BigInteger i -> "an int";
      case Double d -> "a float";
      case String s -> "a str";
      case List<?> l -> "a list";
      case Map<?, ?> m -> "a dict";
      case Object[] t -> "a tuple";
      case Opaque opaque -> opaque.kind();
      default -> "an object";
    };
  }

  private static String string(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("has " + kind(value) + " in place of a name");
  }

  private void push(Object value) {
    charge(SLOT_BYTES);
    stack.add(value);
  }

  private void make(Object value) {
    charge(OBJECT_BYTES);
    push(value);
  }

  private void charge(long bytes) {
    heap += bytes;
    if (heap > MAX_HEAP) {
      throw new IllegalArgumentException("makes more than " + (MAX_HEAP >> 20) + " MiB of objects");
    }
  }

  private Object top() {
    Object top = stack.isEmpty() ? MARK : stack.getLast();
    if (top == MARK) {
      throw new IllegalArgumentException("the stack has too few values");
    }
    return top;
  }

  private Object pop() {
    Object top = top();
    stack.removeLast();
    return top;
  }

  private Object[] popLast(int count) {
    Object[] values = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      values[i] = pop();
    }
    return values;
  }

  /** All values after the last mark, which goes, too. */
  private Object[] popToMark() {
    int mark = stack.size() - 1;
    while (mark >= 0 && stack.get(mark) != MARK) {
      mark--;
    }
    if (mark < 0) {
      throw new IllegalArgumentException("there is no mark on the stack");
    }
    List<Object> values = stack.subList(mark + 1, stack.size());
    Object[] popped = values.toArray();
    values.clear();
    stack.removeLast();
    charge((long) SLOT_BYTES * popped.length);
    return popped;
  }

  private Object remembered() {
    charge(OBJECT_BYTES);
    return top();
  }

  private Object recall(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("nothing was remembered as " + Integer.toUnsignedString(index));
    }
    return value;
  }

  private void skip(long count) {
    if (count < 0 || count > pickle.byteSize() - at) {
      throw new IllegalArgumentException("it is cut off");
    }
    at += count;
  }

  private int unsignedByte() {
    return (int) number(1);
  }

  /** A little-endian number, unsigned if it is shorter than 8 bytes. */
  private long number(int bytes) {
    long begin = at;
    skip(bytes);
    return switch (bytes) {
      case 1 -> pickle.get(LittleEndian.BYTE, begin) & 0xFF;
      case 2 -> pickle.get(LittleEndian.SHORT, begin) & 0xFFFF;
      case 4 -> pickle.get(LittleEndian.INT, begin) & 0xFFFF_FFFFL;
      default -> pickle.get(LittleEndian.LONG, begin);
    };
  }

  private byte[] bytes(long count) {
    long begin = at;
    skip(count);
    charge(3 * count);
    return pickle.asSlice(begin, count).toArray(LittleEndian.BYTE);
  }

  private void skipBytes(long count) {
    skip(count);
    make(new Opaque("bytes"));
  }

  private void makeString(long count) {
    make(text(bytes(count)));
  }

  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a str is not UTF-8", e);
    }
  }

  private void makeInteger(long count) {
    if (count > MAX_INTEGER) {
      // An int of arbitrary size: nothing here needs it, and its decimal digits would take time in the square of its length.
      skip(count);
      make(new Opaque("a large int"));
      return;
    }
    byte[] value = bytes(count);
    for (int i = 0, j = value.length - 1; i < j; i++, j--) {
      byte low = value[i];
      value[i] = value[j];
      value[j] = low;
    }
    BigInteger integer = value.length == 0 ? BigInteger.ZERO : new BigInteger(value);
    if (integer.bitLength() < Long.SIZE) {
      make(integer.longValue());
    } else {
      make(integer);
    }
  }

  /** Text up to the end of the line, without that. */
  private String line() {
    long end = at;
    while (end < pickle.byteSize() && pickle.get(LittleEndian.BYTE, end) != '\n') {
      end++;
    }
    byte[] text = bytes(end - at);
    skip(1);
    return text(text);
  }
}
