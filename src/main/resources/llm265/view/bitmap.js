// A picture becomes one bitmap for all zooms: a component in grey, all three in colour, or how far two streams are apart.

const bitmapShelf = new Shelf(6);

/**
 * `{canvas, width, height}` with width and height in luma samples; undefined while its samples are read. Under a fill, a
 * picture in colour is shown in grey: the colours of two things at once say nothing.
 */
function bitmapOf(side, p, filled) {
  const { deblocked, woven } = state;
  const component = filled && state.component === 'colour' ? 'y' : state.component;
  const planes = planesOf(side, p, deblocked, woven);
  if (!planes) {
    return planes;
  }
  const picture = streams[side].pictures[p];
  return bitmapShelf.now(`${side} ${p} ${component} ${deblocked} ${woven}`, () => {
    const index = componentIndex(picture, component);
    const canvas = index < 0 ? colourCanvas(picture, planes) : greyCanvas(planes[index], picture.depth[Math.min(index, 1)]);
    return { canvas, width: picture.width, height: picture.height };
  });
}

/** The plane that is shown alone, or -1 for colour; luma where there is nothing else. */
function componentIndex(picture, component = state.component) {
  if (picture.chroma === '4:0:0') {
    return 0;
  }
  return { colour: -1, y: 0, cb: 1, cr: 2 }[component] ?? -1;
}

function differenceBitmap(p) {
  const { deblocked, woven } = state;
  const a = planesOf('a', p, deblocked, woven);
  const b = planesOf('b', p, deblocked, woven);
  if (!a || !b) {
    return a === null || b === null ? null : undefined;
  }
  const picture = streams.a.pictures[p];
  const index = Math.max(0, componentIndex(picture));
  if (!b[index] || a[index].samples.length !== b[index].samples.length || a[index].width !== b[index].width) {
    return null;
  }
  return bitmapShelf.now(`difference ${p} ${index} ${deblocked} ${woven}`, () => ({
    canvas: differenceCanvas(a[index], b[index], picture.depth[Math.min(index, 1)]),
    width: picture.width,
    height: picture.height
  }));
}

function canvasOf(width, height, paint) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  paint(new Uint32Array(image.data.buffer), image.data);
  context.putImageData(image, 0, 0);
  return canvas;
}

function greyCanvas({ width, height, samples }, depth) {
  const shift = depth - 8;
  return canvasOf(width, height, pixels => {
    for (let i = 0; i < samples.length; i++) {
      pixels[i] = 0xff000000 | ((samples[i] >> shift) * 0x010101);
    }
  });
}

function colourCanvas(picture, planes) {
  const [luma, cb, cr] = planes;
  const across = luma.width / cb.width;
  const down = luma.height / cb.height;
  const convert = picture.matrix === 'rgb' ? rgbConverter(picture) : yCbCrConverter(picture);
  return canvasOf(luma.width, luma.height, (pixels, bytes) => {
    let i = 0;
    for (let y = 0; y < luma.height; y++) {
      const row = Math.floor(y / down) * cb.width;
      for (let x = 0; x < luma.width; x++, i++) {
        const j = across === 1 ? row + x : row + (x >> 1);
        convert(bytes, i * 4, luma.samples[i], cb.samples[j], cr.samples[j]);
      }
    }
  });
}

/** E.2.1: matrix_coefficients 0 has G, B and R in the places of Y, Cb and Cr. */
function rgbConverter(picture) {
  const shift = picture.depth[0] - 8;
  return (bytes, at, g, b, r) => {
    bytes[at] = r >> shift;
    bytes[at + 1] = g >> shift;
    bytes[at + 2] = b >> shift;
    bytes[at + 3] = 255;
  };
}

/** Equations E-20 to E-30 the other way round; bytes are clamped by their array. */
function yCbCrConverter(picture) {
  const [kr, kb] = matrixOf(picture);
  const kg = 1 - kr - kb;
  const [lumaDepth, chromaDepth] = picture.depth;
  const luma = picture.fullRange ? 255 / (2 ** lumaDepth - 1) : 255 / (219 * 2 ** (lumaDepth - 8));
  const chroma = picture.fullRange ? 255 / (2 ** chromaDepth - 1) : 255 / (224 * 2 ** (chromaDepth - 8));
  const black = picture.fullRange ? 0 : 2 ** (lumaDepth - 4);
  const middle = 2 ** (chromaDepth - 1);
  const red = 2 * (1 - kr);
  const blue = 2 * (1 - kb);
  return (bytes, at, ySample, cbSample, crSample) => {
    const y = (ySample - black) * luma;
    const cb = (cbSample - middle) * chroma;
    const cr = (crSample - middle) * chroma;
    bytes[at] = y + red * cr;
    bytes[at + 1] = y - (kr * red * cr + kb * blue * cb) / kg;
    bytes[at + 2] = y + blue * cb;
    bytes[at + 3] = 255;
  };
}

/** Grey where samples are equal, brighter or darker by eight times the difference elsewhere, and never quite grey there. */
function differenceCanvas(a, b, depth) {
  const scale = 8 / 2 ** (depth - 8);
  return canvasOf(a.width, a.height, (pixels, bytes) => {
    for (let i = 0; i < a.samples.length; i++) {
      const difference = (b.samples[i] - a.samples[i]) * scale;
      const far = Math.min(127, Math.abs(difference) + 40);
      bytes[i * 4] = difference > 0 ? 128 + far : 128 - (difference < 0 ? far : 0);
      bytes[i * 4 + 1] = difference === 0 ? 128 : 128 - far / 2;
      bytes[i * 4 + 2] = difference < 0 ? 128 + far : 128 - (difference > 0 ? far : 0);
      bytes[i * 4 + 3] = 255;
    }
  });
}
