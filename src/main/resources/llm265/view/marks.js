// What is drawn over a picture besides overlays: the chosen macroblock, the first difference, the numbers of samples.

function overPicture(context, side, sight, px) {
  drawOverlays(context, side, sight, px);
  const picture = pictureOf(side);
  drawSelection(context, side, picture, px);
  const first = streams.b && streams.a.index.difference;
  if (first && first.picture === picture.id) {
    const { x, y } = differencePlace();
    context.beginPath();
    context.rect(x - 2 * px, y - 2 * px, 1 + 4 * px, 1 + 4 * px);
    const radius = Math.max(1.2, 14 * px);
    context.moveTo(x + 0.5 + radius, y + 0.5);
    context.arc(x + 0.5, y + 0.5, radius, 0, 2 * Math.PI);
    twice(context, px, '#000', '#ff3b30', 2);
  }
  if (px < 1 / 25) {
    writeSamples(context, side, picture, sight, px);
  }
}

function drawSelection(context, side, picture, px) {
  if (state.mb < 0) {
    return;
  }
  const square = position =>
    context.rect((position % picture.mbWidth) * 16, Math.floor(position / picture.mbWidth) * 16, 16, 16);
  const macroblocks = macroblocksOf(side, state.p);
  const detail = overlays().has('near') && macroblocks ? detailOf(side, state.p, state.mb) : null;
  if (detail && detail.neighbours) {
    for (const name of Object.keys(detail.neighbours)) {
      for (const position of neighbourPositions(macroblocks, detail, name)) {
        context.beginPath();
        square(position);
        twice(context, px, 'rgb(0 0 0 / 70%)', '#7fe0ff', 1.5);
        context.save();
        context.translate((position % picture.mbWidth) * 16 + 8, Math.floor(position / picture.mbWidth) * 16 + 8);
        context.scale(px, px);
        context.font = 'bold 14px system-ui, sans-serif';
        context.textAlign = 'center';
        context.textBaseline = 'middle';
        outlined(context, name, 0, 0);
        context.restore();
      }
    }
  }
  context.beginPath();
  square(state.mb);
  twice(context, px, '#000', '#fff', 2.4);
}

function dark(context, text, x, y) {
  context.fillStyle = '#14161a';
  context.fillText(text, x, y);
}

function bright(context, text, x, y) {
  context.fillStyle = '#f4f4f4';
  context.fillText(text, x, y);
}

/** Values of samples in their squares; all three components where colour is shown, how far B is from A where that is. */
function writeSamples(context, side, picture, sight, px) {
  const planes = planesOf(side, state.p, state.deblocked, state.woven);
  if (!planes) {
    return;
  }
  const apart = state.side === 'difference' && streams.b;
  const index = apart ? Math.max(0, componentIndex(picture)) : componentIndex(picture);
  const others = apart ? planesOf('b', state.p, state.deblocked, state.woven) : null;
  const other = others && others[index] ? others[index].samples : null;
  const filled = fillShown() !== null;
  const middle = 2 ** (picture.depth[0] - 1);
  const grid = planes[Math.max(0, index)];
  const [across, down] = [picture.width / grid.width, picture.height / grid.height];
  context.save();
  context.scale(px, px);
  const size = 1 / px;
  context.font = `${Math.min(15, size / (index < 0 ? 4.2 : 2.4))}px ui-monospace, monospace`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let y = Math.max(0, Math.floor(sight.top / down)); y < Math.min(grid.height, sight.bottom / down); y++) {
    for (let x = Math.max(0, Math.floor(sight.left / across)); x < Math.min(grid.width, sight.right / across); x++) {
      const texts = index >= 0 ? [grid.samples[y * grid.width + x]] : sampleTriple(planes, picture, x, y);
      if (other) {
        texts[0] = other[y * grid.width + x] - texts[0];
      }
      const write = filled ? outlined : other || texts[0] > middle ? dark : bright;
      texts.forEach((text, line) =>
        write(context, text, (x + 0.5) * across * size, ((y + 0.5) * down + (line - (texts.length - 1) / 2) * 0.28) * size)
      );
    }
  }
  context.restore();
}

function sampleTriple(planes, picture, x, y) {
  return planes.map(
    plane =>
      plane.samples[
        Math.floor((y * plane.height) / picture.height) * plane.width + Math.floor((x * plane.width) / picture.width)
      ]
  );
}
