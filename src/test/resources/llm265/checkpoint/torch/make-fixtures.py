"""Writes the .pt files of this folder with PyTorch 1.13 (Debian's python3-torch), and next to each what is in it, by PyTorch.

A .json file has for each tensor its type, its shape and its values in row-major order, as hexadecimal digits of little-endian
bytes. libtorch.pt is strides.pt, read and written by libtorch 2.13 (pickle_load and pickle_save). newer.pt has types and entries that version 1.13 lacks: it is written with Python's pickle and zipfile, as _save of
torch/serialization.py (2.6) writes it.
"""
import collections
import io
import json
import pickle
import struct
import sys
import types
import zipfile

import torch

NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL", torch.complex64: "C64",
}


def content(tensor):
    plain = tensor.detach().contiguous().resolve_conj()
    if plain.dtype == torch.bfloat16:
        plain = plain.view(torch.int16)
    return {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data": plain.numpy().tobytes().hex()}


def write(name, value, tensors, **options):
    torch.save(value, name + ".pt", **options)
    expect(name, {key: content(tensor) for key, tensor in tensors.items()})


def expect(name, tensors):
    with open(name + ".json", "w") as file:
        json.dump(tensors, file, indent=0)
        file.write("\n")


torch.manual_seed(265)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        self.norm = torch.nn.BatchNorm1d(2)
        self.head = torch.nn.Linear(3, 2, bias=False)
        self.head.weight = self.linear.weight

    def forward(self, x):
        return self.norm(self.linear(x)).sum()


net = Net()
write("state-dict", net.state_dict(), net.state_dict())

base = torch.arange(60, dtype=torch.float32).reshape(3, 4, 5)
strides = {
    "contiguous": base, "transposed": base.permute(2, 0, 1), "expanded": base[1, 2, 3].expand(2, 3),
    "expanded.rows": base[0, 0].expand(3, 5), "offset": base[1:, 2:], "step": base[::2, ::3, 1::2], "row": base[2, 1],
    "scalar": torch.tensor(2.5), "view.scalar": base[2, 3, 4], "empty": base[:, 2:2], "empty.transposed":
    torch.zeros(3, 0, 2).permute(2, 0, 1), "single": base[1:2, :, 3:4], "flat": base.reshape(-1)[7:9],
    "turned.half": base[0].half().t(), "turned.bytes": base[0].to(torch.uint8).t(), "turned.long": base[0].long().t(),
}
write("strides", strides, strides)
write("strides-protocol-4", strides, strides, pickle_protocol=4)

numbers = torch.tensor([[-1.5, 0.0, 2.25], [100.0, 7.0, -128.0]])
types_ = {str(dtype).replace("torch.", ""): (numbers.abs() if dtype == torch.uint8 else numbers).to(dtype) for dtype in NAMES}
types_["nan"] = torch.tensor([float("nan"), float("inf"), -0.0])
write("types", types_, types_)

optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
net(torch.ones(4, 3) * torch.arange(4).reshape(4, 1)).backward()
optimizer.step()
training = {
    "epoch": 3, "loss": 0.5, "name": "net \u00e9", "done": False, "none": None, "huge": 2 ** 100,
    "set": {1, 2}, "bytes": b"\x00\xff", "complex": 1j,
    "model": net.state_dict(), "optimizer": optimizer.state_dict(), "history": [1, 2.5, "x"],
    "defaults": collections.defaultdict(list, {"a": [torch.ones(2)]}), "size": torch.Size([2, 3]), "dtype": torch.float16,
    "device": torch.device("cpu"),
}
tensors = {"model." + key: value for key, value in net.state_dict().items()}
for index, state in optimizer.state_dict()["state"].items():
    for key, value in state.items():
        tensors[f"optimizer.state.{index}.{key}"] = value
tensors["defaults.a.0"] = torch.ones(2)
write("training", training, tensors)

write("wrapped", {"state_dict": {"model.a": base[0], "b": base[1]}, "epoch": 7}, {"model.a": base[0], "b": base[1]})
write("parameters", [torch.nn.Parameter(base[0, :2]), (base[0, 0], {5: base[1, 0]})],
      {"0": base[0, :2], "1.0": base[0, 0], "1.1.5": base[1, 0]})
write("alone", base[0], {"alone": base[0]})

# complex128 has no counterpart, and the values of sparse and quantized tensors are not in one storage.
torch.save({"double": torch.tensor([1j], dtype=torch.complex128), "plain": base[0, 0], "sparse": torch.eye(2).to_sparse(),
            "quantized": torch.quantize_per_tensor(base[0], 0.1, 0, torch.qint8)}, "unread.pt")
expect("unread", {"plain": content(base[0, 0])})

# Not read: the form before 1.6, and a program.
torch.save({"a": base[0, 0]}, "legacy.pt", _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(torch.nn.ReLU()), "script.pt")


def newer():
    class UntypedStorage:
        def __init__(self, data):
            self.data = data

    UntypedStorage.__module__ = "torch.storage"
    UntypedStorage.__qualname__ = "UntypedStorage"
    utils, storage, main = types.ModuleType("torch._utils"), types.ModuleType("torch.storage"), types.ModuleType("torch")
    storage.UntypedStorage = UntypedStorage

    def _rebuild_tensor_v3(*args):
        raise NotImplementedError

    _rebuild_tensor_v3.__module__ = "torch._utils"
    _rebuild_tensor_v3.__qualname__ = "_rebuild_tensor_v3"
    utils._rebuild_tensor_v3 = _rebuild_tensor_v3
    sys.modules.update({"torch": main, "torch._utils": utils, "torch.storage": storage})

    class dtype:
        def __init__(self, name):
            self.name = name

        def __reduce__(self):
            return self.name

    dtype.__module__ = "torch"

    class Tensor:
        def __init__(self, storage, offset, size, stride, dtype):
            self.args = (storage, offset, size, stride, False, collections.OrderedDict(), dtype)

        def __reduce__(self):
            return _rebuild_tensor_v3, self.args

    stored, expected, value = [], {}, {}
    for name, ours, code, items in [
        ("float8_e4m3fn", "F8_E4M3", "B", [0x38, 0xB8, 0x7E, 0x01, 0, 0x7F]),
        ("float8_e5m2", "F8_E5M2", "B", [0x3C, 0xBC, 0x7B, 1, 0, 0x7C]),
        ("float8_e4m3fnuz", "F8_E4M3FNUZ", "B", [1, 2, 3, 4, 5, 0x80]), ("float8_e5m2fnuz", "F8_E5M2FNUZ", "B", [6, 5, 4, 3, 2, 1]),
        ("float8_e8m0fnu", "F8_E8M0", "B", [127, 128, 126, 0, 255, 1]),
        ("uint16", "U16", "H", [0, 1, 65535, 7, 8, 9]), ("uint32", "U32", "I", [0, 1, 2 ** 32 - 1, 7, 8, 9]),
        ("uint64", "U64", "Q", [0, 1, 2 ** 64 - 1, 7, 8, 9]),
    ]:
        setattr(main, name, dtype(name))
        data = struct.pack("<6" + code, *items)
        whole, half = UntypedStorage(data), struct.pack("<2" + code, items[4], items[5])
        value[name] = Tensor(whole, 0, (2, 3), (3, 1), getattr(main, name))
        value[name + ".part"] = Tensor(whole, 4, (2,), (1,), getattr(main, name))
        turned = struct.pack("<6" + code, *[items[i] for i in (0, 3, 1, 4, 2, 5)])
        value[name + ".turned"] = Tensor(whole, 0, (3, 2), (1, 3), getattr(main, name))
        for suffix, shape, part in (("", [2, 3], data), (".part", [2], half), (".turned", [3, 2], turned)):
            expected[name + suffix] = {"dtype": ours, "shape": shape, "data": part.hex()}

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            if not isinstance(obj, UntypedStorage):
                return None
            if obj not in stored:
                stored.append(obj)
            return "storage", UntypedStorage, str(stored.index(obj)), "cpu", len(obj.data)

    bytes_ = io.BytesIO()
    Pickler(bytes_, protocol=2).dump(value)
    with zipfile.ZipFile("newer.pt", "w", zipfile.ZIP_STORED) as archive:
        def record(name, data):
            info = zipfile.ZipInfo("newer/" + name, (1980, 1, 1, 0, 0, 0))
            padding = -(archive.fp.tell() + 30 + len(info.filename) + 4) % 64
            info.extra = struct.pack("<HH", 0x4246, padding) + b"Z" * padding
            archive.writestr(info, data)

        record("data.pkl", bytes_.getvalue())
        record(".format_version", "1")
        record(".storage_alignment", "64")
        record("byteorder", "little")
        for index, storage_ in enumerate(stored):
            record(f"data/{index}", storage_.data)
        record("version", "3\n")
        record(".data/serialization_id", "0" * 40)
    expect("newer", expected)


newer()
