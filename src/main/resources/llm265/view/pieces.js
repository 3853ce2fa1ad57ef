// Small parts that panels are put together from.

const { h, Fragment } = preact;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

function number(value, digits = 0) {
  return value === null || value === undefined
    ? '–'
    : digits === 0
      ? whole.format(value)
      : value.toLocaleString('en', { maximumFractionDigits: digits });
}

function bytes(count) {
  return count < 10000
    ? `${number(count)} bytes`
    : count < 1e7
      ? `${number(count / 1e3, 1)} kB`
      : `${number(count / 1e6, 1)} MB`;
}

/** Rows of a name and what it is. */
function facts(rows) {
  return h(
    'dl',
    { class: 'facts' },
    rows
      .filter(row => row)
      .map(([name, value, note]) =>
        h(
          'div',
          { key: name },
          h('dt', null, name),
          h('dd', { 'data-fact': name }, value, note && h('small', null, ' ' + note))
        )
      )
  );
}

/** Tabs by WAI-ARIA: arrow keys move among them. */
function tabs(label, items, chosen, choose) {
  const move = event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      const at = items.findIndex(([id]) => id === chosen);
      const [id] = items[(at + step + items.length) % items.length];
      choose(id);
      const list = event.currentTarget;
      requestAnimationFrame(() => requestAnimationFrame(() => list.querySelector('[aria-selected=true]')?.focus()));
    }
  };
  return h(
    'div',
    { class: 'tabs', role: 'tablist', 'aria-label': label, onKeyDown: move },
    items.map(([id, name]) =>
      h(
        'button',
        {
          key: id,
          type: 'button',
          role: 'tab',
          'aria-selected': String(id === chosen),
          tabIndex: id === chosen ? 0 : -1,
          'data-tab': id,
          onClick: () => choose(id)
        },
        name
      )
    )
  );
}

function button(text, act, more = {}) {
  return h('button', { type: 'button', onClick: act, ...more }, text);
}

/** A button that stays down. */
function toggle(text, on, act, more = {}) {
  return button(text, act, { 'aria-pressed': String(Boolean(on)), ...more });
}

function select(label, value, options, act, more = {}) {
  return h(
    'label',
    { class: 'pick' },
    h('span', null, label),
    h(
      'select',
      { value, 'aria-label': label, onChange: event => act(event.target.value), ...more },
      options.map(([id, name]) => h('option', { key: id, value: id, selected: id === value }, name))
    )
  );
}

/** A table of rows of cells; a row may be a ready element. */
function grid(names, rows, look = '') {
  const cells = row => row.map((value, at) => h('td', { key: at }, value));
  return h(
    'div',
    { class: 'scroll' },
    h(
      'table',
      { class: `grid ${look}` },
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          names.map(name => h('th', { key: name }, name))
        )
      ),
      h(
        'tbody',
        null,
        rows.map((row, at) => (Array.isArray(row) ? h('tr', { key: at }, cells(row)) : row))
      )
    )
  );
}

/** A matrix of numbers; `mark(value, index)` may give a cell a class. */
function matrix(title, values, columns, mark) {
  const rows = Math.ceil(values.length / columns);
  return h(
    'figure',
    { class: columns > 8 ? 'matrix wide' : 'matrix' },
    h('figcaption', null, title),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        { 'aria-label': title },
        h(
          'tbody',
          null,
          Array.from({ length: rows }, (_, row) =>
            h(
              'tr',
              { key: row },
              Array.from({ length: columns }, (_, column) => {
                const index = row * columns + column;
                return h('td', { key: column, class: mark ? mark(values[index], index) : null }, values[index] ?? '');
              })
            )
          )
        )
      )
    )
  );
}

/** Horizontal bars with their figures, the longest first where asked. */
function bars(rows, format) {
  const most = Math.max(1e-9, ...rows.map(row => row.value));
  return h(
    'table',
    { class: 'bars' },
    h(
      'tbody',
      null,
      rows.map(row =>
        h(
          'tr',
          { key: row.name, 'data-row': row.name },
          h('th', { scope: 'row' }, row.name, row.note && h('small', null, ' ' + row.note)),
          h(
            'td',
            { class: 'bar' },
            h('span', { style: { width: `${(100 * Math.max(0, row.value)) / most}%`, background: row.colour } })
          ),
          h('td', { class: 'figure', 'data-value': row.value }, format(row.value))
        )
      )
    )
  );
}

/** A long list of rows of equal height of which only those in sight exist. */
class LongList extends preact.Component {
  componentDidMount() {
    this.follow();
    this.resized = new ResizeObserver(() => this.forceUpdate());
    this.resized.observe(this.box);
  }

  componentWillUnmount() {
    this.resized.disconnect();
  }

  componentDidUpdate(before) {
    if (before.chosen !== this.props.chosen) {
      this.follow();
    }
  }

  /** Scrolls no further than it takes to see the chosen row. */
  follow() {
    const { chosen, size, across } = this.props;
    const [start, length] = across ? ['scrollLeft', this.box.clientWidth] : ['scrollTop', this.box.clientHeight];
    if (chosen >= 0) {
      this.box[start] = Math.max(Math.min(this.box[start], chosen * size), (chosen + 1) * size - length);
    }
  }

  render({ count, size, row, label, across, chosen }) {
    const length = this.box ? (across ? this.box.clientWidth : this.box.clientHeight) : 800;
    const start = this.box ? (across ? this.box.scrollLeft : this.box.scrollTop) : 0;
    const first = Math.max(0, Math.floor(start / size) - 4);
    const last = Math.min(count, first + Math.ceil(length / size) + 9);
    const place = index =>
      across ? { left: `${index * size}px`, width: `${size}px` } : { top: `${index * size}px`, height: `${size}px` };
    const rows = [];
    for (let index = first; index < last; index++) {
      rows.push(h('div', { key: index, class: 'row', style: place(index) }, row(index)));
    }
    return h(
      'div',
      {
        class: across ? 'long across' : 'long',
        role: 'list',
        'aria-label': label,
        'data-chosen': chosen,
        ref: box => {
          this.box = box;
        },
        onScroll: () => this.forceUpdate()
      },
      h('div', { style: across ? { width: `${count * size}px` } : { height: `${count * size}px` } }, rows)
    );
  }
}
