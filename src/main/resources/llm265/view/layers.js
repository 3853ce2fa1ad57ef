// Layers of a tensor: values, and what they were made from, each a matrix that is drawn over the rows and columns of the view.

const layerShelf = new Shelf(64);
const MOST_ACROSS = 8192;

function tensorOf(side) {
  return streams[side] ? streams[side].index.tensor : null;
}

/** What tiles say besides their pictures, such as outliers. */
function tilesOf(side) {
  return layerShelf.get(`${side} tiles`, async () => {
    const tiles = [];
    for (const tile of tensorOf(side).tiles || []) {
      const found = tile.picture >= 0 && tile.outliers > 0 ? await json(`${prefix(side)}tensor/tile/${tile.picture}`) : null;
      tiles.push({ ...tile, ...found });
    }
    return tiles;
  });
}

const LAYER_NAMES = { values: 'Values', original: 'Original', scales: 'Scales', signs: 'Sign patterns' };

/** Layers of the stream, outliers, and the error where originals are known. */
function layersOf(side) {
  const tensor = tensorOf(side);
  const [rows, columns] = tensor.view;
  const layers = tensor.layers.map(layer => ({ ...layer, name: LAYER_NAMES[layer.id] || layer.name }));
  if (layers.some(layer => layer.id === 'original')) {
    layers.splice(2, 0, { id: 'error', name: 'Error', kind: 'f32', rows, columns });
  }
  if ((tensor.tiles || []).some(tile => tile.outliers > 0)) {
    layers.push({ id: 'outliers', name: 'Outliers', kind: 'json', rows, columns });
  }
  return layers;
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
  if (layer.id === 'outliers' && !tilesOf(side)) {
    return tilesOf(side);
  }
  return layerShelf.get(`${side} ${layer.id}`, () => readLayer(side, layer));
}

async function readLayer(side, layer) {
  if (layer.id === 'outliers') {
    const lists = tilesOf(side).filter(tile => Array.isArray(tile.outliers));
    return lists.flatMap(tile => tile.outliers.map(([index, value]) => [index, Number(value)]));
  }
  const { bandRows } = tensorOf(side);
  const bandArray = bytes => (layer.kind === 'u8' ? new Uint8Array(bytes) : new Float32Array(bytes));
  const all = new Float32Array(layer.rows * layer.columns).fill(NaN);
  let read = 0;
  let next = 0;
  const readBands = async () => {
    while (next * bandRows < layer.rows) {
      const band = next++;
      const bytes = await resource(`${prefix(side)}tensor/${layer.id}/${band}`);
      if (bytes !== null) {
        const start = band * bandRows * layer.columns;
        all.set(bandArray(bytes).subarray(0, all.length - start), start);
        read++;
      }
    }
  };
  // A server makes some at a time.
  await Promise.all([readBands(), readBands(), readBands()]);
  return read > 0 ? all : null;
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
