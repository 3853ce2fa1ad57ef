package llm265.checkpoint.torch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import llm265.checkpoint.file.ModelFormatException;
import llm265.checkpoint.torch.PickleMachine.Opaque;
import llm265.checkpoint.torch.TorchTensor.Storage;
import llm265.checkpoint.torch.TorchTensor.ValueType;

/**
 * The names that a pickle may use, and what each of them makes: tensors, types, and Python's plain containers. It is the list of
 * {@code torch.load(weights_only=True)}, without what only devices and subclasses need.
 */
final class TorchGlobals implements PickleMachine.Objects {
  private static final int MAX_RANK = 64;
  private static final String TYPED_STORAGE = "Storage";

  /** A function that makes data of its arguments. */
  private record Callable(String name, Function<Object[], Object> function) {}

  /** Storage classes, whose names say what is in them. */
  private static final Map<String, String> STORAGES = Map.ofEntries(
      Map.entry("Double", "float64"), Map.entry("Float", "float32"), Map.entry("Half", "float16"),
      Map.entry("BFloat16", "bfloat16"), Map.entry("Long", "int64"), Map.entry("Int", "int32"), Map.entry("Short", "int16"),
      Map.entry("Char", "int8"), Map.entry("Byte", "uint8"), Map.entry("Bool", "bool"),
      Map.entry("ComplexFloat", "complex64"), Map.entry("ComplexDouble", "complex128"), Map.entry("QInt8", "qint8"),
      Map.entry("QUInt8", "quint8"), Map.entry("QInt32", "qint32"), Map.entry("QUInt4x2", "quint4x2"),
      Map.entry("QUInt2x4", "quint2x4"));

  /** Types of values without a counterpart, whose tensors are told and not read. */
  private static final Set<String> OTHER_TYPES = Set.of(
      "complex128", "cdouble", "complex32", "chalf", "qint8", "quint8", "qint32", "quint4x2", "quint2x4", "float4_e2m1fn_x2",
      "bits8", "bits16", "bits1x8", "bits2x4", "bits4x2", "int1", "int2", "int3", "int4", "int5", "int6", "int7", "uint1",
      "uint2", "uint3", "uint4", "uint5", "uint6", "uint7");

  /** Schemes of quantized tensors, which are told and not read. */
  private static final Set<String> SCHEMES = Set.of(
      "per_tensor_affine", "per_channel_affine", "per_tensor_symmetric", "per_channel_symmetric",
      "per_channel_affine_float_qparams");

  /** A storage class without a type. */
  private static final ValueType UNTYPED = new ValueType("untyped", null);

  private static final Map<String, Callable> CALLABLES = callables();

  private static Map<String, Callable> callables() {
    Map<String, Callable> all = new LinkedHashMap<>();
    add(all, "torch._utils._rebuild_tensor", arguments -> tensor(arguments, 4));
    add(all, "torch._utils._rebuild_tensor_v2", TorchGlobals::tensorV2);
    add(all, "torch._utils._rebuild_tensor_v3", TorchGlobals::tensorV3);
    add(all, "torch._utils._rebuild_parameter", arguments -> tensorAt(arguments, 0));
    add(all, "torch._utils._rebuild_parameter_with_state", arguments -> tensorAt(arguments, 0));
    add(all, "torch._tensor._rebuild_from_type_v2", TorchGlobals::ofType);
    add(all, "torch._utils._rebuild_qtensor", arguments -> TorchTensor.unread("quantized tensor"));
    add(all, "torch._utils._rebuild_sparse_tensor", arguments -> TorchTensor.unread("sparse tensor"));
    add(all, "torch._utils._rebuild_sparse_csr_tensor", arguments -> TorchTensor.unread("sparse tensor"));
    add(all, "torch._utils._rebuild_nested_tensor", arguments -> TorchTensor.unread("nested tensor"));
    add(all, "torch._utils._rebuild_meta_tensor_no_storage", arguments -> TorchTensor.unread("tensor without data"));
    for (String list : List.of("intlist", "doublelist", "boollist", "tensorlist")) {
      // libtorch's own pickler says so what its lists hold.
      add(all, "torch.jit._pickle.build_" + list, arguments -> argument(arguments, 0));
    }
    add(all, "torch.jit._pickle.restore_type_tag", arguments -> argument(arguments, 0));
    add(all, "torch.Size", arguments -> argument(arguments, 0));
    add(all, "torch.device", arguments -> new Opaque("device"));
    add(all, "torch.Tensor", arguments -> TorchTensor.unread("tensor without a storage"));
    add(all, "torch.nn.parameter.Parameter", arguments -> tensorAt(arguments, 0));
    add(all, "torch.serialization._get_layout", arguments -> new Opaque("layout"));
    add(all, "collections.OrderedDict", TorchGlobals::dict);
    add(all, "collections.defaultdict", arguments -> new LinkedHashMap<>());
    add(all, "_codecs.encode", arguments -> new Opaque("bytes"));
    for (String builtins : List.of("builtins.", "__builtin__.")) {
      for (String opaque : List.of("set", "frozenset", "bytearray", "bytes", "complex", "range", "slice")) {
        add(all, builtins + opaque, arguments -> new Opaque(opaque));
      }
      add(all, builtins + "dict", TorchGlobals::dict);
      // What a defaultdict makes new values of; called by none.
      for (String type : List.of("list", "tuple", "int", "float", "str", "bool")) {
        add(all, builtins + type, arguments -> new Opaque(type));
      }
    }
    return all;
  }

  private static void add(Map<String, Callable> all, String name, Function<Object[], Object> function) {
    all.put(name, new Callable(name, function));
  }

  @Override
  public Object global(String module, String name) {
    String full = module + "." + name;
    Callable callable = CALLABLES.get(full);
    if (callable != null) {
      return callable;
    }
    if (module.equals("torch") && SCHEMES.contains(name)) {
      return new Opaque(name);
    }
    if (module.equals("torch") || module.equals("torch.storage") || module.equals("torch.cuda")) {
      ValueType type = storageType(name);
      if (type == null && (TorchTensor.TYPES.containsKey(name) || OTHER_TYPES.contains(name))) {
        type = valueType(name);
      }
      if (type != null) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "needs " + ModelFormatException.quote(full) + ", which is neither a tensor nor a plain container");
  }

  private static ValueType valueType(String name) {
    return new ValueType(name, TorchTensor.TYPES.get(name));
  }

  private static ValueType storageType(String name) {
    if (name.equals("UntypedStorage") || name.equals("_UntypedStorage")) {
      return UNTYPED;
    }
    String type = name.endsWith(TYPED_STORAGE) ? STORAGES.get(name.substring(0, name.length() - TYPED_STORAGE.length())) : null;
    return type == null ? null : valueType(type);
  }

  @Override
  public Object call(Object callable, Object[] arguments) {
    if (callable instanceof Callable known) {
      try {
        return known.function().apply(arguments);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(known.name() + ": " + e.getMessage(), e);
      }
    }
    throw new IllegalArgumentException("calls " + PickleMachine.kind(callable) + ", which is no function");
  }

  /** {@code ('storage', class, key, device, count)}, with the view of a shared storage after it in old files. */
  @Override
  public Object persistent(Object id) {
    if (!(id instanceof Object[] parts) || parts.length < 5 || !"storage".equals(parts[0])
        || !(parts[1] instanceof ValueType type) || !(parts[2] instanceof String key) || !(parts[4] instanceof Long count)
        || count < 0) {
      throw new IllegalArgumentException("the identifier of a storage is damaged");
    }
    return new Storage(type == UNTYPED ? null : type, key, count);
  }

  private static Object argument(Object[] arguments, int index) {
    if (index >= arguments.length) {
      throw new IllegalArgumentException("has only " + arguments.length + " arguments");
    }
    return arguments[index];
  }

  private static TorchTensor tensorAt(Object[] arguments, int index) {
    if (argument(arguments, index) instanceof TorchTensor tensor) {
      return tensor;
    }
    throw new IllegalArgumentException("takes no " + PickleMachine.kind(arguments[index]));
  }

  /** {@code (storage, offset, size, stride, ...)}. */
  private static TorchTensor tensor(Object[] arguments, int least) {
    argument(arguments, least - 1);
    if (!(arguments[0] instanceof Storage storage) || storage.type() == null) {
      throw new IllegalArgumentException("takes no " + PickleMachine.kind(arguments[0]) + " for a typed storage");
    }
    return tensor(arguments, storage, storage.type());
  }

  private static TorchTensor tensor(Object[] arguments, Storage storage, ValueType type) {
    long[] shape = numbers(arguments[2]);
    long[] strides = numbers(arguments[3]);
    if (shape.length != strides.length) {
      throw new IllegalArgumentException("has " + shape.length + " dimensions and " + strides.length + " strides");
    }
    if (!(arguments[1] instanceof Long offset) || offset < 0) {
      throw new IllegalArgumentException("has an offset that is no number from 0 on");
    }
    String unread = type.dtype() == null ? "values of type " + type.name() : null;
    return new TorchTensor(storage, type, offset, shape, strides, unread);
  }

  /** With {@code requires_grad, backward_hooks} and perhaps a dict that says what is still to be done to the values. */
  private static TorchTensor tensorV2(Object[] arguments) {
    return withPending(tensor(arguments, 6), arguments, 6);
  }

  /** A tensor over bytes: its type comes after {@code requires_grad, backward_hooks}. */
  private static TorchTensor tensorV3(Object[] arguments) {
    argument(arguments, 6);
    if (!(arguments[0] instanceof Storage storage) || !(arguments[6] instanceof ValueType type) || type == UNTYPED) {
      throw new IllegalArgumentException("takes no " + PickleMachine.kind(arguments[0]) + " for a storage with a type");
    }
    return withPending(tensor(arguments, storage, type), arguments, 7);
  }

  private static TorchTensor withPending(TorchTensor tensor, Object[] arguments, int index) {
    if (arguments.length > index && arguments[index] instanceof Map<?, ?> pending
        && (pending.get("conj") == Boolean.TRUE || pending.get("neg") == Boolean.TRUE)) {
      return TorchTensor.unread("values to be negated or conjugated");
    }
    return tensor;
  }

  /** {@code (function, class, arguments, state)}: a tensor with attributes. */
  private static Object ofType(Object[] arguments) {
    argument(arguments, 3);
    if (arguments[0] instanceof Callable function && arguments[1] instanceof Callable type
        && (type.name().equals("torch.Tensor") || type.name().equals("torch.nn.parameter.Parameter"))
        && function.name().startsWith("torch._utils._rebuild_") && arguments[2] instanceof Object[] inner) {
      return function.function().apply(inner);
    }
    throw new IllegalArgumentException("makes something else than a tensor");
  }

  /** A dict, empty or of a list of pairs. */
  private static Object dict(Object[] arguments) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    if (arguments.length > 0) {
      if (!(arguments[0] instanceof List<?> pairs)) {
        throw new IllegalArgumentException("takes no " + PickleMachine.kind(arguments[0]));
      }
      for (Object pair : pairs) {
        Object[] items =
            pair instanceof List<?> list && list.size() == 2 ? list.toArray() : pair instanceof Object[] tuple ? tuple : null;
        if (items == null || items.length != 2) {
          throw new IllegalArgumentException("takes a list of pairs");
        }
        dict.put(PickleMachine.key(items[0]), items[1]);
      }
    }
    return dict;
  }

  private static long[] numbers(Object value) {
    Object[] items = value instanceof Object[] tuple ? tuple : value instanceof List<?> list && list.size() <= MAX_RANK
        ? list.toArray() : null;
    if (items == null || items.length > MAX_RANK) {
      throw new IllegalArgumentException("a shape has to be a tuple of at most " + MAX_RANK + " numbers");
    }
    long[] numbers = new long[items.length];
    for (int i = 0; i < items.length; i++) {
      if (!(items[i] instanceof Long number) || number < 0) {
        throw new IllegalArgumentException("a shape has something else than a number from 0 on in it");
      }
      numbers[i] = number;
    }
    return numbers;
  }
}
