// Reads the seal a QR carries after # (it never reaches the server), checks it with the published keys, shows what it says.
(async () => {
  const box = document.querySelector("[data-portal-seal]"), text = location.hash.slice(1);
  if (!box || !text) return;
  history.replaceState(null, "", location.pathname);
  const show = (what) => { box.hidden = box.querySelector(`[data-when=${what}]`).hidden = false; };
  const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ$*+-:";
  const bad = () => { throw new RangeError(); };
  const base41 = (s) => {
    const out = [];
    for (let i = 0; i < s.length; i += 3) {
      const group = [...s.slice(i, i + 3)];
      const n = group.reduce((sum, c) => sum * 41 + (SYMBOLS.includes(c) ? SYMBOLS.indexOf(c) : bad()), 0);
      if (group.length < 2 || n >= 256 ** (group.length - 1)) bad();
      if (group.length === 3) out.push(n >> 8);
      out.push(n & 255);
    }
    return new Uint8Array(out);
  };
  const cbor = (bytes) => {
    let at = 0;
    const take = (n) => (at + n > bytes.length ? bad() : bytes.slice(at, (at += n)));
    const item = () => {
      const head = take(1)[0], kind = head >> 5;
      let n = head & 31;
      if (n > 26) bad();
      if (n > 23) n = take(1 << (n - 24)).reduce((sum, b) => sum * 256 + b, 0);
      if (kind < 2) return kind ? -1 - n : n;
      if (kind < 4) return kind === 2 ? take(n) : new TextDecoder("utf-8", { fatal: true }).decode(take(n));
      if (kind === 4) return Array.from({ length: Math.min(n, 99) }, item);
      return kind === 5 ? new Map(Array.from({ length: Math.min(n, 99) }, () => [item(), item()])) : bad();
    };
    const value = item();
    return at === bytes.length ? value : bad();
  };
  const utf8 = (s) => [...new TextEncoder().encode(s)];
  const sized = (kind, b) => [...(b.length < 24 ? [kind + b.length] : b.length < 256 ? [kind + 24, b.length] : [kind + 25, b.length >> 8, b.length & 255]), ...b];
  const day = (n) => new Date(Date.UTC(1900, 0, 1 + n)), iso = (n) => day(n).toISOString().slice(0, 10);
  const words = (n) => n < 0 && -n > 1000 ? -n : day(n).toLocaleDateString(document.documentElement.lang, { dateStyle: "long", timeZone: "UTC" });
  let list;
  try {
    if (!crypto.subtle) throw 0;
    list = await (await fetch(box.dataset.keys)).json();
  } catch { return show("unchecked"); }
  try {
    const [head, , payload, signature] = cbor(base41(text)), claims = cbor(payload);
    const kid = [...cbor(head).get(4)].map((b) => b.toString(16).padStart(2, "0")).join("");
    const key = list.keys.find((k) => k.kid === kid), issued = iso(claims.get(2));
    if (issued < key.issue_from || issued > key.issue_to || (key.status === "compromised" && !(issued < key.trust_before))) bad();
    const { kty, crv, x, y } = key, algorithm = { name: "ECDSA", namedCurve: crv, hash: "SHA-256" };
    const signed = [0x84, ...sized(96, utf8("Signature1")), ...sized(64, head), ...sized(64, utf8(list.bound + box.dataset.code)), ...sized(64, payload)];
    const publicKey = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
    if (!(await crypto.subtle.verify(algorithm, publicKey, signature, new Uint8Array(signed)))) bad();
    for (const line of box.querySelectorAll("[data-claim]")) {
      const name = +line.dataset.claim, value = claims.get(name);
      if (value === undefined) line.remove();
      else line.lastElementChild.textContent = name === 0 ? list.types[value] : [2, 3, 7].includes(name) ? words(value) : value;
    }
    show("good");
  } catch {
    // The registry may well know the code: it was copied from another paper. The fraud comes first on the page.
    const title = document.querySelector("h1");
    title.nextElementSibling.remove();
    title.textContent = document.title = box.dataset.altered;
    title.after(box);
    show("altered");
  }
})();
