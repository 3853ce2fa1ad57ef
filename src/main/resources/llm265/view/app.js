// The page as a whole: its head, the view that is chosen, and its start.

function viewsOf() {
  const { index } = streams.a;
  return [
    index.pictures.length > 0 && ['picture', 'Pictures'],
    index.tensor && ['tensor', 'Tensor'],
    index.pictures.length > 0 && ['statistics', 'Statistics'],
    ['stream', 'NAL units']
  ].filter(view => view);
}

function chooseView(view) {
  if (viewsOf().some(([id]) => id === view) && view !== state.view) {
    set({ view, zoom: 0 });
  }
}

function themeShown() {
  return state.theme !== 'auto' ? state.theme : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function head() {
  const { index } = streams[told()];
  const dark = themeShown() === 'dark';
  return h(
    'header',
    { class: 'top' },
    h(
      'h1',
      null,
      h('span', { class: 'brand' }, 'llm265 view'),
      h(
        'span',
        { class: 'file', title: index.file },
        streams.b ? `${streams.a.index.file} and ${streams.b.index.file}` : index.file
      ),
      h(
        'small',
        null,
        `${bytes(index.bytes)}, ${number(index.pictures.length)} ${index.pictures.length === 1 ? 'picture' : 'pictures'}`
      )
    ),
    tabs('Views', viewsOf(), state.view, chooseView),
    h(
      'div',
      { class: 'group tools' },
      button(dark ? '☀' : '☾', () => set({ theme: dark ? 'light' : 'dark' }), {
        'aria-label': dark ? 'Light colours' : 'Dark colours',
        title: 'Light or dark (l)'
      }),
      button('?', () => set({ help: 1 }), { 'aria-label': 'Help', title: 'Help (?)' })
    )
  );
}

function legend() {
  const shown = overlays();
  const macroblocks = macroblocksOf(told(), state.p);
  const fill = fillShown();
  const parts = [];
  if (fill && macroblocks) {
    const found = fillValues(told(), state.p, fill, macroblocks);
    parts.push(h('b', null, fill.name));
    if (found.kinds) {
      parts.push(
        found.kinds.map((name, at) =>
          h('span', { key: name, class: 'swatch' }, h('i', { style: { background: HUES[at % HUES.length] } }), name)
        )
      );
    } else {
      parts.push(
        h('span', { class: 'least' }, number(found.least, 1)),
        h('span', { class: 'ramp', style: { background: gradient(SEQUENTIAL) } }),
        h('span', { class: 'most' }, `${found.clipped ? '≥ ' : ''}${number(found.most, 1)} ${fill.unit || ''}`)
      );
    }
  }
  if (shown.has('modes')) {
    parts.push(h('b', null, 'Modes'), h('span', null, '↗ direction'), h('span', null, '• DC'), h('span', null, '□ Plane'));
  }
  if (shown.has('edges')) {
    parts.push(
      h('b', null, 'bS'),
      [1, 2, 3, 4].map(strength =>
        h(
          'span',
          { key: strength, class: 'swatch' },
          h('i', { style: { background: BOUNDARY_STRENGTHS[strength] } }),
          strength
        )
      )
    );
  }
  if (shown.has('edges') && strengthsOf(told(), state.p) === null) {
    parts.push(h('span', { class: 'hint' }, 'no strengths in this page'));
  }
  return parts.length === 0 ? null : h('div', { class: 'legend', role: 'note', 'aria-label': 'Legend' }, parts);
}

function drawPage() {
  document.documentElement.dataset.theme = themeShown();
  const view =
    { picture: pictureView, tensor: tensorView, statistics: statisticsView, stream: streamView }[state.view] || pictureView;
  preact.render(
    h(
      Fragment,
      null,
      head(),
      h('main', { class: 'view', 'data-view': state.view }, view()),
      state.help ? helpPanel() : null
    ),
    document.getElementById('app')
  );
}

async function start() {
  const root = document.getElementById('app');
  try {
    for (const side of ['a', 'b']) {
      const index = side === 'a' || streams.a.index.second ? await json(`${prefix(side)}index.json`) : null;
      streams[side] = index && { index, pictures: index.pictures };
    }
    if (!streams.a) {
      throw new Error('index.json is not there');
    }
  } catch (error) {
    root.textContent = `The stream cannot be read: ${error.message}`;
    return;
  }
  document.title = `${streams.a.index.file} · llm265 view`;
  root.textContent = '';
  readHash();
  if (!viewsOf().some(([id]) => id === state.view)) {
    state.view = viewsOf()[0][0];
  }
  addEventListener('hashchange', () => {
    readHash();
    redraw();
  });
  addEventListener('keydown', keyDown);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  matchMedia('(max-width: 800px)').addEventListener('change', redraw);
  drawPage();
  document.body.dataset.ready = 'true';
}

start();
