// What the keys do, what the colours mean, and whose libraries are inside.

const KEYS = [
  ['Arrow keys', 'the macroblock (or cell) next to this one'],
  ['Shift + arrow keys', 'move the view'],
  ['Enter', 'zoom to the macroblock'],
  ['Esc', 'leave the macroblock, close this'],
  ['+ −', 'zoom in, zoom out'],
  ['0', 'fit'],
  ['1', 'one pixel a sample'],
  ['[ ] or Page keys', 'picture before, picture after'],
  ['Home End', 'first picture, last picture'],
  [', .', 'bin before, bin after'],
  ['< >', 'block before, block after'],
  ['c', 'colour, Y, Cb, Cr'],
  ['d', 'after or before deblocking'],
  ['w', 'fields woven or apart'],
  ['o', 'colour by the next figure'],
  ['g b m e r a', 'lines: grid, partitions, modes, deblocking strengths, slice borders, neighbours'],
  ['x', 'A, B, both, difference'],
  ['j', 'go to the first difference'],
  ['5 6 7 8', 'summary, syntax, blocks, CABAC'],
  ['v s t n', 'pictures, statistics, tensor, NAL units'],
  ['l', 'light, dark'],
  ['?', 'this help']
];

function helpPanel() {
  const close = () => set({ help: 0 });
  return h(
    'div',
    { class: 'veil', onClick: event => event.target === event.currentTarget && close() },
    h(
      'section',
      {
        class: 'help',
        role: 'dialog',
        'aria-modal': 'true',
        'aria-label': 'Help',
        tabIndex: -1,
        ref: box => box && !box.contains(document.activeElement) && box.focus()
      },
      h('header', null, h('h2', null, 'Help'), button('×', close, { class: 'quiet end', 'aria-label': 'Close the help' })),
      h(
        'div',
        { class: 'content' },
        h('h3', null, 'Keys'),
        h(
          'dl',
          { class: 'keys' },
          KEYS.map(([keys, what]) => h('div', { key: keys }, h('dt', null, h('kbd', null, keys)), h('dd', null, what)))
        ),
        h('h3', null, 'Mouse and touch'),
        h(
          'p',
          null,
          'Drag to move, turn the wheel or pinch to zoom, Shift + wheel moves across, Alt + wheel up and down. ' +
            'A click chooses a macroblock, a double click zooms in.'
        ),
        h('h3', null, 'Pictures'),
        h(
          'p',
          null,
          'Field macroblocks and fields are drawn as they are coded: the lines of a field together. ' +
            '“Woven” shows them as they are displayed. Arrows point in the direction of prediction; ' +
            'a dot is DC, a square with a diagonal is Plane.'
        ),
        h('h3', null, 'Links'),
        h('p', null, 'The address of this page holds what you see: copy it to come back to it.'),
        h('h3', null, 'Libraries'),
        h(
          'p',
          null,
          'Inside of this page: Preact, © 2015-present Jason Miller, MIT licence; uPlot, © 2022 Leon Sorokin, MIT licence. ',
          'The MIT licence lets anyone use, copy, change and pass on the software, as long as these notices ' +
            'stay with it; it comes without warranty.'
        ),
        h('p', { class: 'hint' }, streams.a ? streams.a.index.version : '')
      )
    )
  );
}
