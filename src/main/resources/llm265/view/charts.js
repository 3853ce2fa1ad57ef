// Charts by uPlot, in the colours of the page.

class Chart extends preact.Component {
  componentDidMount() {
    this.build();
    this.resized = new ResizeObserver(() => {
      if (this.plot && this.box.clientWidth > 0) {
        this.plot.setSize({ width: this.box.clientWidth, height: this.props.height || 180 });
      }
    });
    this.resized.observe(this.box);
  }

  componentWillUnmount() {
    this.resized.disconnect();
    this.plot.destroy();
  }

  /** Data are compared by identity: who draws a chart keeps its data on a shelf. */
  componentDidUpdate(before) {
    const theme = themeShown();
    if (before.data !== this.props.data || theme !== this.theme) {
      this.plot.destroy();
      this.build();
    }
  }

  build() {
    const { data, series, axes, scales, height, pick } = this.props;
    this.theme = themeShown();
    const look = getComputedStyle(document.documentElement);
    const ink = look.getPropertyValue('--ink-2').trim();
    const rule = look.getPropertyValue('--rule').trim();
    const font = '12px system-ui, sans-serif';
    this.plot = new uPlot(
      {
        width: Math.max(200, this.box.clientWidth),
        height: height || 180,
        legend: { show: true, live: true },
        cursor: { drag: { x: true, y: false } },
        scales: { x: { time: false }, ...scales },
        axes: axes.map(axis => ({
          stroke: ink,
          font,
          labelFont: font,
          labelSize: 18,
          grid: { stroke: rule, width: 1 },
          ticks: { stroke: rule, width: 1, size: 6 },
          ...axis
        })),
        series: series.map(each => ({ width: 1.5, points: { show: data[0].length < 40 }, ...each }))
      },
      data,
      this.box
    );
    this.box.querySelector('.u-over').addEventListener('click', () => {
      if (pick && this.plot.cursor.idx !== null && this.plot.cursor.idx !== undefined) {
        pick(this.plot.cursor.idx);
      }
    });
  }

  render({ title }) {
    return h(
      'figure',
      { class: 'chart', role: 'img', 'aria-label': title },
      h('figcaption', null, title),
      h('div', {
        ref: box => {
          this.box = box;
        }
      })
    );
  }
}

const barPaths = uPlot.paths.bars({ size: [0.85, 40] });

function axisSize(plot, values) {
  const longest = (values || []).reduce((most, value) => Math.max(most, String(value).length), 0);
  return Math.max(40, longest * 7 + 26);
}
