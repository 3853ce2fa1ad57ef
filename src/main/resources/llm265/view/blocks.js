// How the samples of a block come about, in the order of decoding: neighbours, prediction, levels, coefficients, residual, sum.

const PLANES = ['Y', 'Cb', 'Cr'];

function blocksPanel(detail) {
  if (!detail) {
    return detailMissing(detail);
  }
  const blocks = detail.blocks || [];
  if (blocks.length === 0) {
    const text = 'Samples of an I_PCM macroblock stand in the stream as they are.';
    return h(Fragment, null, h('p', { class: 'hint' }, text), finalSamples(detail));
  }
  const at = Math.min(blocks.length - 1, Math.max(0, state.block));
  return h(Fragment, null, blockChooser(blocks, at), blockSteps(blocks[at]), finalSamples(detail));
}

function sizeOf(block) {
  return [block.width || block.size, block.height || block.size];
}

function blockName(block) {
  const [width, height] = sizeOf(block);
  return `${PLANES[block.plane]} ${width}x${height} at ${block.x}, ${block.y}`;
}

function isCoded(block) {
  const lists = [block.levels, block.dc && block.dc.levels, ...(block.parts || []).map(part => part.levels)];
  return lists.some(levels => levels && levels.some(level => level !== 0));
}

/** The macroblock as a map of its blocks, a map for each plane. */
function blockChooser(blocks, at) {
  const planes = [0, 1, 2].filter(plane => blocks.some(block => block.plane === plane));
  return h(
    'div',
    { class: 'chooser' },
    planes.map(plane => {
      const own = blocks.map((block, index) => ({ block, index })).filter(({ block }) => block.plane === plane);
      const width = Math.max(...own.map(({ block }) => block.x + sizeOf(block)[0]));
      const height = Math.max(...own.map(({ block }) => block.y + sizeOf(block)[1]));
      const style = { aspectRatio: `${width} / ${height}`, width: `${width * 7}px` };
      const cells = own.map(({ block, index }) => blockButton(block, index, index === at, width, height));
      return h('div', { key: plane }, h('small', null, PLANES[plane]), h('div', { class: 'map', style }, cells));
    }),
    h('p', { class: 'hint' }, 'Filled blocks have nonzero levels.')
  );
}

function blockButton(block, index, chosen, width, height) {
  const [own, high] = sizeOf(block);
  const part = (value, whole) => `${(100 * value) / whole}%`;
  const style = {
    left: part(block.x, width),
    top: part(block.y, height),
    width: part(own, width),
    height: part(high, height)
  };
  return button(index, () => set({ block: index }), {
    key: index,
    class: isCoded(block) ? 'coded' : '',
    'aria-pressed': String(chosen),
    'aria-label': blockName(block),
    title: blockName(block),
    'data-block': index,
    style
  });
}

function blockSteps(block) {
  const [width] = sizeOf(block);
  const residual = block.bypass ? 'Residual: levels, as the transform is bypassed' : 'Residual after the inverse transform';
  const steps = [
    block.edge && ['Neighbouring samples', edgeFigure(block, block.edge)],
    block.edge && block.edge.filtered && ['Neighbouring samples, filtered', edgeFigure(block, block.edge.filtered)],
    block.prediction && ['Prediction', matrix(block.plane === 0 ? 'predL' : 'predC', block.prediction, width)],
    block.dc && ['DC coefficients', dcFigures(block.dc)],
    block.levels && ['Levels as parsed', levelsFigure(block.levels)],
    block.coefficients && ['Coefficients after scaling', matrix('d', block.coefficients, width, nonzero)],
    block.parts && block.parts.length > 0 && ['AC levels, and coefficients after scaling', partFigures(block.parts)],
    block.residual && [residual, matrix('r', block.residual, width, signed)],
    block.sum && ['Sum: samples before deblocking', matrix('u = Clip1( pred + r )', block.sum, width)]
  ].filter(step => step);
  return h(
    'section',
    { class: 'steps', 'aria-label': 'Steps' },
    h('h3', null, blockName(block)),
    h(
      'p',
      { class: 'mode' },
      block.modeName && h('code', null, block.modeName),
      block.qP !== undefined && h('span', { class: 'hint' }, ` qP ${block.qP}`),
      block.bypass && h('span', { class: 'tag' }, 'lossless')
    ),
    h(
      'ol',
      null,
      steps.map(([name, figure]) => h('li', { key: name, 'data-step': name }, h('h4', null, name), figure))
    )
  );
}

function levelsFigure(levels) {
  const count = levels.filter(level => level !== 0).length;
  return matrix(`in scan order, ${count} of ${levels.length} nonzero`, levels, levels.length === 64 ? 16 : 8, nonzero);
}

/** 8.5.10, 8.5.11: levels of the DC coefficients, the matrix c that is transformed, and what each block gets. */
function dcFigures({ levels, matrix: c, coefficients }) {
  const columns = c && c.length === 16 ? 4 : 2;
  return h(
    'div',
    { class: 'abreast' },
    levels && matrix('levels in scan order', levels, levels.length === 16 ? 8 : 4, nonzero),
    c && matrix('c', c, columns, nonzero),
    coefficients && matrix('dcY, dcC by block', coefficients, coefficients.length === 16 ? 8 : 4, nonzero)
  );
}

function partFigures(parts) {
  return parts.map(part =>
    h(
      'div',
      { key: part.blk, class: 'part' },
      h('p', { class: 'hint' }, `Block ${part.blk} at ${part.x}, ${part.y}`),
      h(
        'div',
        { class: 'abreast' },
        part.levels && matrix('levels in scan order', part.levels, 5, nonzero),
        part.coefficients && matrix('d', part.coefficients, 4, nonzero)
      )
    )
  );
}

function nonzero(value) {
  return value === 0 || value === undefined ? 'zero' : null;
}

function signed(value) {
  return value > 0 ? 'above' : value < 0 ? 'below' : 'zero';
}

/** The samples around a block, where they lie; those that are not available are crossed out. */
function edgeFigure(block, { left, top, corner, aboveRight }) {
  const [width, height] = sizeOf(block);
  const cell = (value, key, look) => {
    const absent = value === null || value === undefined;
    return h('td', { key, class: absent ? 'absent' : look }, absent ? '×' : value);
  };
  const above = Array.from({ length: top ? top.length : width }, (_, x) =>
    cell(top ? top[x] : null, x, x >= width && aboveRight === false ? 'copied' : null)
  );
  const rows = Array.from({ length: height }, (_, y) =>
    h(
      'tr',
      { key: y },
      cell(left ? left[y] : null, 'left'),
      y === 0 && h('td', { class: 'inside', colSpan: width, rowSpan: height }, `${width}x${height}`)
    )
  );
  const note = aboveRight === false && top && top.length > width ? '; those to the right copy the last one' : '';
  return h(
    'figure',
    { class: width > 8 ? 'matrix edge wide' : 'matrix edge' },
    h('figcaption', null, `p[ x, -1 ] above, p[ -1, y ] to the left${note}`),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { 'aria-label': 'Neighbouring samples' },
        h('tbody', null, h('tr', null, cell(corner, 'corner'), above), rows)
      )
    )
  );
}

function finalSamples(detail) {
  if (!detail.final) {
    return null;
  }
  const planes = PLANES.filter(plane => detail.final[plane] && detail.final[plane].length > 0);
  const columns = plane => (detail.final[plane].length === 256 ? 16 : 8);
  return h(
    'details',
    null,
    h('summary', null, 'Samples of the macroblock before deblocking'),
    planes.map(plane => h('div', { key: plane }, matrix(plane, detail.final[plane], columns(plane))))
  );
}
