// Arithmetic decoding bin by bin (9.3.3.2): the interval codIRange is split in a part for the most and one for the least probable
// symbol, and where codIOffset lies says which bin it is.

const BYPASS = -1;
const TERMINATE = 276;

/** All bins of a macroblock in order, each with its element and its number there. */
function binsOf(detail) {
  if (!detail.allBins) {
    detail.allBins = detail.elements.flatMap(element => (element.bins || []).map((bin, index) => ({ element, index, bin })));
  }
  return detail.allBins;
}

/** What happens at a bin: widths of the parts, the interval that is chosen, and how many bits renormalization takes. */
function binStep(table, [value, ctxIdx, pStateIdx, valMps, range, offset]) {
  if (ctxIdx === BYPASS) {
    return {
      kind: 'bypass',
      parts: [range, range],
      total: 2 * range,
      shown: 2 * offset,
      low: value ? range : 0,
      width: range,
      taken: 1
    };
  }
  const lps = ctxIdx === TERMINATE ? 2 : rangeLps(table, pStateIdx, range);
  const isLps = ctxIdx === TERMINATE ? value === 1 : value !== valMps;
  const width = isLps ? lps : range - lps;
  const ends = ctxIdx === TERMINATE && value === 1;
  return {
    kind: ctxIdx === TERMINATE ? 'terminate' : 'context',
    lps,
    isLps,
    parts: [range - lps, lps],
    total: range,
    shown: offset,
    low: isLps ? range - lps : 0,
    width,
    taken: ends ? 0 : Math.max(0, 8 - Math.floor(Math.log2(width)))
  };
}

function binsPanel(detail) {
  if (!detail) {
    return detailMissing(detail);
  }
  const bins = binsOf(detail);
  if (bins.length === 0) {
    return h('p', { class: 'hint' }, 'This macroblock has no bins: its slice is coded with CAVLC, or details have none.');
  }
  const at = Math.min(bins.length - 1, Math.max(0, state.bin));
  const { element, index, bin } = bins[at];
  const step = binStep(streams[told()].index.rangeTabLps || [], bin);
  const go = next => set({ bin: Math.max(0, Math.min(bins.length - 1, next)) });
  return h(
    Fragment,
    null,
    h(
      'div',
      { class: 'stepper', role: 'group', 'aria-label': 'Bin' },
      button('|◀', () => go(0), { 'aria-label': 'First bin' }),
      button('◀', () => go(at - 1), { 'aria-label': 'Previous bin', title: 'Previous bin (,)' }),
      h('input', {
        type: 'range',
        min: 0,
        max: bins.length - 1,
        value: at,
        'aria-label': 'Bin of the macroblock',
        onInput: event => go(Number(event.target.value))
      }),
      button('▶', () => go(at + 1), { 'aria-label': 'Next bin', title: 'Next bin (.)' }),
      button('▶|', () => go(bins.length - 1), { 'aria-label': 'Last bin' })
    ),
    h(
      'p',
      { class: 'now' },
      h('b', null, `Bin ${at + 1} of ${bins.length}`),
      ' · ',
      h('code', null, element.n),
      ` = ${element.v} `,
      h('span', { class: 'clause' }, element.c)
    ),
    binRow(bins, at, index, element, go),
    intervalFigure(step, bin),
    explanation(step, bin),
    facts([
      ['bin', bin[0]],
      ['ctxIdx', step.kind === 'bypass' ? 'bypass' : bin[1], step.kind === 'terminate' ? 'before termination' : null],
      step.kind === 'context' && ['pStateIdx', bin[2]],
      step.kind === 'context' && ['valMPS', bin[3]],
      ['codIRange', bin[4]],
      ['codIOffset', bin[5]],
      step.lps !== undefined && ['codIRangeLPS', step.lps],
      ['bit position', number(bin[6])],
      ['bits taken', bitsTaken(bins, at, step)]
    ])
  );
}

/** What the stream says of it, if there is a next bin; otherwise what renormalization takes. */
function bitsTaken(bins, at, step) {
  return at + 1 < bins.length && bins[at + 1].bin[6] >= bins[at].bin[6] && bins[at + 1].index > 0
    ? bins[at + 1].bin[6] - bins[at].bin[6]
    : step.taken;
}

/** The bins of the element, the present one marked. */
function binRow(bins, at, index, element, go) {
  const first = at - index;
  return h(
    'div',
    { class: 'bins', role: 'group', 'aria-label': 'Bins of the element' },
    element.bins.map((bin, each) =>
      h(
        'button',
        {
          key: each,
          type: 'button',
          class: bin[1] === BYPASS ? 'bypass' : bin[1] === TERMINATE ? 'terminate' : '',
          'aria-current': each === index ? 'true' : null,
          'aria-label': `Bin ${each + 1} of ${element.n}: ${bin[0]}`,
          onClick: () => go(first + each)
        },
        bin[0]
      )
    )
  );
}

/** The interval from 0 to codIRange, its parts, and the offset as a needle; below it the interval after renormalization. */
function intervalFigure(step, bin) {
  const width = 600;
  const scale = width / step.total;
  const names =
    step.kind === 'bypass'
      ? ['0', '1']
      : step.kind === 'terminate'
        ? ['goes on', 'ends']
        : [`MPS ${bin[3]}`, `LPS ${1 - bin[3]}`];
  const cut = step.parts[0] * scale;
  const needle = (step.shown + 0.5) * scale;
  const chosen = [step.low * scale, step.width * scale];
  return h(
    'svg',
    {
      class: 'interval',
      viewBox: '-12 -24 624 150',
      role: 'img',
      'aria-label': `Interval ${step.total}, split at ${step.parts[0]}, offset ${step.shown}`
    },
    h('rect', { x: 0, y: 0, width: cut, height: 34, class: 'most' }),
    h('rect', { x: cut, y: 0, width: width - cut, height: 34, class: 'least' }),
    h('rect', { x: chosen[0], y: 0, width: chosen[1], height: 34, class: 'chosen' }),
    h('text', { x: 0, y: -8, class: 'start' }, `${names[0]}: ${step.parts[0]}`),
    h('text', { x: width, y: -8, class: 'end' }, `${names[1]}: ${step.parts[1]}`),
    h('path', { d: `M${chosen[0]} 36 L0 84 M${chosen[0] + chosen[1]} 36 L${width} 84`, class: 'ray' }),
    h('rect', { x: 0, y: 86, width, height: 14, class: step.low > 0 ? 'least' : 'most' }),
    h('path', { d: `M${needle} -4 V 46`, class: 'needle' }),
    h('path', { d: `M${(width * (step.shown - step.low + 0.5)) / step.width} 82 v 22`, class: 'needle' }),
    h('text', { x: Math.min(Math.max(needle, 44), width - 44), y: 61, class: 'label offset' }, `offset ${step.shown}`),
    h('text', { x: 0, y: 118, class: 'start' }, '0'),
    h('text', { x: width, y: 118, class: 'end' }, step.kind === 'bypass' ? step.width : step.width << step.taken),
    h(
      'text',
      { x: width / 2, y: 118, class: 'label' },
      step.taken === 0 ? 'no bits taken' : `after ${step.taken} ${step.taken === 1 ? 'bit' : 'bits'}`
    )
  );
}

function explanation(step, bin) {
  const [, , pStateIdx, valMps, range, offset] = bin;
  const text = {
    bypass:
      `codIOffset is doubled, a bit is read into it, and it is compared with codIRange ${range}: ` +
      (bin[0] ? 'it is not less, so the bin is 1.' : 'it is less, so the bin is 0.'),
    terminate: `codIRange less 2 is ${range - 2}. codIOffset ${offset} ${
      bin[0] ? 'is not less, so the slice or the arithmetic code ends here.' : 'is less, so decoding goes on.'
    }`,
    context:
      `State ${pStateIdx} gives the less probable symbol ${step.lps} of ${range}. codIOffset ${offset} ` +
      (step.isLps
        ? `is not less than ${step.parts[0]}: the bin is ${1 - valMps}, against what was expected.`
        : `is less than ${step.parts[0]}: the bin is ${valMps}, as was expected.`)
  }[step.kind];
  return h('p', { class: 'explanation' }, text);
}
