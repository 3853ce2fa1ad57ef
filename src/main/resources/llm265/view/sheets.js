// Thousands of lines a frame are too many. They are drawn once, on a sheet that is larger than the window and moves with it.

/** How far a sheet goes beyond the window on each side, in windows. */
const SHEET_MARGIN = 0.25;

/** A sheet that no longer fits is drawn anew when the window rests so long, or has moved for so long; in milliseconds. */
const SHEET_REST = 90;
const SHEET_MOST = 500;

const sheets = new Map();
let sheetTimer = 0;
let sheetWaits = 0;

/**
 * Draws what `paint(context, sight)` draws, in luma samples, by its sheet. While the window moves, an old sheet may be stretched,
 * or end before the window does.
 *
 * @param key what is drawn: another key needs another sheet
 */
function drawSheet(context, side, picture, sight, key, paint) {
  const { a: scale, e, f } = context.getTransform();
  const seen = within(picture, sight, 0, scale);
  if (seen.right <= seen.left || seen.bottom <= seen.top) {
    return;
  }
  let sheet = sheets.get(side);
  const near = sheet && sheet.key === key && scale < 2 * sheet.scale && sheet.scale < 2 * scale && overlap(sheet, seen);
  if (!near) {
    sheet = paintSheet(picture, sight, key, scale, paint);
    sheets.set(side, sheet);
  } else if (sheet.scale !== scale || !holds(sheet, seen)) {
    sheet.worn = true;
    renewAtRest();
  }
  const stretch = scale / sheet.scale;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.imageSmoothingEnabled = stretch !== 1;
  const [x, y] = [Math.round(e + sheet.left * scale), Math.round(f + sheet.top * scale)];
  context.drawImage(sheet.canvas, x, y, sheet.canvas.width * stretch, sheet.canvas.height * stretch);
  context.restore();
}

/** What of a picture is in the window, with a margin around it, in whole pixels of the screen. */
function within(picture, sight, margin, scale) {
  const [across, down] = [(sight.right - sight.left) * margin, (sight.bottom - sight.top) * margin];
  return {
    left: Math.floor(Math.max(0, sight.left - across) * scale) / scale,
    top: Math.floor(Math.max(0, sight.top - down) * scale) / scale,
    right: Math.min(picture.width, sight.right + across),
    bottom: Math.min(picture.height, sight.bottom + down)
  };
}

function overlap(sheet, seen) {
  return sheet.left < seen.right && seen.left < sheet.right && sheet.top < seen.bottom && seen.top < sheet.bottom;
}

function holds(sheet, seen) {
  return sheet.left <= seen.left && sheet.top <= seen.top && sheet.right >= seen.right && sheet.bottom >= seen.bottom;
}

function paintSheet(picture, sight, key, scale, paint) {
  const area = within(picture, sight, SHEET_MARGIN, scale);
  const canvas = document.createElement('canvas');
  // Lines on the edge of the picture are as wide outside as inside.
  canvas.width = Math.ceil((area.right - area.left) * scale) + 4;
  canvas.height = Math.ceil((area.bottom - area.top) * scale) + 4;
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, -area.left * scale, -area.top * scale);
  paint(context, area);
  return { ...area, canvas, key, scale, worn: false };
}

/** Drops sheets that no longer fit, once the window rests. */
function renewAtRest() {
  const now = performance.now();
  if (sheetTimer === 0) {
    sheetWaits = now;
    making++;
  } else if (now - sheetWaits > SHEET_MOST) {
    return;
  }
  clearTimeout(sheetTimer);
  sheetTimer = setTimeout(() => {
    sheetTimer = 0;
    making--;
    sheets.forEach((sheet, side) => sheet.worn && sheets.delete(side));
    requestLook();
  }, SHEET_REST);
}
