#!/usr/bin/env python3
"""Reads the values of a tensor stream whose pictures carry levels (SPEC.md, "Carried levels") from decoded samples alone.

    llm265 extract model.safetensors layer.weight -o t.264
    read_carried.py t.264 -o t.npy                         # FFmpeg decodes the pictures
    read_carried.py t.264 --samples t.yuv -o t.npy         # any other decoder has: 8-bit luma, picture after picture

All heavy work is array arithmetic over whole tiles, so that replacing numpy by cupy or torch moves it to a GPU, beside the
decoder: subtraction of a mean, small integer matrices, one multiplication and a shift per level, a table, and a state machine of
16 lanes a chunk, all chunks at a time. Needs numpy.
"""

import argparse
import subprocess
import sys

import numpy as np

UUID = bytes.fromhex("dac7dccf99a447df9f7d07546cd1340b")
ROW_CLASSES, COLUMN_CLASSES, TRANSPOSED, ROTATION, CHANNELS, CHANNEL_BLOCKS, CARRIED = 4, 8, 16, 32, 64, 1024, 8192
TYPES = {0: ("F32", 23, 8), 1: ("F16", 10, 5), 2: ("BF16", 7, 8), 16: ("F64", 52, 11)}
FACTORS = np.array([0x3F800000, 0x3F6411F0, 0x3F4B2FF5, 0x3F3504F3, 0x3F214518, 0x3F0FACD6], np.uint32).view(np.float32)
ZIGZAG = [(0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2), (0, 3), (1, 2), (2, 1), (3, 0), (3, 1), (2, 2), (1, 3), (2, 3), (3, 2), (3, 3)]
H0 = [0, 0, 0o5, 0o13, 0o23, 0o45, 0o103, 0o235, 0o515]
H1 = [0, 0, 0o2, 0o4, 0o4, 0o10, 0o24, 0o126, 0o362]


class Bytes:
    """Fields of the side information: SPEC.md, "Side information"."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def raw(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def u8(self):
        return self.raw(1)[0]

    def u32(self):
        return int.from_bytes(self.raw(4), "little")

    def f32(self):
        return np.frombuffer(self.raw(4), "<f4")[0]

    def uv(self):
        value = shift = 0
        while True:
            byte = self.u8()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def s7(self, count):
        return sum((byte & 127) << (7 * i) for i, byte in enumerate(self.raw(count)))

    def left(self):
        return self.at < len(self.data)


class Bits:
    """Bits of bytes, the most significant first; those of the last byte that are left over are dropped."""

    def __init__(self, source):
        self.source, self.held, self.count = source, 0, 0

    def read(self, count):
        while self.count < count:
            self.held, self.count = (self.held << 8) | self.source.u8(), self.count + 8
        self.count -= count
        value, self.held = self.held >> self.count, self.held & ((1 << self.count) - 1)
        return value

    def rice(self, parameter):
        ones = 0
        while self.read(1):
            ones += 1
        return (ones << parameter) | self.read(parameter)

    def signed(self, parameter):
        value = self.rice(parameter)
        return -((value + 1) >> 1) if value & 1 else value >> 1


def nal_units(stream):
    """Offset of each start code, nal_unit_type and RBSP."""
    starts = []
    at = stream.find(b"\0\0\1")
    while at >= 0:
        starts.append(at)
        at = stream.find(b"\0\0\1", at + 3)
    for i, start in enumerate(starts):
        end = starts[i + 1] if i + 1 < len(starts) else len(stream)
        unit = stream[start + 3 : end].rstrip(b"\0")
        yield unit[0] & 31, unit[1:].replace(b"\0\0\3", b"\0\0")


def messages(rbsp):
    at = 0
    while at < len(rbsp) - 1:
        numbers = []
        for _ in range(2):
            number = 0
            while rbsp[at] == 255:
                number, at = number + 255, at + 1
            numbers.append(number + rbsp[at])
            at += 1
        yield numbers[0], rbsp[at : at + numbers[1]]
        at += numbers[1]


def read_classes(source, count):
    middle, parameter = source.u8(), source.u8()
    if parameter == 255:
        return np.full(count, middle)
    bits = Bits(source)
    return np.array([middle + bits.signed(parameter) for _ in range(count)])


class Header:
    """The tensor section."""

    KNOWN = ROW_CLASSES | COLUMN_CLASSES | TRANSPOSED | ROTATION | CHANNELS | CHANNEL_BLOCKS | CARRIED
    NEEDED = CARRIED
    REFUSAL = "the pictures of this stream do not carry levels of a trellis"

    def __init__(self, source):
        version, self.flags, self.type, _, rank = (source.uv() for _ in range(5))
        if version != 1 or self.flags & self.NEEDED != self.NEEDED or self.flags & ~self.KNOWN or self.type not in TYPES:
            sys.exit(self.REFUSAL)
        self.shape = [source.uv() for _ in range(rank)]
        self.values = int(np.prod(self.shape, dtype=object))
        self.view_columns, self.width, self.height = source.uv(), 16 * source.uv(), 16 * source.uv()
        self.view_rows = -(-self.values // self.view_columns)
        self.transposed = bool(self.flags & TRANSPOSED)
        self.rows, self.columns = (
            (self.view_columns, self.view_rows) if self.transposed else (self.view_rows, self.view_columns))
        self.tile_columns = -(-self.columns // self.width)
        self.column_classes = read_classes(source, self.columns) if self.flags & COLUMN_CLASSES else None
        self.reflections = []
        for _ in range(source.uv() if self.flags & ROTATION else 0):
            parameter, bits = source.u8(), Bits(source)
            self.reflections.append(np.array([bits.signed(parameter) for _ in range(self.rows)], np.float32))
        self.channels = None
        if self.flags & CHANNELS:
            run, count = source.uv(), source.uv()
            in_block, block = (source.uv(), source.uv()) if self.flags & CHANNEL_BLOCKS else (count, max(1, self.values))
            self.channels = run, in_block, block, read_classes(source, count)
        self.read_levels(source)

    def read_levels(self, source):
        self.state_bits, self.chunk, self.low_bits, self.qp = source.u8(), source.uv(), source.uv(), source.u8()

    def place(self, tile):
        """First row and column of a tile, and its rows and columns."""
        y, x = tile // self.tile_columns * self.height, tile % self.tile_columns * self.width
        return y, x, min(self.height, self.rows - y), min(self.width, self.columns - x)

    def indices(self, tile):
        """Index of each of a tile's values in the tensor, and whether there is one: the last row may be partial."""
        y, x, rows, columns = self.place(tile)
        row, column = np.arange(y, y + rows)[:, None], np.arange(x, x + columns)
        index = column * self.view_columns + row if self.transposed else row * self.view_columns + column
        return index, index < self.values


class Tile:
    """The sections of one tile. Its checksum is not compared here."""

    HEADER = Header

    def __init__(self, payload, header):
        source = Bytes(payload)
        self.header, self.rows_section, self.dropped, self.runs_section, self.raw = header, None, [], None, b""
        while source.left():
            tag, section = source.uv(), Bytes(source.raw(source.uv()))
            if tag == 1:
                self.header = self.header or self.HEADER(section)
            elif tag == 3:
                self.read(section)
            elif tag == 7:
                self.rows_section = section
            elif tag == 9:
                self.runs_section = section
            elif tag == 11:
                place = -1
                for _ in range(section.uv()):
                    place += section.uv() + 1
                    folded = section.uv()
                    self.dropped.append((place, -((folded + 1) >> 1) if folded & 1 else folded >> 1))
            elif tag & 1:
                self.read_other(tag, section)

    def read_other(self, tag, section):
        sys.exit(f"section {tag} is not known")

    def read(self, section):
        self.number, self.offset, self.step = section.uv(), section.f32(), section.f32()
        rows = self.header.place(self.number)[2]
        self.row_classes = read_classes(self.rows_section, rows) if self.rows_section else None
        # Positions y * tile_width + x, and the bits of values.
        self.exact = []
        count = section.uv()
        _, mantissa_bits, exponent_bits = TYPES[0 if self.header.reflections else self.header.type]
        if count:
            parameters = section.u8()
            least = section.uv() if mantissa_bits == 52 else section.u8()
            bits, position = Bits(section), -1
            for _ in range(count):
                position += bits.rice(parameters >> 3) + 1
                sign = bits.read(1)
                exponent = least + bits.rice(parameters & 7)
                pattern = ((sign << exponent_bits | exponent) << mantissa_bits) | bits.read(mantissa_bits)
                self.exact.append((position, pattern))
        if self.runs_section:
            self.read_runs(self.runs_section, 1 + mantissa_bits + exponent_bits)

    def read_runs(self, section, width):
        patterns = [int.from_bytes(section.raw(width // 8), "little") for _ in range(section.uv())]
        count, gap_parameter, length_parameter = section.uv(), section.u8(), section.u8()
        _, there = self.header.indices(self.number)
        positions = np.flatnonzero(np.pad(there, ((0, 0), (0, self.header.width - there.shape[1]))))
        bits, at = Bits(section), 0
        for i in range(count):
            at += bits.rice(gap_parameter) + (1 if i and len(patterns) == 1 else 0)
            length = bits.rice(length_parameter) + 1
            pattern = patterns[bits.read((len(patterns) - 1).bit_length())]
            self.exact += [(int(positions[k]), pattern) for k in range(at, at + length)]
            at += length


def levels_of(luma, qp):
    """The integers that a picture carries, by macroblock: SPEC.md, "Carried integers"."""
    rows, columns = luma.shape[0] // 16, luma.shape[1] // 16
    blocks = luma.reshape(rows, 16, columns, 16).swapaxes(1, 2).astype(np.int32)
    above = np.zeros((rows, columns), np.int32)
    above[1:] = blocks[:-1, :, 15, :].sum(-1)
    left = np.zeros((rows, columns), np.int32)
    left[:, 1:] = blocks[:, :-1, :, 15].sum(-1)
    mean = (above + left + 16) >> 5
    mean[0], mean[:, 0], mean[0, 0] = (left[0] + 8) >> 4, (above[:, 0] + 8) >> 4, 128
    residual = blocks - mean[:, :, None, None]
    # Blocks of 4x4: macroblock, row and column of the block, row and column within it.
    residual = residual.reshape(rows * columns, 4, 4, 4, 4).swapaxes(2, 3)
    c = np.array([[1, 1, 1, 1], [2, 1, -1, -2], [1, -1, -1, 1], [1, -2, 2, -1]], np.int32)
    h = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, -1, 1], [1, -1, 1, -1]], np.int32)
    w = c @ residual @ c.T
    dc = h @ w[..., 0, 0] @ h
    odd = np.array([0, 1, 0, 1])
    factor = np.array([262144, 167772, 107374], np.int32)[odd[:, None] + odd]
    octaves = (qp - 16) // 6
    levels = (w * factor + (1 << (21 + octaves))) >> (22 + octaves)
    levels[..., 0, 0] = (dc + (32 << octaves)) >> (6 + octaves)
    return levels.reshape(-1, 256)


def block_of(index):
    """Row and column of luma4x4BlkIdx."""
    return (index >> 1) & 1 | (index >> 2) & 2, index & 1 | (index >> 1) & 2


def place(row, column, y, x):
    return 64 * row + 16 * column + 4 * y + x


# Where the integers of a macroblock lie, in the order in which values take them.
ORDER = np.array([
    at
    for k, (y, x) in enumerate(ZIGZAG)
    for at in [place(y, x, 0, 0)] + ([place(*block_of(b), y, x) for b in range(16)] if k else [])
])


def steps_of(levels, bits, low, header):
    """What values are in steps, by macroblock: the state machine, for all chunks side by side."""
    chunk = min(header.chunk, len(levels))
    chunks = -(-len(levels) // chunk)
    pad = ((0, chunks * chunk - len(levels)), (0, 0))
    levels = np.pad(levels, pad).reshape(chunks, chunk, 256)[:, :, ORDER]
    bits, low = (np.pad(of.reshape(-1, 256), pad).reshape(chunks, chunk, 16, 16) for of in (bits, low))
    steps = np.zeros((chunks, chunk, 16, 16), np.int64)
    state = np.zeros((chunks, 16), np.int64)
    h0, h1 = H0[header.state_bits] >> 1, H1[header.state_bits] >> 1
    for mb in range(chunk):
        first = np.zeros((chunks, 1), np.int64)
        for y in range(16):
            q = state & 1
            before = first + np.cumsum(q, 1) - q
            lane = 16 * y + np.arange(16)
            h = np.take_along_axis(levels[:, mb], np.where(q == 1, before, 255 - (lane - before)), 1)
            n = bits[:, mb, y]
            m = (h << n) + low[:, mb, y] - (1 << n >> 1)
            k = np.where(n == 0, np.abs(h), np.where((q == 1) & (m >= 0), m + 1, np.abs(m)))
            steps[:, mb, y] = np.where(n == 0, np.maximum(2 * k - q, 0) * np.sign(h), 2 * m + q)
            first += q.sum(1, keepdims=True)
            state = (state >> 1) ^ (q * h0) ^ ((k & 1) * h1)
    return steps.reshape(-1, 16, 16)[: levels.shape[0] * chunk]


def ranks(classes, count):
    rank = np.empty(count, np.int64)
    rank[np.arange(count) if classes is None else np.argsort(classes, kind="stable")] = np.arange(count)
    return rank


def decode(tile, luma):
    """Values of a tile, row by row, as binary32, and the index of each in the tensor."""
    header = tile.header
    y, x, rows, columns = header.place(tile.number)
    index, there = header.indices(tile.number)
    levels = levels_of(luma, header.qp)
    for at, level in tile.dropped:
        levels[at // 256, place(*block_of(at % 256 // 16), at % 16 // 4, at % 4)] = level
    row_rank = ranks(tile.row_classes, rows)
    classes = None if header.column_classes is None else header.column_classes[x : x + columns]
    on_picture = np.ix_(row_rank, ranks(classes, columns))
    mb_rows, mb_columns = luma.shape[0] // 16, luma.shape[1] // 16
    # The number of raw bits of each value, one less for each octave that its row and column are smaller, and the bits.
    octaves = 0 if tile.row_classes is None else tile.row_classes[:, None]
    octaves = (octaves + (0 if classes is None else classes)) // 6
    counts = np.where(there, np.maximum(0, header.low_bits - octaves), 0)
    at = np.cumsum(counts).reshape(counts.shape) - counts
    raw = np.append(np.unpackbits(np.frombuffer(tile.raw, np.uint8)), np.zeros(16, np.uint8)).astype(np.int64)
    numbers = np.zeros_like(counts)
    for i in range(header.low_bits):
        numbers = np.where(i < counts, 2 * numbers + raw[np.minimum(at + i, len(raw) - 1)], numbers)
    bits, low = np.zeros(luma.shape, np.int64), np.zeros(luma.shape, np.int64)
    bits[on_picture], low[on_picture] = counts, numbers
    bits, low = (of.reshape(mb_rows, 16, mb_columns, 16).swapaxes(1, 2) for of in (bits, low))
    steps = steps_of(levels, bits, low, header)[: mb_rows * mb_columns].reshape(mb_rows, mb_columns, 16, 16)
    steps = steps.swapaxes(1, 2).reshape(luma.shape)[on_picture].astype(np.float32)
    values = tile.offset + tile.step * steps
    if header.reflections:
        for position, pattern in tile.exact:
            values[position // header.width, position % header.width] = np.uint32(pattern).view(np.float32)
        for v in reversed(header.reflections):
            dots = np.zeros(columns, np.float32)
            for i in range(rows):
                dots = dots + v[i] * values[i]
            dots = dots * np.float32(2 / (v.astype(np.float64) ** 2).sum())
            values = values - v[:, None] * dots
    if header.channels:
        run, in_block, block, of_channel = header.channels
        c = of_channel[np.minimum(index // block * in_block + index // run % in_block, len(of_channel) - 1)]
        values = values / np.ldexp(FACTORS[c % 6], -(c // 6))
    return values, index, there


def rounded(values, name):
    """Binary32 to the tensor's type, to nearest, ties to even, no farther than the greatest finite value."""
    if name == "F16":
        return np.clip(values, np.float32(-65504), np.float32(65504)).astype(np.float16)
    if name == "BF16":
        greatest = np.uint32(0x7F7F0000).view(np.float32)
        bits = np.clip(values, -greatest, greatest).view(np.uint32)
        return ((bits + 0x7FFF + ((bits >> 16) & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
    return values.astype(np.float64) if name == "F64" else values


def of_pattern(pattern, name):
    if name == "BF16":
        return np.uint32(pattern << 16).view(np.float32)
    return np.array(pattern, {"F32": np.uint32, "F16": np.uint16, "F64": np.uint64}[name]).view(
        {"F32": np.float32, "F16": np.float16, "F64": np.float64}[name])


def read(stream, samples, tile_class=Tile, decode=decode):
    tiles = []
    for kind, rbsp in nal_units(stream):
        if kind == 6:
            ours = [payload[16:] for tag, payload in messages(rbsp) if tag == 5 and payload.startswith(UUID)]
            if ours:
                tiles.append(tile_class(ours[0], tiles[0].header if tiles else None))
        elif kind == 30 and tiles and not tiles[-1].raw:
            tiles[-1].raw = rbsp[:-1]
    if not tiles:
        sys.exit("the stream holds no tensor")
    header = tiles[0].header
    name = TYPES[header.type][0]
    tensor = np.zeros(header.values, {"F16": np.float16, "F64": np.float64}.get(name, np.float32))
    size = header.width * header.height
    for tile in tiles:
        luma = np.frombuffer(samples, np.uint8, size, tile.number * size).reshape(header.height, header.width)
        values, index, there = decode(tile, luma)
        tensor[index[there]] = rounded(values, name)[there]
        for position, pattern in [] if header.reflections else tile.exact:
            tensor[index[position // header.width, position % header.width]] = of_pattern(pattern, name)
    return tensor.reshape(header.shape)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("stream")
    parser.add_argument("--samples", help="its decoded 8-bit luma samples; without it, ffmpeg decodes them")
    parser.add_argument("-o", "--output", required=True, help=".npy file")
    return parser


def files(options):
    """The stream, and its luma samples."""
    with open(options.stream, "rb") as file:
        stream = file.read()
    if options.samples:
        with open(options.samples, "rb") as file:
            samples = file.read()
    else:
        # Not by a pixel format, which would convert the range of samples.
        samples = subprocess.run(
            ["ffmpeg", "-v", "error", "-i", options.stream, "-fps_mode", "passthrough", "-vf", "extractplanes=y", "-f", "rawvideo",
             "-"], check=True, stdout=subprocess.PIPE).stdout
    return stream, samples


def main():
    options = arguments("Reads a tensor from pictures that carry its levels.").parse_args()
    np.save(options.output, read(*files(options)))


if __name__ == "__main__":
    main()
