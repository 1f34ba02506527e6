// Files leave one by one as soon as they are chosen, in chunks, and go on where the line was cut (tus 1.0.0).
// Without this file the plain field sends them with its button, to the same checks.
import { insist, pause, say, send, waitFor } from "./sending.js";

const SMALLEST = 16 * 1024; // bytes
const LARGEST = 256 * 1024;
const VERSION = { "Tus-Resumable": "1.0.0" };
const LATER = [2, 5, 15, 30]; // seconds, to ask again whether a received file was checked

const model = document.querySelector("template[data-portal-file]");
const words = model.content.firstElementChild.dataset;
let queue = Promise.resolve();
let waiting = 0;

// -- What one sees of a file ---------------------------------------------------------------------

function row(piece, file) {
  const item = model.content.cloneNode(true).firstElementChild;
  item.querySelector("[data-portal-name]").textContent = file.name;
  let list = piece.querySelector("ul.files");
  if (!list) {
    list = document.createElement("ul");
    list.className = "files";
    piece.querySelector(".upload").before(list);
  }
  list.append(item);
  return item;
}

function show(item, state, text) {
  item.dataset.state = state;
  const place = item.querySelector("[data-portal-status]");
  if (place.textContent !== text) place.textContent = text;
}

function advance(item, part) {
  item.querySelector("progress").value = part;
  item.querySelector("[data-portal-part]").textContent = `${Math.round(100 * part)} %`;
}

function settle(piece, item, told) {
  if (told.sentence) {
    show(item, "refused", told.sentence);
    return;
  }
  const name = item.querySelector("[data-portal-name]");
  const shown = document.createElement(told.url ? "a" : "span");
  Object.assign(shown, told.url ? { href: told.url, download: "" } : {}, { textContent: told.name });
  name.textContent = "";
  name.append(shown);
  const remove = item.querySelector("button[name=remove]");
  remove.value = told.evidence;
  remove.hidden = false;
  remove.querySelector("[data-portal-name]").textContent = told.name;
  item.dataset.evidence = told.evidence;
  for (const other of piece.querySelectorAll("ul.files > li")) {
    const same = other !== item && other.querySelector(`button[value="${told.evidence}"]`);
    const replaced = other !== item && !("portalSeveral" in piece.dataset) && other.querySelector("button[value]");
    if (same || replaced) other.remove();
  }
  show(item, told.state === "AVAILABLE" ? "checked" : "received", told.label);
  forgive(piece);
}

// What was asked for has come: the page no longer says that it is missing.
function forgive(piece) {
  for (const sentence of piece.querySelectorAll(".errorlist")) sentence.remove();
  piece.classList.remove("bad");
  const input = piece.querySelector("input[type=file]");
  input.removeAttribute("aria-invalid");
  const summary = document.getElementById("erreurs");
  const link = summary && summary.querySelector(`a[href="#${input.id}"]`);
  if (link) link.closest("li").remove();
  if (summary && !summary.querySelector("li")) summary.remove();
}

// -- The line ------------------------------------------------------------------------------------

function metadata(facts) {
  const base64 = (text) => btoa(unescape(encodeURIComponent(text)));
  return Object.keys(facts).map((key) => `${key} ${base64(facts[key])}`).join(",");
}

// Send a file until it is whole; resolves to what the server says of it, or to the sentence of a refusal.
async function deliver(piece, item, file) {
  const token = piece.closest("form").elements.csrfmiddlewaretoken.value;
  const headers = Object.assign({ "X-CSRFToken": token, Accept: "application/json" }, VERSION);
  let address = "";
  let offset = 0;
  let doubtful = false; // the answer to the last chunk was lost
  let size = 4 * SMALLEST;

  async function begin() {
    const facts = metadata({ piece: piece.dataset.portalPiece, filename: file.name });
    const more = { "Upload-Length": String(file.size), "Upload-Metadata": facts };
    const answer = await send(piece.dataset.portalUpload, { method: "POST", headers: Object.assign(more, headers) });
    if (answer.status !== 201) return refusal(answer);
    address = answer.headers.get("Location");
    offset = 0;
    return null;
  }

  async function ask() {
    const answer = await send(address, { method: "HEAD", headers });
    if (answer.ok) offset = Number(answer.headers.get("Upload-Offset"));
    else address = ""; // forgotten: from the beginning
    doubtful = false;
  }

  async function chunk() {
    const more = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
    const begun = Date.now();
    doubtful = true;
    const body = file.slice(offset, offset + size);
    const answer = await send(address, { method: "PATCH", body, headers: Object.assign(more, headers) });
    if (answer.status === 409 || answer.status === 423) {
      await pause(1);
      return null;
    }
    if (answer.status === 404) {
      address = "";
      return null;
    }
    if (answer.status !== 204) return answer.ok ? answer.json() : refusal(answer);
    doubtful = false;
    offset = Number(answer.headers.get("Upload-Offset"));
    if (Date.now() - begun < 1500) size = Math.min(LARGEST, size * 2);
    return null;
  }

  const told = await insist(
    async () => {
      let told = null;
      while (!told) {
        if (!address) told = await begin();
        else if (doubtful) await ask();
        else told = await chunk();
        const part = file.size ? offset / file.size : 0;
        if (!told) show(item, "sending", words.sending);
        advance(item, part);
      }
      return told;
    },
    () => {
      size = Math.max(SMALLEST, size / 2);
      show(item, "waiting", words.waiting);
      say("cut");
    }
  );
  say("");
  return Object.assign({ address }, told);
}

async function refusal(answer) {
  try {
    return await answer.json();
  } catch (error) {
    return { sentence: words.refused };
  }
}

// A file that was received is checked a little later: say so when it is.
async function follow(piece, item, address) {
  for (const seconds of LATER) {
    if (item.dataset.state !== "received") return;
    await pause(seconds);
    const answer = await send(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && answer.ok) settle(piece, item, await answer.json());
  }
}

// -- The choice of a file --------------------------------------------------------------------------

async function carry(piece, item, chosen) {
  const photos = await import("./photos.js").catch(() => null);
  const made = photos ? await photos.lighter(chosen) : { file: chosen, preview: null };
  if (made.preview) item.querySelector("[data-portal-preview]").replaceWith(made.preview);
  const told = await deliver(piece, item, made.file);
  settle(piece, item, told);
  // What waits for its message is checked with it.
  if (told.url) follow(piece, item, told.address);
}

function choose(piece, files) {
  for (const refused of piece.querySelectorAll("li[data-state=refused]")) refused.remove();
  for (const chosen of files) {
    const item = row(piece, chosen);
    show(item, "waiting", words.waiting);
    waiting += 1;
    queue = queue.then(async () => {
      await carry(piece, item, chosen);
      waiting -= 1;
    });
  }
}

// A signature drawn on the screen is a file like another.
function sign(drawing) {
  const bytes = Uint8Array.from(atob(drawing.value.split(",")[1]), (sign) => sign.charCodeAt(0));
  const piece = drawing.parentElement.querySelector("[data-portal-piece]");
  choose(piece, [new File([bytes], `${words.signature}.png`, { type: "image/png" })]);
  drawing.value = "";
  drawing.dispatchEvent(new Event("portal:sent"));
}

const known = new WeakSet();
function welcome() {
  for (const piece of document.querySelectorAll("[data-portal-piece]")) {
    if (known.has(piece)) continue;
    known.add(piece);
    const input = piece.querySelector("input[type=file]");
    for (const button of piece.querySelectorAll("button[name=attach]")) button.hidden = true;
    const take = () => {
      choose(piece, Array.from(input.files));
      // They are on their way: the form does not send them again.
      input.value = "";
    };
    input.addEventListener("change", take);
    // Chosen while this file was still coming.
    if (input.files.length) take();
  }
}
welcome();
document.addEventListener("portal:asked", welcome);

// The page waits for its files before it goes on, and stays when one of them is refused meanwhile.
waitFor(async () => {
  const refused = () => document.querySelectorAll("li[data-state=refused]");
  const before = refused().length;
  for (const drawing of document.querySelectorAll("[data-portal-signature] > [type=hidden]")) {
    if (drawing.value) sign(drawing);
  }
  await queue;
  if (refused().length <= before) return true;
  say("");
  refused()[0].scrollIntoView({ block: "center" });
  return false;
});
window.addEventListener("beforeunload", (event) => {
  if (!waiting) return;
  event.preventDefault();
  event.returnValue = "";
});
