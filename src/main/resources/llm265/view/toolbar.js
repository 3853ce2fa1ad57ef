// The view of pictures: what is shown of them, the canvases, the legend, the list of pictures.

function pictureView() {
  const picture = pictureOf('a') || pictureOf('b');
  if (!picture) {
    return h('p', { class: 'hint padded' }, 'This stream has no pictures.');
  }
  return h(
    'div',
    { class: 'split withlist' },
    pictureList(),
    h(
      'div',
      { class: 'stage' },
      pictureToolbar(picture),
      difference(),
      h('div', { class: 'sights' }, sights()),
      legend(),
      h(CursorLine),
      h('p', { class: 'unseen', 'aria-live': 'polite' }, sightLabel(told(), pictureOf(told()) || picture))
    ),
    macroblockPanel()
  );
}

function pictureList() {
  const narrow = matchMedia('(max-width: 800px)').matches;
  const { pictures } = streams.a;
  const most = largest(pictures.map(picture => picture.bytes));
  return h(
    'nav',
    { class: 'pictures', 'aria-label': 'Pictures' },
    h(LongList, {
      key: narrow ? 'across' : 'down',
      count: pictures.length,
      size: narrow ? 116 : 48,
      across: narrow,
      label: 'Pictures',
      chosen: state.p,
      row: p =>
        h(
          'button',
          {
            type: 'button',
            class: 'thumb',
            'aria-current': p === state.p ? 'true' : null,
            onClick: () => selectPicture(p),
            'data-picture': p
          },
          h('b', null, pictures[p].id),
          h('span', null, bytes(pictures[p].bytes)),
          h('small', null, `QP ${number(pictures[p].qp[1], 1)}`),
          h('i', { class: 'amount', style: { width: `${(100 * pictures[p].bytes) / most}%` } })
        )
    })
  );
}

function pictureToolbar(picture) {
  const shown = overlays();
  const fill = fillShown();
  return h(
    'div',
    { class: 'toolbar', role: 'toolbar', 'aria-label': 'What is shown' },
    select('Show', state.component, picture.chroma === '4:0:0' ? [['colour', 'Y']] : COMPONENTS, component =>
      set({ component })
    ),
    toggle('Deblocked', state.deblocked, () => set({ deblocked: state.deblocked ? 0 : 1 }), {
      title: 'After deblocking or before it (d)'
    }),
    hasPairs(picture) &&
      toggle('Woven', state.woven, () => set({ woven: state.woven ? 0 : 1 }), {
        title: 'Lines as displayed, or fields apart as coded (w)'
      }),
    select('Colour by', fill ? fill.id : '', [['', 'nothing'], ...FILLS.map(each => [each.id, each.name])], setFill, {
      title: 'Colour by (o)'
    }),
    h(
      'details',
      { class: 'menu' },
      h('summary', null, 'Lines', h('small', null, ` ${LINES.filter(line => shown.has(line.id)).length}`)),
      h(
        'div',
        { class: 'sheet' },
        LINES.map(line =>
          h(
            'label',
            { key: line.id },
            h('input', {
              type: 'checkbox',
              checked: shown.has(line.id),
              onChange: () => toggleOverlay(line.id),
              'data-line': line.id
            }),
            line.name,
            h('kbd', null, line.key)
          )
        )
      )
    ),
    streams.b &&
      select(
        'Stream',
        state.side,
        [
          ['a', 'A'],
          ['b', 'B'],
          ['both', 'A and B'],
          ['difference', 'Difference']
        ],
        side => set({ side })
      ),
    zoomButtons()
  );
}

const COMPONENTS = [
  ['colour', 'Colour'],
  ['y', 'Y'],
  ['cb', 'Cb'],
  ['cr', 'Cr']
];

function zoomButtons() {
  return h(
    'div',
    { class: 'group', role: 'group', 'aria-label': 'Zoom' },
    button('−', () => zoomBy(1 / 1.5), { 'aria-label': 'Zoom out', title: 'Zoom out (-)' }),
    button('Fit', () => look({ zoom: 0 }), { title: 'Fit (0)' }),
    button('1:1', () => zoomTo(1), { title: 'One pixel a sample (1)' }),
    button('+', () => zoomBy(1.5), { 'aria-label': 'Zoom in', title: 'Zoom in (+)' })
  );
}

/** Two streams: where they first differ. */
function difference() {
  if (!streams.b) {
    return null;
  }
  const first = streams.a.index.difference;
  return h(
    'p',
    { class: 'difference', role: 'status' },
    first
      ? [
          h(
            'span',
            null,
            `The streams first differ in picture ${first.picture}, ${first.plane} at ${first.x}, ${first.y}: ` +
              `${first.a} and ${first.b}.`,
            h('small', null, ` ${number(first.equalPictures)} pictures are equal.`)
          ),
          button('Go there', jumpToDifference, { title: 'Go to the first difference (j)' })
        ]
      : 'All samples of the two streams are equal.'
  );
}

function differencePlace() {
  const first = streams.a.index.difference;
  const p = placeOf('a', first.picture);
  const picture = streams.a.pictures[p];
  const [width, height] = first.plane === 'Y' ? [16, 16] : chromaBlock(picture.chroma);
  const x = (first.x * 16) / width;
  const y = codedLine(picture, macroblocksOf('a', p), x, (first.y * 16) / height);
  return { p, picture, x, y };
}

function jumpToDifference() {
  if (!streams.b || !streams.a.index.difference) {
    return;
  }
  const { p, picture, x, y } = differencePlace();
  const component = { Y: 'y', Cb: 'cb', Cr: 'cr' }[streams.a.index.difference.plane];
  set({
    view: 'picture',
    p,
    component,
    zoom: 12,
    x: x + 0.5,
    y: y + 0.5,
    mb: Math.floor(y / 16) * picture.mbWidth + Math.floor(x / 16),
    block: 0,
    bin: 0,
    side: state.side === 'a' || state.side === 'b' ? 'both' : state.side
  });
}

function sights() {
  const sides = state.side === 'both' && streams.b ? ['a', 'b'] : [streams.b || state.side === 'a' ? state.side : 'a'];
  return sides.map(side => {
    const own = side === 'difference' ? 'a' : side;
    const picture = pictureOf(own);
    if (!picture) {
      return h('p', { key: side, class: 'hint padded' }, 'This stream has no such picture.');
    }
    return h(
      'div',
      { key: side, class: 'sightbox' },
      streams.b &&
        h(
          'span',
          { class: 'corner' },
          side === 'difference' ? 'B − A, eight times' : `${side.toUpperCase()}: ${streams[side].index.file}`
        ),
      h(Sight, {
        name: side,
        label: sightLabel(own, picture),
        width: picture.width,
        height: picture.height,
        source: () => (side === 'difference' ? differenceBitmap(state.p) : bitmapOf(side, state.p, fillShown() !== null)),
        missing: side === 'difference' ? 'These pictures cannot be compared: their sizes or formats differ.' : null,
        over: (context, sight, px) => overPicture(context, own, sight, px),
        hover: at => hoverSample(at),
        pick: at => pickMacroblock(own, at)
      })
    );
  });
}

function sightLabel(side, picture) {
  const size = `Picture ${picture.id}, ${picture.width} by ${picture.height}`;
  const macroblocks = state.mb >= 0 ? macroblocksOf(side, state.p) : null;
  if (!macroblocks) {
    return size;
  }
  const { address, type, qp, bits } = macroblocks;
  const n = state.mb;
  return `${size}, macroblock ${address[n]}, ${macroblockType(type[n])}, QP ${qp[n]}, ${bits[n]} bits`;
}

function pickMacroblock(side, { x, y }) {
  const picture = pictureOf(side);
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) {
    set({ mb: -1 });
    return;
  }
  selectMacroblock(Math.floor(y / 16) * picture.mbWidth + Math.floor(x / 16));
}

let cursor = null;
let cursorLine = null;

function hoverSample(at) {
  cursor = at;
  if (cursorLine) {
    cursorLine.forceUpdate();
  }
}

/** Where the cursor is, and the samples there of each stream. */
class CursorLine extends preact.Component {
  componentDidMount() {
    cursorLine = this;
  }

  componentWillUnmount() {
    cursorLine = null;
  }

  render() {
    const picture = pictureOf(told());
    const [x, y] = cursor ? [Math.floor(cursor.x), Math.floor(cursor.y)] : [-1, -1];
    if (!picture || x < 0 || y < 0 || x >= picture.width || y >= picture.height) {
      return h(
        'p',
        { class: 'status' },
        state.mb < 0 ? 'Point at a sample. Keys: press ? for help.' : sightLabel(told(), picture)
      );
    }
    const fill = fillShown();
    const position = Math.floor(y / 16) * picture.mbWidth + Math.floor(x / 16);
    const macroblocks = macroblocksOf(told(), state.p);
    const cell = state.view === 'picture' ? cellOfSample(told(), x, y) : null;
    return h(
      'p',
      { class: 'status' },
      h('b', null, `${x}, ${y}`),
      ['a', 'b']
        .filter(side => streams[side] && pictureOf(side))
        .map(side => {
          const planes = planesOf(side, state.p, state.deblocked, state.woven);
          return (
            planes &&
            h(
              'span',
              { key: side },
              `${streams.b ? side.toUpperCase() + ' ' : ''}${sampleTriple(planes, picture, x, y).join(' ')}`
            )
          );
        }),
      macroblocks && h('span', null, `macroblock ${macroblocks.address[position]}`),
      cell && h('span', { 'data-fact': 'cell' }, `row ${cell[0]}, column ${cell[1]} of the tensor`),
      fill && macroblocks && h('span', null, `${fill.name}: ${fillText(fill, macroblocks, position)}`)
    );
  }
}

function fillText(fill, macroblocks, n) {
  const value = fill.value(macroblocks, n);
  return fill.kinds ? (fill.kinds(macroblocks)[value] ?? value) : `${number(value, 2)}`;
}
