// Which value of a tensor a sample stands for, and where the samples of a value are.

/** For each luma sample of a picture the index of its value in the view, -1 for padding; null where samples are no values. */
function mapOf(side, p) {
  const { id } = streams[side].pictures[p];
  return pictureShelf.get(`${side} map ${p}`, async () => {
    const bytes = await resource(`${prefix(side)}picture/${id}/map`);
    return bytes === null ? null : new Int32Array(bytes);
  });
}

/** Row and column of the value that a sample of the present picture stands for, or null. */
function cellOfSample(side, x, y) {
  const tensor = tensorOf(side);
  const { id, width } = pictureOf(side);
  const tile = tensor && (tensor.tiles || []).find(each => each.picture === id);
  if (!tile) {
    return null;
  }
  const map = mapOf(side, state.p);
  if (map === null) {
    const [row, column] = tensor.transposed ? [x, y] : [y, x];
    const cell = [tile.rows[0] + row, tile.columns[0] + column];
    return cell[0] < tile.rows[1] && cell[1] < tile.columns[1] ? cell : null;
  }
  const index = map ? map[y * width + x] : -1;
  return index >= 0 ? [Math.floor(index / tensor.view[1]), index % tensor.view[1]] : null;
}

/** What a sample has to do with the value at its place. */
function placeText(tensor) {
  return (
    {
      samples: 'stands for the value',
      macroblocks: 'is where the levels of the value are carried',
      planes: 'has bits of the value'
    }[tensor.places] || 'is the coefficient'
  );
}

function showCell([row, column]) {
  set({ view: 'tensor', row, column, zoom: 24, x: column + 0.5, y: row + 0.5 });
}

/** In the panel of a macroblock: the value that its first sample stands for. */
function carriedValues(side, picture) {
  const [x, y] = [(state.mb % picture.mbWidth) * 16, Math.floor(state.mb / picture.mbWidth) * 16];
  const cell = cellOfSample(side, x, y);
  return (
    cell &&
    h(
      Fragment,
      null,
      h('h3', null, 'Tensor'),
      h('p', null, `Its first sample ${placeText(tensorOf(side))} at row ${cell[0]}, column ${cell[1]}. `),
      button('Show it', () => showCell(cell))
    )
  );
}

/** Leads from the chosen value to its macroblock. */
async function showSample(side) {
  const { view, tiles, transposed } = tensorOf(side);
  const { row, column } = state;
  const tile = tiles.find(
    ({ rows, columns, picture }) =>
      picture >= 0 && row >= rows[0] && row < rows[1] && column >= columns[0] && column < columns[1]
  );
  const p = tile ? placeOf(side, tile.picture) : -1;
  if (p < 0) {
    return;
  }
  const { id, width, mbWidth } = streams[side].pictures[p];
  const bytes = await resource(`${prefix(side)}picture/${id}/map`);
  const within = [row - tile.rows[0], column - tile.columns[0]];
  let [y, x] = transposed ? within.reverse() : within;
  if (bytes !== null) {
    const at = new Int32Array(bytes).indexOf(row * view[1] + column);
    [y, x] = [Math.floor(at / width), at % width];
  }
  if (y >= 0) {
    const mb = Math.floor(y / 16) * mbWidth + Math.floor(x / 16);
    set({ view: 'picture', p, mb, zoom: 24, x: x + 0.5, y: y + 0.5, panel: 'summary' });
  }
}
