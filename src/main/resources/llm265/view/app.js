"use strict";
async function resource(name) {
  const element = document.getElementById("r:" + name);
  if (element) {
    const bytes = Uint8Array.from(atob(element.textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).arrayBuffer();
  }
  if (document.getElementById("r:index.json")) {
    return null;
  }
  const response = await fetch("r/" + name);
  return response.ok ? response.arrayBuffer() : null;
}
async function json(name) {
  const bytes = await resource(name);
  return bytes && JSON.parse(new TextDecoder().decode(bytes));
}
json("index.json").then((index) => {
  document.getElementById("app").textContent = JSON.stringify(index, null, 1);
});
