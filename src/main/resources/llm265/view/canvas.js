// A canvas that looks at a bitmap through a window. All canvases share one centre and one zoom: two pictures stay in step.

const MOST_ZOOM = 96;

/** Pixels of the screen for a luma sample at which everything fits. */
function fitZoom(width, height, canvas) {
  return Math.min(canvas.clientWidth / width, canvas.clientHeight / height) || 1;
}

/** A drawing that can be moved: `props.source()` gives `{canvas, width, height}`, `props.over` draws on it. */
class Sight extends preact.Component {
  componentDidMount() {
    lookers.add(this);
    this.resized = new ResizeObserver(() => this.requestDraw());
    this.resized.observe(this.canvas);
    this.pointers = new Map();
    this.canvas.addEventListener('wheel', event => this.wheel(event), { passive: false });
    this.requestDraw();
  }

  componentWillUnmount() {
    lookers.delete(this);
    this.resized.disconnect();
  }

  componentDidUpdate() {
    this.requestDraw();
  }

  requestDraw() {
    if (!this.waiting) {
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        if (this.canvas) {
          this.draw();
        }
      });
    }
  }

  /** Where the window is: zoom in pixels a sample, and the sample in its middle. */
  window() {
    const { width, height } = this.props;
    return state.zoom === 0
      ? { zoom: fitZoom(width, height, this.canvas), x: width / 2, y: height / 2 }
      : { zoom: state.zoom, x: state.x, y: state.y };
  }

  draw() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [Math.round(canvas.clientWidth * ratio), Math.round(canvas.clientHeight * ratio)];
    if (width === 0 || height === 0) {
      return;
    }
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext('2d');
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    const source = this.props.source();
    if (!source) {
      this.message(context, ratio, source === null ? this.props.missing || 'The samples were left out.' : 'Reading …');
      return;
    }
    const { zoom, x, y } = this.window();
    const scale = zoom * ratio;
    context.setTransform(scale, 0, 0, scale, width / 2 - x * scale, height / 2 - y * scale);
    context.imageSmoothingEnabled = (scale * source.width) / source.canvas.width < 1;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(source.canvas, 0, 0, source.width, source.height);
    const sight = {
      left: x - width / 2 / scale,
      right: x + width / 2 / scale,
      top: y - height / 2 / scale,
      bottom: y + height / 2 / scale
    };
    this.props.over(context, sight, 1 / zoom);
  }

  message(context, ratio, text) {
    context.fillStyle = getComputedStyle(this.canvas).color;
    context.font = `${14 * ratio}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.fillText(text, this.canvas.width / 2, this.canvas.height / 2);
  }

  /** The sample below a point of the page. */
  sampleAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const { zoom, x, y } = this.window();
    return {
      x: x + (event.clientX - box.left - box.width / 2) / zoom,
      y: y + (event.clientY - box.top - box.height / 2) / zoom
    };
  }

  wheel(event) {
    event.preventDefault();
    const amount = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    if (event.shiftKey || event.altKey) {
      const { zoom, x, y } = this.window();
      const step = (amount || event.deltaX) / zoom;
      look({ zoom, x: event.shiftKey ? x + step : x, y: event.altKey ? y + step : y });
      return;
    }
    this.zoomAt(event, Math.exp(-amount / (event.ctrlKey ? 120 : 400)));
  }

  zoomAt(event, factor) {
    const { x, y } = this.sampleAt(event);
    const now = this.window();
    const least = Math.min(1, fitZoom(this.props.width, this.props.height, this.canvas)) / 2;
    const zoom = Math.max(least, Math.min(MOST_ZOOM, now.zoom * factor));
    look({ zoom, x: x + ((now.x - x) * now.zoom) / zoom, y: y + ((now.y - y) * now.zoom) / zoom });
  }

  pointerDown(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.moved = this.pointers.size > 1 ? this.moved : 0;
  }

  pointerMove(event) {
    if (this.props.hover) {
      this.props.hover(this.sampleAt(event));
    }
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      return;
    }
    const [dx, dy] = [event.clientX - before.x, event.clientY - before.y];
    this.moved += Math.abs(dx) + Math.abs(dy);
    if (this.pointers.size === 2) {
      this.pinch(event);
    }
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.moved > 4) {
      const { zoom, x, y } = this.window();
      const share = 1 / this.pointers.size;
      look({ zoom, x: x - (dx / zoom) * share, y: y - (dy / zoom) * share });
    }
  }

  pinch(event) {
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
    const before = this.pointers.get(event.pointerId);
    const apart = at => Math.max(8, Math.hypot(at.x - other.x, at.y - other.y));
    const factor = apart({ x: event.clientX, y: event.clientY }) / apart(before);
    this.zoomAt({ clientX: (event.clientX + other.x) / 2, clientY: (event.clientY + other.y) / 2 }, factor);
  }

  pointerUp(event) {
    const pressed = this.pointers.delete(event.pointerId);
    if (pressed && this.moved <= 4 && event.type === 'pointerup') {
      this.props.pick(this.sampleAt(event));
    }
  }

  render({ label, name }) {
    return h('canvas', {
      class: 'sight',
      tabIndex: 0,
      role: 'img',
      'aria-label': label,
      'data-name': name,
      ref: canvas => {
        this.canvas = canvas;
      },
      onPointerDown: event => this.pointerDown(event),
      onPointerMove: event => this.pointerMove(event),
      onPointerUp: event => this.pointerUp(event),
      onPointerCancel: event => this.pointerUp(event),
      onPointerLeave: () => this.props.hover && this.props.hover(null),
      onDblClick: event => this.zoomAt(event, event.altKey ? 0.5 : 2)
    });
  }
}

/** Any canvas in use; keys act on all of them through the state. */
function anySight() {
  return lookers.values().next().value;
}

function zoomBy(factor) {
  const sight = anySight();
  if (sight) {
    const box = sight.canvas.getBoundingClientRect();
    sight.zoomAt({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 }, factor);
  }
}

function zoomTo(zoom) {
  const sight = anySight();
  if (sight) {
    const { x, y } = sight.window();
    look({ zoom, x, y });
  }
}

function panBy(dx, dy) {
  const sight = anySight();
  if (sight) {
    const { zoom, x, y } = sight.window();
    look({ zoom, x: x + (dx * sight.canvas.clientWidth) / zoom, y: y + (dy * sight.canvas.clientHeight) / zoom });
  }
}

/** Brings a macroblock to where it can be seen, if it is not. */
function keepInSight(position) {
  const picture = pictureOf(told());
  const sight = anySight();
  if (state.zoom === 0 || !sight || !picture) {
    return;
  }
  const x = (position % picture.mbWidth) * 16 + 8;
  const y = Math.floor(position / picture.mbWidth) * 16 + 8;
  const halfWidth = sight.canvas.clientWidth / state.zoom / 2 - 12;
  const halfHeight = sight.canvas.clientHeight / state.zoom / 2 - 12;
  if (Math.abs(x - state.x) > halfWidth || Math.abs(y - state.y) > halfHeight) {
    look({ x, y });
  }
}

function zoomToMacroblock() {
  const picture = pictureOf(told());
  const sight = anySight();
  if (picture && sight && state.mb >= 0) {
    const zoom = Math.min(MOST_ZOOM, Math.min(sight.canvas.clientWidth, sight.canvas.clientHeight) / 22);
    look({ zoom, x: (state.mb % picture.mbWidth) * 16 + 8, y: Math.floor(state.mb / picture.mbWidth) * 16 + 8 });
  }
}
