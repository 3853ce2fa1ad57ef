// Layers of a tensor: values, and what they were made from, each a matrix that is drawn over the rows and columns of the view.

const layerShelf = new Shelf(64);
const MOST_ACROSS = 8192;

function tensorOf(side) {
  return streams[side] ? streams[side].index.tensor : null;
}

/** What tiles say besides their pictures: outliers, scales, sign patterns. */
function tilesOf(side) {
  return layerShelf.get(`${side} tiles`, async () => {
    const tiles = [];
    for (const tile of tensorOf(side).tiles || []) {
      const found = tile.picture >= 0 ? await json(`${prefix(side)}tensor/tile/${tile.picture}`) : null;
      tiles.push({ ...tile, ...found });
    }
    return tiles;
  });
}

/** Layers of the stream, and the error where originals are known. */
function layersOf(side) {
  const tensor = tensorOf(side);
  const [rows, columns] = tensor.view;
  const layer = (id, name, kind = 'f32') => ({ id, name, kind, rows, columns });
  const tiles = tilesOf(side) || [];
  const scaled = tensor.placesAreValues && tiles.some(tile => tile.rowScales || tile.columnScales);
  const signed = tensor.placesAreValues && tiles.some(tile => tile.signPatterns && tile.signPatterns.ofBlocks);
  return [
    layer('values', 'Values'),
    tensor.original && layer('original', 'Original'),
    tensor.original && layer('error', 'Error'),
    scaled && layer('scales', 'Scales'),
    tiles.some(tile => Array.isArray(tile.outliers) && tile.outliers.length > 0) && layer('outliers', 'Outliers', 'json'),
    signed && layer('signs', 'Sign patterns')
  ].filter(each => each);
}

function layerNamed(side, id) {
  return layersOf(side).find(layer => layer.id === id) || layersOf(side)[0];
}

/** The numbers of a layer in raster order; undefined while they are read, null where they were left out. */
function layerValues(side, layer) {
  if (layer.id === 'error') {
    const values = layerValues(side, layerNamed(side, 'values'));
    const original = layerValues(side, layerNamed(side, 'original'));
    return values && original
      ? layerShelf.now(`${side} error`, () => values.map((value, i) => value - original[i]))
      : values === null || original === null
        ? null
        : undefined;
  }
  return layerShelf.get(`${side} ${layer.id}`, () => readLayer(side, layer));
}

async function readLayer(side, layer) {
  const tiles = tilesOf(side) || [];
  if (layer.id === 'outliers') {
    const lists = tiles.filter(tile => Array.isArray(tile.outliers)).map(tile => tile.outliers);
    return lists.flat().map(([index, value]) => [index, Number(value)]);
  }
  if (layer.id === 'scales' || layer.id === 'signs') {
    return fromTiles(side, tiles, layer.id === 'scales' ? scaleAt : signPatternAt);
  }
  return readBands(side, layer);
}

async function readBands(side, layer) {
  const { bandRows } = tensorOf(side);
  const all = new Float32Array(layer.rows * layer.columns).fill(NaN);
  for (let band = 0; band * bandRows < layer.rows; band++) {
    const bytes = await resource(`${prefix(side)}tensor/${layer.id}/${band}`);
    if (bytes === null) {
      return band === 0 ? null : all;
    }
    const start = band * bandRows * layer.columns;
    all.set(new Float32Array(bytes).subarray(0, all.length - start), start);
  }
  return all;
}

/** A layer whose numbers follow from what tiles say: `at(tile, row, column)` with places in the tile as it is coded. */
async function fromTiles(side, tiles, at) {
  const { view, transposed } = tensorOf(side);
  const all = new Float32Array(view[0] * view[1]).fill(NaN);
  for (const tile of tiles.filter(each => each.picture >= 0)) {
    const { id, width } = streams[side].pictures[placeOf(side, tile.picture)] || {};
    const bytes = id === undefined ? null : await resource(`${prefix(side)}picture/${id}/map`);
    if (bytes !== null) {
      new Int32Array(bytes).forEach((index, place) => {
        if (index >= 0) {
          all[index] = at(tile, Math.floor(place / width), place % width, side);
        }
      });
      continue;
    }
    for (let row = tile.rows[0]; row < tile.rows[1]; row++) {
      for (let column = tile.columns[0]; column < tile.columns[1]; column++) {
        const [y, x] = [row - tile.rows[0], column - tile.columns[0]];
        all[row * view[1] + column] = transposed ? at(tile, x, y, side) : at(tile, y, x, side);
      }
    }
  }
  return all;
}

function scaleAt(tile, y, x) {
  return (tile.rowScales ? tile.rowScales[y] : 1) * (tile.columnScales ? tile.columnScales[x] : 1);
}

/** The number of the pattern whose signs an 8x8 block has. */
function signPatternAt(tile, y, x, side) {
  const picture = streams[side].pictures[placeOf(side, tile.picture)];
  if (!picture || !tile.signPatterns || !tile.signPatterns.ofBlocks) {
    return NaN;
  }
  const address = (y >> 4) * picture.mbWidth + (x >> 4);
  return tile.signPatterns.ofBlocks[4 * address + 2 * ((y >> 3) & 1) + ((x >> 3) & 1)] ?? NaN;
}

/** How a layer's numbers become colours: signed ones around 0, others from the least to the most. */
function layerScale(side, layer, values) {
  return layerShelf.now(`${side} ${layer.id} scale`, () => {
    const step = Math.max(1, Math.floor(values.length / 100000));
    const sample = [];
    for (let i = 0; i < values.length; i += step) {
      if (Number.isFinite(values[i])) {
        sample.push(values[i]);
      }
    }
    const least = sample.reduce((a, b) => Math.min(a, b), Infinity);
    if (least < 0) {
      const most = quantile(sample.map(Math.abs), 0.995) || 1;
      return { least: -most, most, table: DIVERGING_TABLE, stops: DIVERGING };
    }
    const most = quantile(sample, 0.995);
    return {
      least: Math.min(least, most),
      most: most > least ? most : least + 1,
      table: SEQUENTIAL_TABLE,
      stops: SEQUENTIAL
    };
  });
}

/** The layer as a bitmap over the view; of very large ones every n-th row and column is drawn. */
function layerBitmap(side, layer) {
  const [rows, columns] = tensorOf(side).view;
  const drawn = layer.kind === 'json' ? layerNamed(side, 'values') : layer;
  const values = layerValues(side, drawn);
  if (!values) {
    return values;
  }
  return bitmapShelf.now(`${side} layer ${drawn.id}`, () => {
    const { least, most, table } = layerScale(side, drawn, values);
    const step = Math.ceil(Math.max(drawn.rows, drawn.columns) / MOST_ACROSS);
    const [height, width] = [Math.ceil(drawn.rows / step), Math.ceil(drawn.columns / step)];
    const factor = 255 / (most - least);
    const canvas = canvasOf(width, height, pixels => {
      for (let row = 0, i = 0; row < height; row++) {
        for (let column = 0; column < width; column++, i++) {
          const value = values[row * step * drawn.columns + column * step];
          if (Number.isNaN(value)) {
            continue;
          }
          const at = 3 * Math.max(0, Math.min(255, Math.round((value - least) * factor)));
          pixels[i] = 0xff000000 | (table[at + 2] << 16) | (table[at + 1] << 8) | table[at];
        }
      }
    });
    return { canvas, width: columns, height: rows };
  });
}

/** The number of a layer that stands for a cell of the view. */
function layerAt(side, layer, row, column) {
  const values = layerValues(side, layer);
  if (!values) {
    return undefined;
  }
  const columns = tensorOf(side).view[1];
  if (layer.kind === 'json') {
    const index = row * columns + column;
    const found = values.find(each => each[0] === index);
    return found ? found[1] : undefined;
  }
  return values[row * columns + column];
}
