// All that the page shows follows from one state, which the URL's hash repeats: a view can be linked to and gone back to.

const DEFAULTS = {
  view: 'picture',
  p: 0,
  mb: -1,
  component: 'colour',
  deblocked: 1,
  woven: 0,
  overlay: 'grid',
  zoom: 0,
  x: 0,
  y: 0,
  panel: 'summary',
  block: 0,
  bin: 0,
  side: 'a',
  theme: 'auto',
  of: '',
  layer: 'values',
  row: -1,
  column: -1,
  help: 0
};

const state = { ...DEFAULTS };

/** What the stream says as a whole: `a`, and `b` where two are compared. */
const streams = { a: null, b: null };

const lookers = new Set();
let hashTimer = 0;
let drawing = false;

/** Changes the state and draws the page. */
function set(patch) {
  Object.assign(state, patch);
  writeHash();
  redraw();
}

/** Changes what part of a picture is seen: only canvases are drawn again. */
function look(patch) {
  Object.assign(state, patch);
  writeHash();
  requestLook();
}

function requestLook() {
  for (const looker of lookers) {
    looker.requestDraw();
  }
}

/** Draws the page at the next frame, once for all changes until then. */
function redraw() {
  if (!drawing) {
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      drawPage();
    });
  }
}

function readHash() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const read = { ...DEFAULTS };
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const text = asked.get(name);
    if (text !== null && (typeof standard === 'string' || Number.isFinite(Number(text)))) {
      read[name] = typeof standard === 'string' ? text : Number(text);
    }
  }
  Object.assign(state, read);
  fitToStream();
}

/** Numbers in a link may be of another stream. */
function fitToStream() {
  const pictures = streams.a ? streams.a.pictures : [];
  state.p = Math.max(0, Math.min(pictures.length - 1, Math.trunc(state.p)));
  const picture = pictures[state.p];
  const count = picture ? picture.mbWidth * picture.mbHeight : 0;
  state.mb = state.mb >= 0 && state.mb < count ? Math.trunc(state.mb) : -1;
}

function hashText() {
  const parts = [];
  for (const [name, standard] of Object.entries(DEFAULTS)) {
    const value = state[name];
    if (value !== standard && name !== 'help') {
      const text = typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : value;
      parts.push(name + '=' + encodeURIComponent(text).replaceAll('%2C', ','));
    }
  }
  return '#' + parts.join('&');
}

/** The hash follows a moment later, as browsers limit how often it may change. */
function writeHash() {
  clearTimeout(hashTimer);
  hashTimer = setTimeout(() => history.replaceState(null, '', hashText()), 150);
}

function overlays() {
  return new Set(state.overlay.split(',').filter(name => name !== ''));
}

function toggleOverlay(name) {
  const shown = overlays();
  if (!shown.delete(name)) {
    shown.add(name);
  }
  set({ overlay: [...shown].join(',') });
}

/** Fills exclude each other; lines do not. */
function setFill(name) {
  const shown = [...overlays()].filter(each => !FILLS.some(fill => fill.id === each));
  set({ overlay: (name === '' ? shown : [name, ...shown]).join(',') });
}

/** A file of samples has pictures, and nothing else. */
function isDump(side) {
  return streams[side].index.kind === 'dump';
}

/** The stream whose macroblocks panels tell of. */
function told() {
  return state.side === 'b' && streams.b && !isDump('b') ? 'b' : 'a';
}

/** Where in the list of pictures the one with that id is; -1 if it was left out. */
function placeOf(side, id) {
  return streams[side].pictures.findIndex(picture => picture.id === id);
}

function pictureOf(side) {
  const stream = streams[side];
  return stream && stream.pictures[state.p] ? stream.pictures[state.p] : null;
}
