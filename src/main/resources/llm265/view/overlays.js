// What is laid over pictures. A fill colours each macroblock by one of its figures; lines are drawn over fills. Only what is
// visible is drawn.

/** Fills: the figure of the macroblock at a position, and how it reads. `kinds` are of few values, others of a range. */
const FILLS = [
  { id: 'types', name: 'Macroblock types', value: (m, n) => m.kind[n], kinds: () => KINDS },
  { id: 'transform', name: 'Transform sizes', value: (m, n) => transformOf(m, n), kinds: () => TRANSFORMS },
  { id: 'qp', name: 'QP', unit: 'QPY', value: (m, n) => m.qp[n] },
  { id: 'bits', name: 'Bits per macroblock', unit: 'bits', value: (m, n) => m.bits[n], from: 0, heavy: true },
  { id: 'levels', name: 'Nonzero levels', unit: 'levels', value: (m, n) => m.levels[n], from: 0 },
  {
    id: 'energy',
    name: 'Residual energy',
    unit: 'root mean square',
    value: (m, n) => Math.sqrt(m.energy[n] / 256),
    from: 0,
    heavy: true
  },
  {
    id: 'slices',
    name: 'Slices',
    value: (m, n) => m.order[n],
    kinds: m => Array.from({ length: Math.min(8, new Set(m.order).size) }, (_, i) => `Slice ${i}`)
  }
];

const LINES = [
  { id: 'grid', name: 'Macroblock grid', key: 'g' },
  { id: 'parts', name: 'Partitions', key: 'b' },
  { id: 'modes', name: 'Prediction modes', key: 'm' },
  { id: 'edges', name: 'Deblocking strengths', key: 'e' },
  { id: 'borders', name: 'Slice borders', key: 'r' },
  { id: 'near', name: 'Neighbours', key: 'a' }
];

const TRANSFORMS = ['4x4', '8x8', 'bypass', 'none (I_PCM)'];

function transformOf(macroblocks, n) {
  if (macroblocks.kind[n] === KIND_PCM) {
    return 3;
  }
  if (macroblocks.flags[n] & FLAG_LOSSLESS) {
    return 2;
  }
  return macroblocks.flags[n] & FLAG_TRANSFORM_8X8 ? 1 : 0;
}

function largest(values) {
  return values.reduce((most, value) => Math.max(most, value), 0);
}

function fillShown() {
  const shown = overlays();
  return FILLS.find(fill => shown.has(fill.id)) || null;
}

const fillShelf = new Shelf(24);

/** The figures of a picture's macroblocks under a fill, and their range; heavy tails do not flatten the rest. */
function fillValues(side, p, fill, macroblocks) {
  return fillShelf.now(`${side} ${p} ${fill.id}`, () => {
    const values = Float64Array.from({ length: macroblocks.count }, (_, n) => fill.value(macroblocks, n));
    if (fill.kinds) {
      return { values, kinds: fill.kinds(macroblocks) };
    }
    let most = fill.heavy ? quantile(values, 0.99) : values.reduce((a, b) => Math.max(a, b), -Infinity);
    const least = fill.from ?? values.reduce((a, b) => Math.min(a, b), Infinity);
    most = most > least ? most : least + 1;
    const clipped = values.some(value => value > most);
    return { values, least, most, clipped, bitmap: null };
  });
}

/** One pixel a macroblock, to be stretched over the picture. */
function fillBitmap(found, picture, macroblocks) {
  if (!found.bitmap) {
    const colour = found.kinds
      ? value => rgbOf(HUES[value % HUES.length])
      : value => between(SEQUENTIAL, (value - found.least) / (found.most - found.least));
    found.bitmap = canvasOf(picture.mbWidth, picture.mbHeight, (pixels, bytes) => {
      found.values.forEach((value, n) =>
        bytes.set([...colour(value), macroblocks.order[n] === NOT_DECODED ? 0 : 255], n * 4)
      );
    });
  }
  return found.bitmap;
}

function rgbOf(hex) {
  return [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
}

/** Positions of macroblocks in sight: `visit(position, x, y)` with the upper left luma sample. */
function eachVisible(picture, sight, visit) {
  const left = Math.max(0, Math.floor(sight.left / 16));
  const right = Math.min(picture.mbWidth - 1, Math.floor(sight.right / 16));
  const top = Math.max(0, Math.floor(sight.top / 16));
  const bottom = Math.min(picture.mbHeight - 1, Math.floor(sight.bottom / 16));
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      visit(row * picture.mbWidth + column, column * 16, row * 16);
    }
  }
}

/** Draws all overlays; the context's unit is a luma sample, `px` the width of a pixel of the screen in it. */
function drawOverlays(context, side, sight, px) {
  const picture = pictureOf(side);
  const macroblocks = macroblocksOf(side, state.p);
  if (!macroblocks || (state.woven && hasPairs(picture))) {
    return;
  }
  const shown = overlays();
  const fill = fillShown();
  if (fill) {
    const found = fillValues(side, state.p, fill, macroblocks);
    context.globalAlpha = 0.7;
    context.imageSmoothingEnabled = false;
    context.drawImage(fillBitmap(found, picture, macroblocks), 0, 0, picture.width, picture.height);
    context.globalAlpha = 1;
  }
  const close = px < 1 / 1.5;
  if (shown.has('grid') && px < 0.5) {
    drawGrid(context, picture, sight, px);
  }
  const strengths = shown.has('edges') && close ? strengthsOf(side, state.p) : null;
  const lines = ['parts', 'modes', 'edges', 'borders'].filter(id => shown.has(id) && (close || id === 'borders'));
  if (lines.length > 0) {
    const key = `${state.p} ${lines} ${strengths ? 'read' : ''}`;
    drawSheet(context, side, picture, sight, key, (sheet, area) =>
      lines.forEach(id => {
        ({ parts: drawParts, modes: drawModes, edges: drawStrengths, borders: drawSliceBorders })[id](
          sheet,
          picture,
          id === 'edges' ? strengths : macroblocks,
          area,
          px
        );
      })
    );
  }
}

function drawGrid(context, picture, sight, px) {
  context.beginPath();
  const bottom = Math.min(picture.height, sight.bottom);
  const right = Math.min(picture.width, sight.right);
  for (let x = Math.max(0, Math.floor(sight.left / 16) * 16); x <= right; x += 16) {
    context.moveTo(x, Math.max(0, sight.top));
    context.lineTo(x, bottom);
  }
  for (let y = Math.max(0, Math.floor(sight.top / 16) * 16); y <= bottom; y += 16) {
    context.moveTo(Math.max(0, sight.left), y);
    context.lineTo(right, y);
  }
  twice(context, px, 'rgb(0 0 0 / 35%)', 'rgb(255 255 255 / 40%)', 1);
}

/** Light on dark, so that a line is seen on any picture. */
function twice(context, px, under, over, width) {
  context.strokeStyle = under;
  context.lineWidth = (width + 1.2) * px;
  context.stroke();
  context.strokeStyle = over;
  context.lineWidth = width * px;
  context.stroke();
}

function partSize(macroblocks, n) {
  return [4, 8, 16, 16][macroblocks.kind[n]];
}

function drawParts(context, picture, macroblocks, sight, px) {
  context.beginPath();
  eachVisible(picture, sight, (n, x, y) => {
    const size = Math.max(partSize(macroblocks, n), 5 * px);
    for (let at = size; at < 16; at += size) {
      context.moveTo(x + at, y);
      context.lineTo(x + at, y + 16);
      context.moveTo(x, y + at);
      context.lineTo(x + 16, y + at);
    }
    context.rect(x, y, 16, 16);
  });
  twice(context, px, 'rgb(0 0 0 / 45%)', 'rgb(255 255 255 / 75%)', 1);
  context.beginPath();
  eachVisible(picture, sight, (n, x, y) => {
    if (macroblocks.kind[n] === KIND_PCM) {
      context.moveTo(x, y);
      context.lineTo(x + 16, y + 16);
      context.moveTo(x + 16, y);
      context.lineTo(x, y + 16);
    }
  });
  twice(context, px, 'rgb(0 0 0 / 45%)', HUES[KIND_PCM], 1);
}

/** Pixels of the screen that a block must be wide for its arrow to be read. */
const LEAST_ARROW = 13;

/** An arrow in the direction of prediction, a dot for DC, a square for Plane. */
function drawModes(context, picture, macroblocks, sight, px) {
  const width = Math.min(2.2, 0.3 / px);
  const least = LEAST_ARROW * px;
  context.lineCap = 'round';
  for (const [dc, colour] of [
    [false, '#ffd84a'],
    [true, '#7fe0ff']
  ]) {
    context.beginPath();
    eachVisible(picture, sight, (n, x, y) => {
      const size = partSize(macroblocks, n);
      if (size < least) {
        return;
      }
      const step = size / 4;
      for (let block = 0; block < 16; block++) {
        if ((block % 4) % step === 0 && (block >> 2) % step === 0) {
          const mode = macroblocks.modes[n * 16 + block];
          modePath(
            context,
            x + (block % 4) * 4 + size / 2,
            y + (block >> 2) * 4 + size / 2,
            size,
            macroblocks.kind[n],
            mode,
            dc
          );
        }
      }
    });
    twice(context, px, 'rgb(0 0 0 / 70%)', colour, width);
  }
  context.lineCap = 'butt';
}

function modePath(context, x, y, size, kind, mode, dc) {
  if (kind === KIND_PCM || mode === 255 || (mode === 2) !== dc) {
    return;
  }
  const reach = size * 0.32;
  if (dc) {
    context.moveTo(x + reach * 0.3, y);
    context.arc(x, y, reach * 0.3, 0, 2 * Math.PI);
    return;
  }
  if (kind === KIND_16X16 && mode === 3) {
    context.rect(x - reach * 0.6, y - reach * 0.6, reach * 1.2, reach * 1.2);
    context.moveTo(x - reach * 0.6, y + reach * 0.6);
    context.lineTo(x + reach * 0.6, y - reach * 0.6);
    return;
  }
  const [dx, dy] = DIRECTIONS[mode] || [0, 0];
  const scale = reach / Math.hypot(dx, dy);
  const [ax, ay] = [dx * scale, dy * scale];
  context.moveTo(x - ax, y - ay);
  context.lineTo(x + ax, y + ay);
  context.moveTo(x + ax - 0.45 * (ax + ay), y + ay - 0.45 * (ay - ax));
  context.lineTo(x + ax, y + ay);
  context.lineTo(x + ax - 0.45 * (ax - ay), y + ay - 0.45 * (ay + ax));
}

function drawStrengths(context, picture, strengths, sight, px) {
  if (!strengths) {
    return;
  }
  for (let strength = 1; strength <= 4; strength++) {
    context.beginPath();
    eachVisible(picture, sight, (n, x, y) => {
      for (let edge = 0; edge < 8; edge++) {
        const across = edge < 4;
        for (let along = 0; along < 16; along += 4) {
          if (strengths[n * 8 + edge] === strength) {
            const at = (edge & 3) * 4;
            context.moveTo(x + (across ? at : along), y + (across ? along : at));
            context.lineTo(x + (across ? at : along + 4), y + (across ? along + 4 : at));
          }
        }
      }
    });
    twice(context, px, 'rgb(0 0 0 / 40%)', BOUNDARY_STRENGTHS[strength], 1.6);
  }
}

function drawSliceBorders(context, picture, macroblocks, sight, px) {
  context.beginPath();
  eachVisible(picture, sight, (n, x, y) => {
    if (x + 16 < picture.width && macroblocks.order[n] !== macroblocks.order[n + 1]) {
      context.moveTo(x + 16, y);
      context.lineTo(x + 16, y + 16);
    }
    if (y + 16 < picture.height && macroblocks.order[n] !== macroblocks.order[n + picture.mbWidth]) {
      context.moveTo(x, y + 16);
      context.lineTo(x + 16, y + 16);
    }
  });
  twice(context, px, 'rgb(0 0 0 / 70%)', '#ff5fd2', 2);
}
