// A stream comes as named resources. They lie in this page, deflated, or with the server that sent it.

const embedded = document.getElementById('r:index.json') !== null;

/** The bytes of a resource, or null where it was left out. */
async function resource(name) {
  if (embedded) {
    const element = document.getElementById('r:' + name);
    return element === null ? null : inflate(bytesOf(element.textContent.trim()));
  }
  const response = await fetch('r/' + name);
  return response.status === 200 ? response.arrayBuffer() : null;
}

/** The object that a resource states, or null where it was left out. */
async function json(name) {
  const bytes = await resource(name);
  return bytes === null ? null : JSON.parse(new TextDecoder().decode(bytes));
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) {
    return Uint8Array.fromBase64(base64);
  }
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).arrayBuffer();
}

/** How many things are being made; nobody but tests asks. */
let making = 0;

/** Things that take time to make: at most `limit` of them are kept, the ones asked for last. */
class Shelf {
  constructor(limit) {
    this.limit = limit;
    this.things = new Map();
  }

  /** The thing, or undefined while it is being made; the page is drawn again when it is there. A failure makes null. */
  get(key, make) {
    const found = this.find(key);
    if (found) {
      return found.value;
    }
    const entry = this.keep(key, undefined);
    making++;
    make()
      .catch(error => {
        console.error(key, error);
        return null;
      })
      .then(value => {
        making--;
        entry.value = value;
        redraw();
      });
    return undefined;
  }

  /** The same for what can be made at once. */
  now(key, make) {
    return (this.find(key) || this.keep(key, make())).value;
  }

  find(key) {
    const entry = this.things.get(key);
    if (entry) {
      this.things.delete(key);
      this.things.set(key, entry);
    }
    return entry;
  }

  keep(key, value) {
    const entry = { value };
    this.things.set(key, entry);
    if (this.things.size > this.limit) {
      this.things.delete(this.things.keys().next().value);
    }
    return entry;
  }
}
