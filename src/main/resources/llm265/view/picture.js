// A picture's samples and macroblocks, laid out as they are coded: a field macroblock has its own lines together, and so is
// always a square. Of a frame of two fields, the macroblocks at one place of both stand in pairs, as in MBAFF frames.

const pictureShelf = new Shelf(16);
const detailShelf = new Shelf(48);
const DETAIL_BAND = 64;

function prefix(side) {
  return side === 'b' ? 'b/' : '';
}

/** The stream that says how a side is coded: a dump is of stream A. */
function coderOf(side) {
  return streams[side] && isDump(side) ? 'a' : side;
}

/** Macroblocks of the picture with number `p`, as arrays by position. */
function macroblocksOf(shown, p) {
  const side = coderOf(shown);
  const picture = streams[side] && streams[side].pictures[p];
  return (
    picture &&
    pictureShelf.get(`${side} macroblocks ${p}`, async () =>
      readMacroblocks(picture, await resource(`${prefix(side)}picture/${picture.id}/macroblocks`))
    )
  );
}

function readMacroblocks(picture, buffer) {
  if (buffer === null) {
    return null;
  }
  const count = picture.mbWidth * picture.mbHeight;
  let offset = 0;
  const next = (type, length) => {
    const array = new type(buffer, offset, length);
    offset += (array.byteLength + 3) & ~3;
    return array;
  };
  const macroblocks = {
    count,
    picture,
    bits: next(Uint32Array, count),
    firstBit: next(Uint32Array, count),
    address: next(Uint32Array, count),
    energy: next(Float32Array, count),
    slice: next(Uint16Array, count),
    levels: next(Uint16Array, count),
    type: next(Uint8Array, count),
    kind: next(Uint8Array, count),
    flags: next(Uint8Array, count),
    cbp: next(Uint8Array, count),
    qp: next(Int8Array, count),
    chromaMode: next(Uint8Array, count),
    qpDelta: next(Int8Array, count),
    nal: next(Uint16Array, count),
    modes: next(Uint8Array, count * 16)
  };
  macroblocks.order = sliceOrder(macroblocks);
  return macroblocks;
}

const NOT_DECODED = 65535;

/** Which slice of the picture a macroblock is in, by the order of NAL units: the two fields of a frame count on. */
function sliceOrder({ nal, slice }) {
  const units = [...new Set(nal.filter((_, n) => slice[n] !== NOT_DECODED))].sort((a, b) => a - b);
  const ranks = new Map(units.map((unit, rank) => [unit, rank]));
  return nal.map((unit, n) => (slice[n] === NOT_DECODED ? NOT_DECODED : ranks.get(unit)));
}

/** bS of luma edges: of position, direction (0 vertical edges), edge; null where there are none. */
function strengthsOf(shown, p) {
  const side = coderOf(shown);
  const picture = streams[side].pictures[p];
  return pictureShelf.get(`${side} strengths ${p}`, async () => {
    const bytes = await resource(`${prefix(side)}picture/${picture.id}/strengths`);
    return bytes === null ? null : new Uint8Array(bytes);
  });
}

/** What one macroblock says in full; undefined while it is read, null where it was left out. */
function detailOf(side, p, position) {
  const picture = streams[side].pictures[p];
  const band = Math.floor(position / DETAIL_BAND);
  const details = detailShelf.get(`${side} detail ${p} ${band}`, () =>
    json(`${prefix(side)}picture/${picture.id}/detail/${band}`)
  );
  return details ? details[position % DETAIL_BAND] || null : details;
}

/** Whether macroblocks stand in pairs whose lines may alternate. */
function hasPairs(picture) {
  return picture.structure === 'mbaff' || picture.structure === 'fields';
}

/** Planes of a picture: `{planes: [{width, height, samples}], depth}`; before deblocking where they are kept apart. */
function planesOf(side, p, deblocked, woven) {
  const picture = streams[side] && streams[side].pictures[p];
  if (!picture) {
    return null;
  }
  const stored = pictureShelf.get(`${side} planes ${p} ${deblocked}`, async () => {
    const base = `${prefix(side)}picture/${picture.id}/`;
    const unfiltered = deblocked ? null : await resource(base + 'unfiltered');
    const buffer = unfiltered || (await resource(base + 'planes'));
    return buffer && readPlanes(picture, buffer);
  });
  if (!stored || woven || !hasPairs(picture)) {
    return stored;
  }
  const macroblocks = macroblocksOf(side, p);
  return (
    macroblocks &&
    pictureShelf.now(`${side} arranged ${p} ${deblocked}`, () =>
      stored.map(plane => pairsApart(plane, picture, macroblocks))
    )
  );
}

function readPlanes(picture, buffer) {
  const [mbWidth, mbHeight] = chromaBlock(picture.chroma);
  const sizes = [[picture.width, picture.height]];
  if (mbWidth > 0) {
    const chroma = [(picture.width * mbWidth) / 16, (picture.height * mbHeight) / 16];
    sizes.push(chroma, chroma);
  }
  const type = Math.max(...picture.depth) > 8 ? Uint16Array : Uint8Array;
  let offset = 0;
  return sizes.map(([width, height]) => {
    const samples = new type(buffer, offset, width * height);
    offset += samples.byteLength;
    return { width, height, samples };
  });
}

/** The line where a line of the displayed picture is drawn. */
function codedLine(picture, macroblocks, x, y) {
  const pair = Math.floor(y / 32);
  const top = pair * 2 * picture.mbWidth + Math.floor(x / 16);
  const apart = hasPairs(picture) && macroblocks && macroblocks.flags[top] & FLAG_FIELD;
  return apart ? pair * 32 + (y & 1) * 16 + ((y % 32) >> 1) : y;
}

function pairsApart({ width, height, samples }, picture, macroblocks) {
  const apart = samples.slice();
  const columns = width / picture.mbWidth;
  const rows = (2 * height) / picture.mbHeight;
  for (let pair = 0; pair < picture.mbHeight / 2; pair++) {
    for (let column = 0; column < picture.mbWidth; column++) {
      if (!(macroblocks.flags[pair * 2 * picture.mbWidth + column] & FLAG_FIELD)) {
        continue;
      }
      for (let line = 0; line < rows; line++) {
        const from = (pair * rows + line) * width + column * columns;
        const to = (pair * rows + (line & 1) * (rows / 2) + (line >> 1)) * width + column * columns;
        apart.set(samples.subarray(from, from + columns), to);
      }
    }
  }
  return { width, height, samples: apart };
}

/** The position of the macroblock with an address, in the field of another one; -1 where there is none. */
function positionOf(macroblocks, address, near) {
  const mask = macroblocks.picture.structure === 'fields' ? FLAG_BOTTOM : 0;
  for (let position = 0; position < macroblocks.count; position++) {
    const sameField = ((macroblocks.flags[position] ^ macroblocks.flags[near]) & mask) === 0;
    if (macroblocks.address[position] === address && sameField) {
      return position;
    }
  }
  return -1;
}

function selectMacroblock(position) {
  const picture = pictureOf(told());
  if (picture && position >= 0 && position < picture.mbWidth * picture.mbHeight) {
    set({ mb: position, block: 0, bin: 0 });
    keepInSight(position);
  }
}

function selectPicture(p) {
  const count = streams.a.pictures.length;
  const next = Math.max(0, Math.min(count - 1, p));
  const before = streams.a.pictures[state.p];
  const picture = streams.a.pictures[next];
  const same = before && picture && before.mbWidth === picture.mbWidth && before.mbHeight === picture.mbHeight;
  set(same ? { p: next, block: 0, bin: 0 } : { p: next, mb: -1, block: 0, bin: 0, zoom: 0 });
}
