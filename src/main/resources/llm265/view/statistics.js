// Where the bits of a stream went, and which modes it chose.

const statisticsShelf = new Shelf(24);

function pictureFigures(side, { id }) {
  return statisticsShelf.get(`${side} figures ${id}`, () => json(`${prefix(side)}picture/${id}/statistics`));
}

/** Figures of one picture, or of the stream: in this page, or added up by the server when they are asked for. */
function figuresOf(side) {
  const { index } = streams[side];
  const whole = state.of === '' ? index.elements !== null : state.of === 'stream';
  if (!whole) {
    return pictureFigures(side, pictureOf(side));
  }
  return index.elements ? index : statisticsShelf.get(`${side} figures`, () => json(`${prefix(side)}statistics`));
}

function statisticsView() {
  const side = told();
  const { index } = streams[side];
  const found = figuresOf(side);
  const of = state.of || (index.elements ? 'stream' : 'picture');
  return h(
    'div',
    { class: 'statistics' },
    h(
      'div',
      { class: 'toolbar' },
      select(
        'Figures of',
        of,
        [
          ['stream', 'the stream'],
          ['picture', `picture ${pictureOf(side).id}`]
        ],
        chosen => set({ of: chosen })
      ),
      streams.b &&
        !isDump('b') &&
        select(
          'Stream',
          side,
          [
            ['a', 'A'],
            ['b', 'B']
          ],
          chosen => set({ side: chosen })
        )
    ),
    h('div', { class: 'cards' }, found ? figureCards(found) : waiting(found), chartCards(side))
  );
}

function waiting(found) {
  return card('Figures', h('p', { class: 'hint' }, found === null ? 'The figures were left out.' : 'Reading …'));
}

function figureCards(found) {
  return [
    card('Bits by syntax element', elementBars(found)),
    card('Macroblock types', modeBars(found)),
    card('Prediction modes', modeCharts(found))
  ];
}

function chartCards(side) {
  const { id } = pictureOf(side);
  return [
    card('Pictures', pictureChart(side)),
    card(`Rows of picture ${id}`, rowChart(side)),
    card(`Macroblocks of picture ${id}`, positionChart(side))
  ];
}

function card(title, content) {
  return h('section', { class: 'card', key: title, 'aria-label': title }, h('h3', null, title), content);
}

/** Bits under CABAC are those that the engine read while an element was decoded. */
function elementBars(found) {
  const elements = [...(found.elements || [])].sort((a, b) => b.bits - a.bits);
  const total = elements.reduce((sum, element) => sum + element.bits, 0);
  const rows = elements
    .filter(element => element.bits !== 0)
    .map(element => ({ name: element.name, note: `${number(element.count)} times`, value: element.bits, colour: HUES[0] }));
  const text = value => `${number(value, 1)} (${number((100 * value) / total, 1)} %)`;
  const note = 'Under CABAC, bits count for the element that they were read for.';
  return h(Fragment, null, bars(rows, text), h('p', { class: 'hint' }, `${number(total, 1)} bits. ${note}`));
}

function modeBars(found) {
  const modes = found.modes || {};
  const names = ['I_NxN 4x4', 'I_NxN 8x8', 'Intra_16x16', 'I_PCM'];
  const counts = names.map((name, at) => ({ name, value: modes[name] || 0, colour: HUES[at] }));
  const total = Math.max(
    1,
    counts.reduce((sum, row) => sum + row.value, 0)
  );
  return bars(counts, value => `${number(value)} (${number((100 * value) / total, 1)} %)`);
}

function modeCharts(found) {
  const modes = found.modes || {};
  return [
    ['Intra_4x4', modes.i4, MODES_4X4, HUES[0]],
    ['Intra_8x8', modes.i8, MODES_4X4, HUES[1]],
    ['Intra_16x16', modes.i16, MODES_16X16, HUES[2]],
    ['Chroma', modes.chroma, MODES_CHROMA, HUES[3]]
  ]
    .filter(([, counts]) => counts && counts.some(count => count > 0))
    .map(([title, counts, names, colour]) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      return h(
        'div',
        { key: title },
        h('h4', null, title),
        bars(
          counts.map((value, mode) => ({ name: `${mode} ${names[mode].replaceAll('_', ' ')}`, value, colour })),
          value => `${number(value)} (${number((100 * value) / total, 1)} %)`
        )
      );
    });
}

function pictureChart(side) {
  const pictures = streams[side].pictures;
  const data = statisticsShelf.now(`${side} pictures`, () => [
    pictures.map((_, p) => p),
    pictures.map(picture => picture.bytes),
    pictures.map(picture => picture.qp[1])
  ]);
  return h(Chart, {
    title: 'Bytes and mean QP of each picture',
    data,
    pick: p => selectPicture(p),
    series: [
      { label: 'picture' },
      { label: 'bytes', stroke: HUES[0], fill: HUES[0] + '55', paths: barPaths, points: { show: false } },
      { label: 'QP', scale: 'qp', stroke: HUES[1] }
    ],
    scales: {
      x: { time: false, range: [-0.6, pictures.length - 0.4] },
      y: { range: (_, least, most) => [0, most * 1.05 || 1] },
      qp: { range: (_, least, most) => [Math.min(0, least), Math.max(51, most)] }
    },
    axes: [
      { label: 'picture', size: 30, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      { label: 'bytes', size: axisSize },
      { label: 'QP', scale: 'qp', side: 1, size: axisSize, grid: { show: false } }
    ]
  });
}

function rowChart(side) {
  const macroblocks = macroblocksOf(side, state.p);
  if (!macroblocks) {
    return h('p', { class: 'hint' }, 'Reading …');
  }
  const { mbWidth, mbHeight } = macroblocks.picture;
  const data = statisticsShelf.now(`${side} rows ${state.p}`, () => {
    const sums = new Array(mbHeight).fill(0);
    macroblocks.bits.forEach((bits, n) => {
      sums[Math.floor(n / mbWidth)] += bits;
    });
    return [sums.map((_, row) => row), sums];
  });
  return h(Chart, {
    title: 'Bits of each row of macroblocks',
    data,
    pick: row => selectMacroblock(row * mbWidth),
    series: [
      { label: 'row' },
      { label: 'bits', stroke: HUES[2], fill: HUES[2] + '55', paths: barPaths, points: { show: false } }
    ],
    scales: { x: { time: false, range: [-0.6, mbHeight - 0.4] }, y: { range: (_, least, most) => [0, most * 1.05 || 1] } },
    axes: [
      { label: 'row', size: 30, incrs: [1, 2, 5, 10, 20, 50, 100] },
      { label: 'bits', size: axisSize }
    ]
  });
}

function positionChart(side) {
  const macroblocks = macroblocksOf(side, state.p);
  if (!macroblocks) {
    return h('p', { class: 'hint' }, 'Reading …');
  }
  const data = statisticsShelf.now(`${side} positions ${state.p}`, () => {
    let sum = 0;
    return [
      Array.from({ length: macroblocks.count }, (_, n) => n),
      [...macroblocks.bits],
      [...macroblocks.bits].map(bits => (sum += bits))
    ];
  });
  return h(Chart, {
    title: 'Bits of each macroblock, and their sum so far',
    data,
    pick: n => selectMacroblock(n),
    series: [
      { label: 'position' },
      { label: 'bits', stroke: HUES[0], points: { show: false } },
      { label: 'sum', scale: 'sum', stroke: HUES[3], points: { show: false } }
    ],
    scales: {
      x: { time: false },
      y: { range: (_, least, most) => [0, most * 1.05 || 1] },
      sum: { range: (_, least, most) => [0, most || 1] }
    },
    axes: [
      { label: 'position', size: 30 },
      { label: 'bits', size: axisSize },
      { label: 'sum of bits', scale: 'sum', side: 1, size: axisSize, grid: { show: false } }
    ]
  });
}
