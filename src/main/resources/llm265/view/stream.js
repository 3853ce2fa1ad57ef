// The stream from outside: its NAL units, and what was left out or is wrong.

function streamView() {
  const side = told();
  const { index } = streams[side];
  const units = index.nalUnits || [];
  const first = units.findIndex(unit => unit.picture === pictureOf(side)?.id);
  return h(
    'div',
    { class: 'stream' },
    (index.faults || []).map((fault, at) => h('p', { key: at, class: 'fault', role: 'alert' }, fault)),
    (index.notes || []).map((note, at) => h('p', { key: at, class: 'hint' }, note)),
    h('h3', null, `NAL units (${number(units.length)})`),
    h(
      'div',
      { class: 'units', style: { height: `${units.length * 30 + 34}px` } },
      h(
        'div',
        { class: 'unit head', 'aria-hidden': 'true' },
        ['no.', 'type', 'name', 'ref', 'first byte', 'bytes', 'picture'].map(name => h('span', { key: name }, name))
      ),
      h(LongList, {
        count: units.length,
        size: 30,
        label: 'NAL units',
        chosen: first,
        row: at =>
          h(
            'button',
            {
              type: 'button',
              class: 'unit',
              'data-unit': at,
              disabled: units[at].picture < 0,
              'aria-current': units[at].picture >= 0 && units[at].picture === pictureOf(side)?.id ? 'true' : null,
              onClick: () => set({ view: 'picture', p: placeOf(side, units[at].picture), mb: -1 })
            },
            [
              at,
              units[at].type,
              units[at].name,
              units[at].ref,
              number(units[at].byte),
              number(units[at].bytes),
              units[at].picture < 0 ? '–' : units[at].picture
            ].map((value, column) => h('span', { key: column }, value))
          )
      })
    )
  );
}
