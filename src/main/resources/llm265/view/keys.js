// The keyboard: everything that can be clicked has a key.

const VIEW_KEYS = { v: 'picture', s: 'statistics', t: 'tensor', n: 'stream' };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function next(list, value, step = 1) {
  return list[(list.indexOf(value) + step + list.length) % list.length];
}

/** Keys that the focused part of the page needs itself. */
function takenByFocus(event) {
  const { target, key } = event;
  if (target.matches('select, input:not([type=range]):not([type=checkbox])')) {
    return true;
  }
  if (target.matches('input[type=range]')) {
    return key.startsWith('Arrow') || ['Home', 'End', 'PageUp', 'PageDown'].includes(key);
  }
  return target.matches('button, summary, a, input') && (key === 'Enter' || key === ' ');
}

function keyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || takenByFocus(event)) {
    return;
  }
  if (state.help && event.key !== 'Escape' && event.key !== '?') {
    return;
  }
  const act = event.key in ARROWS ? () => arrow(...ARROWS[event.key], event.shiftKey) : actions()[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
}

function arrow(dx, dy, shift) {
  if (shift) {
    panBy(dx / 4, dy / 4);
    return;
  }
  if (state.view === 'tensor' && tensorOf(told())) {
    moveCell(dy, dx);
    return;
  }
  const picture = pictureOf(told());
  if (!picture || state.view !== 'picture') {
    return;
  }
  const column = (state.mb % picture.mbWidth) + dx;
  if (state.mb < 0) {
    selectMacroblock(0);
  } else if (column >= 0 && column < picture.mbWidth) {
    selectMacroblock(state.mb + dx + dy * picture.mbWidth);
  }
}

function actions() {
  const acts = {
    '+': () => zoomBy(1.5),
    '=': () => zoomBy(1.5),
    '-': () => zoomBy(1 / 1.5),
    0: () => look({ zoom: 0 }),
    1: () => zoomTo(1),
    Enter: zoomToMacroblock,
    '[': () => selectPicture(state.p - 1),
    ']': () => selectPicture(state.p + 1),
    PageUp: () => selectPicture(state.p - 1),
    PageDown: () => selectPicture(state.p + 1),
    Home: () => selectPicture(0),
    End: () => selectPicture(streams.a.pictures.length - 1),
    Escape: leave,
    '?': () => set({ help: state.help ? 0 : 1 }),
    ',': () => moveBin(-1),
    '.': () => moveBin(1),
    '<': () => moveBlock(-1),
    '>': () => moveBlock(1),
    c: () => set({ component: next(['colour', 'y', 'cb', 'cr'], state.component) }),
    d: () => set({ deblocked: state.deblocked ? 0 : 1 }),
    w: () => set({ woven: state.woven ? 0 : 1 }),
    o: () => setFill(next(['', ...FILLS.map(fill => fill.id)], fillShown()?.id || '')),
    x: () => streams.b && set({ side: next(['a', 'b', 'both', 'difference'], state.side) }),
    j: jumpToDifference,
    l: () => set({ theme: themeShown() === 'dark' ? 'light' : 'dark' })
  };
  LINES.forEach(line => {
    acts[line.key] = () => toggleOverlay(line.id);
  });
  PANELS.forEach(([panel], index) => {
    acts[5 + index] = () => set({ panel });
  });
  for (const [key, view] of Object.entries(VIEW_KEYS)) {
    acts[key] = () => chooseView(view);
  }
  return acts;
}

function leave() {
  set(state.help ? { help: 0 } : { mb: -1, row: -1, column: -1 });
}

function moveBin(step) {
  const detail = state.mb >= 0 ? detailOf(told(), state.p, state.mb) : null;
  if (detail) {
    set({ panel: 'bins', bin: Math.max(0, Math.min(binsOf(detail).length - 1, state.bin + step)) });
  }
}

function moveBlock(step) {
  const detail = state.mb >= 0 ? detailOf(told(), state.p, state.mb) : null;
  if (detail && detail.blocks && detail.blocks.length > 0) {
    set({ panel: 'blocks', block: Math.max(0, Math.min(detail.blocks.length - 1, state.block + step)) });
  }
}
