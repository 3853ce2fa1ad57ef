// A tensor as a picture of its values, with its row and column under the cursor, and what its stream says of it.

function tensorView() {
  const side = told();
  const tensor = tensorOf(side);
  if (!tensor) {
    return h('p', { class: 'hint padded' }, 'This stream carries no tensor.');
  }
  const [rows, columns] = tensor.view;
  const layer = layerNamed(side, state.layer);
  return h(
    'div',
    { class: 'split' },
    h(
      'div',
      { class: 'stage' },
      h(
        'div',
        { class: 'toolbar', role: 'toolbar', 'aria-label': 'Layers' },
        select(
          'Layer',
          layer.id,
          layersOf(side).map(each => [each.id, each.name]),
          id => set({ layer: id })
        ),
        zoomButtons()
      ),
      h(Sight, {
        name: 'tensor',
        label: `${layer.name} of ${tensor.name}, ${rows} rows and ${columns} columns`,
        width: columns,
        height: rows,
        source: () => layerBitmap(side, layer),
        over: (context, sight, px) => overTensor(context, side, layer, sight, px),
        missing: 'The values were left out.',
        hover: at => hoverCell(at, rows, columns),
        pick: at => pickCell(at, rows, columns)
      }),
      layerLegend(side, layer),
      h(CellLine, { side })
    ),
    h('section', { class: 'panel', 'aria-label': 'Tensor' }, tensorFacts(side, tensor))
  );
}

function cellOf(at, rows, columns) {
  const [row, column] = at ? [Math.floor(at.y), Math.floor(at.x)] : [-1, -1];
  return row >= 0 && row < rows && column >= 0 && column < columns ? [row, column] : null;
}

let hovered = null;
let cellLine = null;

function hoverCell(at, rows, columns) {
  hovered = cellOf(at, rows, columns);
  if (cellLine) {
    cellLine.forceUpdate();
  }
}

function pickCell(at, rows, columns) {
  const [row, column] = cellOf(at, rows, columns) || [-1, -1];
  set({ row, column });
}

function moveCell(rowStep, columnStep) {
  const [rows, columns] = tensorOf(told()).view;
  set({
    row: Math.max(0, Math.min(rows - 1, state.row + rowStep)),
    column: Math.max(0, Math.min(columns - 1, state.column + columnStep))
  });
}

/** The shortest decimal that is this float and no other. */
function shortest(value) {
  if (value === undefined || value === null) {
    return '–';
  }
  if (!Number.isFinite(value)) {
    return String(value);
  }
  for (let digits = 1; digits < 9; digits++) {
    const decimal = Number(value.toPrecision(digits));
    if (Math.fround(decimal) === Math.fround(value)) {
      return String(decimal);
    }
  }
  return String(value);
}

function layerLegend(side, layer) {
  const values = layer.kind === 'json' ? null : layerValues(side, layer);
  const scale = values && layerScale(side, layer, values);
  const unit = tensorOf(side).unit || '';
  return h(
    'div',
    { class: 'legend', 'aria-label': 'Legend' },
    scale
      ? [
          h('b', null, layer.name),
          h('span', null, figures(scale.least, 4)),
          h('span', { class: 'ramp', style: { background: gradient(scale.stops) } }),
          h('span', null, `${figures(scale.most, 4)} ${unit}`),
          h('span', { class: 'hint' }, '0.5 % beyond are clipped')
        ]
      : [h('b', null, layer.name), layer.kind === 'json' && h('span', { class: 'hint' }, 'circles over the values')]
  );
}

/** Marks: the chosen row and column, outliers, numbers where cells are large. */
function overTensor(context, side, layer, sight, px) {
  const [rows, columns] = tensorOf(side).view;
  if (layer.kind === 'json') {
    circleCells(context, layerValues(side, layer) || [], columns, sight, px);
  }
  if (state.row >= 0) {
    const beside = 1.5 * px;
    context.beginPath();
    context.rect(-beside, state.row - beside, columns + 2 * beside, 1 + 2 * beside);
    context.rect(state.column - beside, -beside, 1 + 2 * beside, rows + 2 * beside);
    twice(context, px, 'rgb(0 0 0 / 60%)', '#ffd84a', 0.8);
  }
  if (px < 1 / 44) {
    const shown = layer.kind === 'json' ? layerNamed(side, 'values') : layer;
    const values = layerValues(side, shown);
    const scale = values && layerScale(side, shown, values);
    writeCells(context, sight, rows, columns, px, scale, (row, column) => layerAt(side, shown, row, column));
  }
}

function circleCells(context, cells, columns, sight, px) {
  context.beginPath();
  for (const [index] of cells) {
    const [x, y] = [(index % columns) + 0.5, Math.floor(index / columns) + 0.5];
    if (x > sight.left && x < sight.right && y > sight.top && y < sight.bottom) {
      const radius = Math.max(0.7, 4 * px);
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
  }
  twice(context, px, 'rgb(0 0 0 / 70%)', '#ff5fd2', 1.5);
}

function writeCells(context, sight, rows, columns, px, scale, valueAt) {
  context.save();
  const size = 1 / px;
  context.scale(px, px);
  context.font = `${Math.min(13, size / 4.6)}px ui-monospace, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let row = Math.max(0, Math.floor(sight.top)); row < Math.min(rows, sight.bottom); row++) {
    for (let column = Math.max(0, Math.floor(sight.left)); column < Math.min(columns, sight.right); column++) {
      const value = valueAt(row, column);
      if (value !== undefined) {
        const write = lightnessOf(scale, value) > 120 ? dark : bright;
        write(context, figures(value, 3), (column + 0.5) * size, (row + 0.5) * size);
      }
    }
  }
  context.restore();
}

/** How light the colour of a value is, from 0 to 255. */
function lightnessOf({ least, most, stops }, value) {
  const [red, green, blue] = between(stops, (value - least) / (most - least));
  return 0.3 * red + 0.59 * green + 0.11 * blue;
}

/** A number with at most so many significant digits. */
function figures(value, digits) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : String(value);
}

/** Text that is read on any ground. */
function outlined(context, text, x, y) {
  context.lineWidth = 3;
  context.lineJoin = 'round';
  context.strokeStyle = 'rgb(0 0 0 / 75%)';
  context.strokeText(text, x, y);
  context.fillStyle = '#fff';
  context.fillText(text, x, y);
}

function hasMaps(side) {
  return (tensorOf(side).tiles || []).some(tile => tile.picture >= 0 && tile.picture !== null);
}

/** The cell under the cursor, else the chosen one, in all layers, with its row and column as lines. */
class CellLine extends preact.Component {
  componentDidMount() {
    cellLine = this;
  }

  componentWillUnmount() {
    cellLine = null;
  }

  render({ side }) {
    const cell = hovered || (state.row >= 0 ? [state.row, state.column] : null);
    if (!cell) {
      return h('p', { class: 'status' }, 'Point at a cell, or choose one with a click or the arrow keys.');
    }
    const [row, column] = cell;
    const layers = layersOf(side);
    const shown = layers.find(layer => layer.id === state.layer && layer.kind !== 'json') || layers[0];
    return h(
      'div',
      { class: 'cells' },
      h(
        'p',
        { class: 'status', 'aria-live': 'polite' },
        h('b', null, `row ${row}, column ${column}`),
        state.row >= 0 && hasMaps(side) && button('Its macroblock', () => showSample(side), { class: 'link' }),
        layers.map(layer => {
          const value = layerAt(side, layer, row, column);
          return value === undefined
            ? null
            : h('span', { key: layer.id, 'data-layer': layer.id }, `${layer.name} ${shortest(value)}`);
        })
      ),
      h('div', { class: 'profiles' }, profile(side, shown, 'row', row, column), profile(side, shown, 'column', column, row))
    );
  }
}

/** A row or a column as a line, of long ones at most 600 points, the cursor as a mark. */
function profile(side, layer, kind, at, cursor) {
  const [rows, columns] = tensorOf(side).view;
  const length = kind === 'row' ? columns : rows;
  const step = Math.max(1, length / 600);
  const points = [];
  for (let i = 0; i < length; i += step) {
    points.push(layerAt(side, layer, kind === 'row' ? at : Math.floor(i), kind === 'row' ? Math.floor(i) : at) ?? 0);
  }
  const most = points.reduce((a, b) => Math.max(a, b), -Infinity);
  const least = points.reduce((a, b) => Math.min(a, b), Infinity);
  const y = value => (most > least ? 46 - (42 * (value - least)) / (most - least) : 25);
  return h(
    'figure',
    null,
    h('figcaption', null, `${kind} ${at}: ${figures(least, 4)} to ${figures(most, 4)}`),
    h(
      'svg',
      { viewBox: '0 0 300 50', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${kind} ${at}` },
      least < 0 && most > 0 && h('path', { class: 'zero', d: `M0 ${y(0)} H300` }),
      h('path', {
        class: 'line',
        d: points.map((value, i) => `${i ? 'L' : 'M'}${(300 * i) / Math.max(1, points.length - 1)} ${y(value)}`).join(' ')
      }),
      h('path', { class: 'mark', d: `M${(300 * cursor) / Math.max(1, length - 1)} 0 V50` })
    )
  );
}

function tensorFacts(side, tensor) {
  const flat = value =>
    typeof value === 'number' ? figures(value, 7) : Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
  const tiles = tensor.tiles || [];
  const errors = Object.entries(tensor.error || {}).flatMap(([kind, error]) =>
    error === null
      ? []
      : typeof error === 'object'
        ? Object.entries(error).map(([name, value]) => [`${name}, ${kind}`, flat(value)])
        : [[`error, ${kind}`, flat(error)]]
  );
  return h(
    Fragment,
    null,
    h('header', null, h('h2', null, tensor.name || 'Tensor')),
    h(
      'div',
      { class: 'content' },
      facts([
        ['type', tensor.dtype],
        ['shape', tensor.shape.join(' x ')],
        ['view', tensor.view.join(' x '), 'rows, columns'],
        ['values', number(tensor.values)],
        ['bits per value', number(tensor.bitsPerValue, 4)],
        ['method', tensor.method],
        tensor.outliers !== undefined && ['outliers', number(tensor.outliers)],
        ...errors
      ]),
      tensor.header &&
        h(
          Fragment,
          null,
          h('h3', null, 'Header'),
          facts(Object.entries(tensor.header).map(([name, value]) => [name, flat(value)]))
        ),
      h('h3', null, `Tiles (${tiles.length})`),
      grid(['tile', 'rows', 'columns', 'picture', 'bytes', 'offset', 'step'], tiles.slice(0, 500).map(tileCells))
    )
  );
}

function tileCells(tile, at) {
  const go = () => set({ view: 'picture', p: placeOf(told(), tile.picture), mb: -1, zoom: 0 });
  const coded = tile.picture !== null && tile.picture >= 0;
  return [
    at,
    range(tile.rows),
    range(tile.columns),
    coded ? button(tile.picture, go, { class: 'link' }) : '–',
    number(tile.bytes),
    shortest(tile.offset),
    shortest(tile.step)
  ];
}

function range(ends) {
  return ends ? `${ends[0]}–${ends[1]}` : '–';
}
