// What one macroblock says: its figures, the neighbours that its prediction uses, and its syntax elements.

const PANELS = [
  ['summary', 'Summary'],
  ['syntax', 'Syntax'],
  ['blocks', 'Blocks'],
  ['bins', 'CABAC']
];

function macroblockPanel() {
  const side = told();
  const picture = pictureOf(side);
  const macroblocks = macroblocksOf(side, state.p);
  if (!picture || !macroblocks) {
    return h(
      'section',
      { class: 'panel' },
      h('p', { class: 'hint' }, macroblocks === null ? 'No macroblocks are known.' : 'Reading …')
    );
  }
  if (state.mb < 0) {
    return h('section', { class: 'panel', 'aria-label': 'Picture' }, pictureFacts(side, picture, macroblocks));
  }
  const detail = detailOf(side, state.p, state.mb);
  const content =
    {
      summary: () => summary(side, picture, macroblocks, detail),
      syntax: () => syntaxTable(detail),
      blocks: () => blocksPanel(detail),
      bins: () => binsPanel(detail)
    }[state.panel] || (() => null);
  return h(
    'section',
    { class: 'panel', 'aria-label': 'Macroblock' },
    h(
      'header',
      null,
      h('h2', null, `Macroblock ${macroblocks.address[state.mb]}`),
      h('span', { class: 'tag', 'data-fact': 'type' }, macroblockType(macroblocks.type[state.mb])),
      streams.b && h('span', { class: 'tag plain' }, `Stream ${side.toUpperCase()}`),
      button('×', () => set({ mb: -1 }), {
        class: 'quiet end',
        'aria-label': 'Leave the macroblock',
        title: 'Leave the macroblock (Esc)'
      })
    ),
    tabs('What is told of the macroblock', PANELS, state.panel, panel => set({ panel })),
    // Each panel is made anew: one that took over the elements of another was seen to lose parts.
    h('div', { key: state.panel, class: 'content', tabIndex: -1 }, content())
  );
}

function pictureFacts(side, picture, macroblocks) {
  const found = pictureFigures(side, picture);
  const size = `${picture.width} x ${picture.height}`;
  const cropped = picture.crop && picture.crop.slice(2).join(' x ');
  return h(
    Fragment,
    null,
    h(
      'header',
      null,
      h('h2', null, `Picture ${picture.id}`),
      h('span', { class: 'tag' }, picture.idr ? 'IDR' : 'non-IDR'),
      h('span', { class: 'tag plain' }, picture.structure)
    ),
    h(
      'div',
      { class: 'content' },
      h('p', { class: 'hint' }, 'Choose a macroblock by a click or with the arrow keys.'),
      facts([
        ['size', size, cropped && cropped !== size ? `cropped to ${cropped}` : null],
        ['profile', picture.profile, picture.level && `level ${picture.level}`],
        [
          'samples',
          `${picture.chroma}, ${picture.depth.join(' and ')} bits`,
          `${picture.matrix}${picture.fullRange ? ', full range' : ''}`
        ],
        ['bytes', number(picture.bytes)],
        ['bits of slice data', number(picture.bits)],
        ['bits per sample', number(picture.bits / (picture.width * picture.height), 3)],
        ['QP', (found || picture).qp.map(value => number(value, 1)).join(' / '), 'least / mean / most'],
        ['macroblocks', number(macroblocks.count)],
        found && ['nonzero levels', number(found.levels)],
        found && found.md5 && ['MD5 of samples', h('code', null, found.md5)]
      ]),
      found && (found.faults || []).map(fault => h('p', { key: fault, class: 'fault' }, fault)),
      h('h3', null, picture.slices.length === 1 ? 'Slice' : `Slices (${picture.slices.length})`),
      grid(['first', 'QP', 'coding', '8x8', 'deblocking', 'α, β', 'bits'], picture.slices.slice(0, 200).map(sliceCells))
    )
  );
}

function sliceCells(slice) {
  return [
    slice.first,
    slice.qp,
    slice.entropy,
    slice.transform8x8 ? 'yes' : 'no',
    ['on', 'off', 'in slices'][slice.deblocking] ?? slice.deblocking,
    `${slice.alpha}, ${slice.beta}`,
    number(slice.bits)
  ];
}

function summary(side, picture, macroblocks, detail) {
  const n = state.mb;
  const kind = macroblocks.kind[n];
  const modes = [...macroblocks.modes.subarray(n * 16, n * 16 + 16)];
  const flags = macroblocks.flags[n];
  const chroma = macroblocks.chromaMode[n];
  return h(
    Fragment,
    null,
    facts([
      ['position', `${n % picture.mbWidth}, ${Math.floor(n / picture.mbWidth)}`, 'column, row'],
      ['mb_type', macroblocks.type[n], KINDS[kind]],
      ['QP', macroblocks.qp[n], `mb_qp_delta ${macroblocks.qpDelta[n]}`],
      ['transform', TRANSFORMS[transformOf(macroblocks, n)]],
      ['coded_block_pattern', macroblocks.cbp[n], `luma ${macroblocks.cbp[n] & 15}, chroma ${macroblocks.cbp[n] >> 4}`],
      ['chroma mode', chroma === 255 ? '–' : MODES_CHROMA[chroma]],
      ['bits', number(macroblocks.bits[n]), `from ${number(macroblocks.firstBit[n])} of NAL unit ${macroblocks.nal[n]}`],
      ['nonzero levels', macroblocks.levels[n]],
      ['residual energy', number(macroblocks.energy[n], 1), 'sum of squares of luma'],
      ['slice', macroblocks.order[n]],
      hasPairs(picture) && ['coded as', flags & FLAG_FIELD ? 'field' : 'frame'],
      flags & FLAG_LOSSLESS ? ['lossless', 'transform bypass'] : null
    ]),
    kind !== KIND_PCM &&
      h(
        Fragment,
        null,
        h('h3', null, kind === KIND_16X16 ? 'Prediction mode' : 'Prediction modes of luma blocks'),
        kind === KIND_16X16 ? h('p', null, modeName(kind, modes[0])) : modeTable(kind, modes)
      ),
    h('h3', null, 'Neighbours'),
    neighbours(macroblocks, detail),
    tensorOf(side) && carriedValues(side, picture)
  );
}

function modeTable(kind, modes) {
  const step = kind === KIND_8X8 ? 2 : 1;
  const rows = [0, 1, 2, 3].filter(row => row % step === 0);
  return h(
    'table',
    { class: 'modes', 'aria-label': 'Modes by block' },
    h(
      'tbody',
      null,
      rows.map(row =>
        h(
          'tr',
          { key: row },
          rows.map(column =>
            h(
              'td',
              { key: column, title: modeName(kind, modes[row * 4 + column]) },
              h('b', null, modes[row * 4 + column]),
              ' ',
              MODES_4X4[modes[row * 4 + column]]?.replaceAll('_', ' ')
            )
          )
        )
      )
    )
  );
}

/** In MBAFF frames the rows of a macroblock may have two neighbours A. */
function neighbourPositions(macroblocks, detail, name) {
  const addresses = [...new Set([detail.neighbours[name] ?? -1].flat())].filter(address => address >= 0);
  return addresses.map(address => positionOf(macroblocks, address, state.mb)).filter(position => position >= 0);
}

/** 6.4.9: A lies to the left, B above, C above and to the right, D above and to the left. */
function neighbours(macroblocks, detail) {
  if (!detail || !detail.neighbours) {
    return detailMissing(detail);
  }
  const cell = name => {
    const positions = neighbourPositions(macroblocks, detail, name);
    if (positions.length === 0) {
      return h('td', { class: 'absent' }, h('b', null, name), h('small', null, 'not available'));
    }
    const type = position => h('small', null, macroblockType(macroblocks.type[position]));
    const go = position =>
      button([h('b', null, name), ` ${macroblocks.address[position]}`, type(position)], () => selectMacroblock(position), {
        key: position
      });
    return h('td', null, positions.map(go));
  };
  return h(
    'table',
    { class: 'neighbours', 'aria-label': 'Neighbouring macroblocks' },
    h(
      'tbody',
      null,
      h('tr', null, cell('D'), cell('B'), cell('C')),
      h('tr', null, cell('A'), h('td', { class: 'here' }, 'this one'), h('td', null))
    )
  );
}

function detailMissing(detail) {
  return h(
    'p',
    { class: 'hint' },
    detail === undefined
      ? 'Reading …'
      : streams[told()].index.detail === 'all'
        ? 'Nothing is known of this macroblock.'
        : 'The details of this macroblock were left out of the page. “llm265 view --detail all” or “--serve” has them.'
  );
}

/** Elements in the order of the stream; a heading opens each residual block. A row leads to its bins. */
function syntaxTable(detail) {
  if (!detail) {
    return detailMissing(detail);
  }
  const rows = [];
  let block = null;
  let bin = 0;
  detail.elements.forEach((element, index) => {
    if ((element.r || null) !== block) {
      block = element.r || null;
      rows.push(
        h('tr', { key: 'r' + index, class: 'block' }, h('th', { colSpan: 5, scope: 'rowgroup' }, block || element.s || ''))
      );
    }
    const first = bin;
    bin += element.bins ? element.bins.length : 0;
    rows.push(
      h(
        'tr',
        { key: index, 'data-element': element.n },
        h('td', { class: 'figure' }, element.p),
        h(
          'td',
          null,
          element.bins
            ? button(element.n, () => set({ panel: 'bins', bin: first }), { class: 'link', title: 'Its bins' })
            : element.n
        ),
        h('td', { class: 'figure' }, element.v),
        h('td', { class: 'code' }, element.x ?? binString(element)),
        h('td', { class: 'clause' }, element.c)
      )
    );
  });
  return grid(['bit', 'element', 'value', 'code', 'clause'], rows, 'syntax');
}

function binString(element) {
  return element.bins ? element.bins.map(each => each[0]).join('') : '';
}
