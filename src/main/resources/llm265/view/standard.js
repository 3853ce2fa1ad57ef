// Names of Rec. ITU-T H.264 for the numbers in streams.

const MODES_4X4 = [
  'Vertical',
  'Horizontal',
  'DC',
  'Diagonal_Down_Left',
  'Diagonal_Down_Right',
  'Vertical_Right',
  'Horizontal_Down',
  'Vertical_Left',
  'Horizontal_Up'
];
const MODES_16X16 = ['Vertical', 'Horizontal', 'DC', 'Plane'];
const MODES_CHROMA = ['DC', 'Horizontal', 'Vertical', 'Plane'];
const KINDS = ['Intra 4x4', 'Intra 8x8', 'Intra 16x16', 'I_PCM'];

/** Directions in which modes 0 to 8 of Intra_4x4 and Intra_8x8 predict, in samples; none for DC (Figure 8-4). */
const DIRECTIONS = [[0, 1], [1, 0], null, [-1, 1], [1, 1], [0.5, 1], [1, 0.5], [-0.5, 1], [1, -0.5]];

const KIND_4X4 = 0;
const KIND_8X8 = 1;
const KIND_16X16 = 2;
const KIND_PCM = 3;

const FLAG_FIELD = 1;
const FLAG_LOSSLESS = 2;
const FLAG_TRANSFORM_8X8 = 4;
const FLAG_BOTTOM = 8;

/** Table 7-11: the name of mb_type of an I slice. */
function macroblockType(mbType) {
  if (mbType === 0) {
    return 'I_NxN';
  }
  if (mbType === 25) {
    return 'I_PCM';
  }
  const index = mbType - 1;
  return `I_16x16_${index % 4}_${Math.floor(index / 4) % 3}_${index < 12 ? 0 : 15}`;
}

function modeName(kind, mode) {
  if (kind === KIND_PCM || mode === 255) {
    return 'none';
  }
  return kind === KIND_16X16
    ? `Intra_16x16_${MODES_16X16[mode]}`
    : `Intra_${kind === KIND_8X8 ? '8x8' : '4x4'}_${MODES_4X4[mode]}`;
}

/** 9.3.3.2.1: how an interval of codIRange is split for a context in state pStateIdx. */
function rangeLps(table, pStateIdx, codIRange) {
  return table[pStateIdx * 4 + ((codIRange >> 6) & 3)];
}

/** Width and height of a macroblock in samples of chroma, 0 without chroma. */
function chromaBlock(format) {
  return { '4:2:0': [8, 8], '4:2:2': [8, 16], '4:4:4': [16, 16] }[format] || [0, 0];
}
