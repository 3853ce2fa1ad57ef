// Scales of colour: a sequential one for amounts, a diverging one for signed values, apart hues for kinds.

const SEQUENTIAL = [
  [48, 18, 92],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37]
];
const DIVERGING = [
  [33, 82, 168],
  [96, 146, 208],
  [178, 206, 232],
  [245, 245, 245],
  [246, 197, 168],
  [222, 116, 82],
  [165, 22, 40]
];
const HUES = ['#3b82c4', '#e08a1e', '#2f9e6e', '#c0467a', '#8a63d2', '#b59a12', '#4aa8b5', '#d2533b'];
const BOUNDARY_STRENGTHS = ['transparent', '#58a6ff', '#3fb950', '#f0a020', '#f04a3a'];

function between(stops, part) {
  const at = Math.max(0, Math.min(1, part)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const rest = at - index;
  return stops[index].map((low, i) => Math.round(low + (stops[index + 1][i] - low) * rest));
}

function tableOf(stops) {
  const table = new Uint8Array(256 * 3);
  for (let i = 0; i < 256; i++) {
    table.set(between(stops, i / 255), i * 3);
  }
  return table;
}

const SEQUENTIAL_TABLE = tableOf(SEQUENTIAL);
const DIVERGING_TABLE = tableOf(DIVERGING);

function css(rgb) {
  return `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]})`;
}

function sequential(part) {
  return css(between(SEQUENTIAL, part));
}

function gradient(stops) {
  return `linear-gradient(to right, ${stops.map(css).join(', ')})`;
}

/** The value below which a share of all values lies. */
function quantile(values, share) {
  const sorted = Float64Array.from(values).sort();
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** KR and KB of the matrix that a picture's samples are meant for (Table E-5). */
function matrixOf(picture) {
  return picture.matrix === 'bt709' ? [0.2126, 0.0722] : [0.299, 0.114];
}
