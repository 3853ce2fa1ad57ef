#!/usr/bin/env python3
"""Makes values of decoded luma samples that stand for them (SPEC.md, "From samples to values"): streams of --plain-samples.

    llm265 extract model.safetensors layer.weight -o t.264
    read_samples.py t.264 -o t.npy                         # FFmpeg decodes the pictures
    read_samples.py t.264 --samples t.yuv -o t.npy         # any other decoder has: 8-bit luma, picture after picture
    read_samples.py t.264 -o t.npy --torch cuda            # the arithmetic runs on a GPU, beside NVDEC

Beside a hardware decoder only values_of runs, on the luma plane where the decoder has left it: a subtraction, perhaps a table of
signs or two small transforms, a permutation of rows and columns, a product with a table, and a product and a sum. Needs numpy;
PyTorch only with --torch. With either the values are the same, bit by bit.
"""

import sys

import numpy as np

import read_carried as carried

PRE_INVERSE = 2
MASK = (1 << 64) - 1


class PlainHeader(carried.Header):
    """The tensor section of a stream whose samples stand for values."""

    KNOWN = (PRE_INVERSE | carried.ROW_CLASSES | carried.COLUMN_CLASSES | carried.TRANSPOSED | carried.CHANNELS
             | carried.CHANNEL_BLOCKS)
    NEEDED = 0
    REFUSAL = "samples of this stream do not stand for values, or need steps that this example leaves out"

    def read_levels(self, source):
        pass


class PlainTile(carried.Tile):
    """The sections of one tile, and its tables: all that the arithmetic needs beside samples."""

    HEADER = PlainHeader

    def __init__(self, payload, header):
        self.signs = None
        super().__init__(payload, header)

    def read_other(self, tag, section):
        if tag != 5:
            super().read_other(tag, section)
        self.signs = signs_of(section, self.header)


def mix(n):
    z = n * 0x9E3779B97F4A7C15 & MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & MASK
    return z ^ z >> 31


def signs_of(section, header):
    """1 or -1 for each sample: SPEC.md, "Sign patterns"."""
    width = section.uv()
    rows, columns = header.height // 16, header.width // 16
    bits = carried.Bits(section)
    numbers = np.array([bits.read(width) for _ in range(4 * rows * columns)]).reshape(rows, columns, 2, 2)
    table = np.ones((1 << width, 16, 16), np.float32)
    for p in range(1, 1 << width):
        words = [mix(4 * p + i) for i in range(4)]
        table[p] = [[-1 if words[i // 64] >> i % 64 & 1 else 1 for i in range(16 * y, 16 * y + 16)] for y in range(16)]
    numbers = numbers.repeat(8, 2).repeat(8, 3)
    y, x = np.arange(16)[:, None], np.arange(16)
    return table[numbers, y, x].swapaxes(1, 2).reshape(header.height, header.width)


def tables(tile):
    """What values_of needs of a tile, as arrays that are moved to a GPU once."""
    header = tile.header
    _, x, rows, columns = header.place(tile.number)
    classes = None if header.column_classes is None else header.column_classes[x : x + columns]
    k = np.zeros((rows, columns), np.int64)
    k = k + (0 if tile.row_classes is None else tile.row_classes[:, None]) + (0 if classes is None else classes)
    result = {
        "row": carried.ranks(tile.row_classes, rows),
        "column": carried.ranks(classes, columns),
        "factor": np.ldexp(carried.FACTORS[k % 6], -(k // 6)),
    }
    if header.channels:
        run, in_block, block, of_channel = header.channels
        index = header.indices(tile.number)[0]
        c = of_channel[np.minimum(index // block * in_block + index // run % in_block, len(of_channel) - 1)]
        result["channel"] = np.ldexp(carried.FACTORS[c % 6], -(c // 6))
    if tile.signs is not None:
        result["signs"] = tile.signs
    if header.flags & PRE_INVERSE:
        odd = np.array([0, 1, 0, 1])
        result["c"] = np.array([[1, 1, 1, 1], [2, 1, -1, -2], [1, -1, -1, 1], [1, -2, 2, -1]], np.float32)
        result["h"] = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]], np.float32)
        middle = np.uint32(0x3E21E89B).view(np.float32)
        result["part"] = np.array([np.float32(1 / 4), middle, np.float32(0.1)], np.float32)[odd[:, None] + odd]
    return result


def transformed(levels, t):
    """The pre-inverse transform: integers below 2^24, which binary32 adds exactly in any order."""
    rows, columns = levels.shape[0] // 16, levels.shape[1] // 16
    # Row and column of the macroblock, of the block of 4x4 in it, and of the level in that.
    w = levels.reshape(rows, 4, 4, columns, 4, 4).swapaxes(2, 4).swapaxes(1, 3).swapaxes(2, 3)
    w = t["c"] @ w @ t["c"].T
    dc = t["h"] @ w[..., 0, 0] @ t["h"]
    w = w * t["part"]
    w[..., 0, 0] = dc * 0.0625
    return w.swapaxes(2, 3).swapaxes(1, 3).swapaxes(2, 4).reshape(levels.shape)


def values_of(luma, t, offset, step, as_float):
    """
    Values of a tile as binary32: arithmetic on whole arrays, which are numpy's or PyTorch's.

    luma: samples of the tile's picture; t: its tables, on the same device; as_float: turns bytes into binary32.
    """
    levels = as_float(luma) - 128
    if "signs" in t:
        levels = levels * t["signs"]
    if "part" in t:
        levels = transformed(levels, t)
    levels = levels[t["row"]][:, t["column"]] * t["factor"]
    # A product and a sum of their own: a fused multiply-add would round once instead of twice.
    values = levels * step
    values = values + offset
    return values / t["channel"] if "channel" in t else values


def decoder(device):
    """Decodes tiles with numpy, or with PyTorch on a device."""
    if device:
        import torch

        def to(array):
            return torch.from_numpy(np.ascontiguousarray(array)).to(device)

        def as_float(bytes_):
            return bytes_.to(torch.float32)
    else:
        def to(array):
            return array

        def as_float(bytes_):
            return bytes_.astype(np.float32)

    def decode(tile, luma):
        t = {name: to(array) for name, array in tables(tile).items()}
        values = values_of(to(luma.copy()), t, float(tile.offset), float(tile.step), as_float)
        index, there = tile.header.indices(tile.number)
        return np.asarray(values.cpu() if device else values), index, there

    return decode


def main():
    parser = carried.arguments("Makes values of samples that stand for them.")
    parser.add_argument("--torch", metavar="DEVICE", help="have PyTorch compute on this device: cpu, cuda")
    options = parser.parse_args()
    stream, samples = carried.files(options)
    np.save(options.output, carried.read(stream, samples, PlainTile, decoder(options.torch)))


if __name__ == "__main__":
    main()
