// Comforts of some questions: two linked lists, a point of the map, a signature. Each works without this file:
// both lists show everything, the place is said in words, the signature is a photo of a paper.

// Give each element of `selector` its comfort once, also in questions that come in later.
function forEach(selector, comfort) {
  const known = new WeakSet();
  const look = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (known.has(element)) continue;
      known.add(element);
      comfort(element);
    }
  };
  look();
  document.addEventListener("portal:asked", look);
}

function told(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

// -- Two linked lists: a line of the second begins with the value of the first and a colon ---------

function link(first, second) {
  const lines = Array.from(second.children);
  const belongs = (line) => line.value.split(":")[0] === first.value;

  function narrow() {
    const chosen = second.value;
    second.textContent = "";
    for (const line of lines) {
      if (line.tagName !== "OPTGROUP") second.append(line);
      else if (!first.value) second.append(line);
      else if (belongs(line.firstElementChild)) second.append(...Array.from(line.children, (one) => one.cloneNode(true)));
    }
    second.value = chosen;
    if (second.selectedIndex < 0) second.value = "";
    second.closest(".part").hidden = Boolean(first.value) && second.options.length < 2;
  }

  first.addEventListener("change", narrow);
  second.addEventListener("change", () => {
    if (first.value || !second.value) return;
    first.value = second.value.split(":")[0];
    narrow();
  });
  narrow();
}

function linkBoth(hook, owner, owned) {
  forEach(`[${hook}="${owner}"]`, (first) => link(first, first.closest(".parts").querySelector(`[${hook}="${owned}"]`)));
}

linkBoth("data-portal-place", "arrondissement", "quartier");
linkBoth("data-portal-linked", "first", "second");

// The words of the buttons are the page's: <template data-portal-comforts data-…>.
const template = document.querySelector("template[data-portal-comforts]");
const words = template ? template.dataset : {};

function button(text, act) {
  const made = document.createElement("button");
  Object.assign(made, { type: "button", className: "btn small", textContent: text });
  made.addEventListener("click", act);
  return made;
}

function status() {
  const made = document.createElement("p");
  made.className = "soft";
  made.setAttribute("role", "status");
  return made;
}

// -- A point of the map: "Ma position" ---------------------------------------------------------

forEach("[data-portal-map]", (frame) => {
  if (!navigator.geolocation) return;
  const lat = frame.querySelector("[name$='-lat']");
  const lng = frame.querySelector("[name$='-lng']");
  const said = status();
  const comma = document.documentElement.lang === "fr" ? "," : ".";

  function found(place) {
    const near = Math.max(1, Math.round(place.coords.accuracy));
    lat.value = place.coords.latitude.toFixed(5).replace(".", comma);
    lng.value = place.coords.longitude.toFixed(5).replace(".", comma);
    said.textContent = words.found.replace("[m]", near);
    told(lng);
  }

  function lost() {
    said.textContent = words.lost;
  }

  const where = button(words.where, () => {
    said.textContent = words.looking;
    navigator.geolocation.getCurrentPosition(found, lost, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
  });
  frame.prepend(where, said);
});

// -- A signature drawn on the screen -----------------------------------------------------------

forEach("[data-portal-signature]", (frame) => {
  const drawn = frame.querySelector(`[name="${frame.dataset.portalSignature}_drawn"]`);
  const sheet = document.createElement("canvas");
  const pen = sheet.getContext("2d");
  if (!pen || !window.PointerEvent) return;
  const strokes = [];
  Object.assign(sheet, { width: 600, height: 240, className: "sheet" });
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", words.sheet);

  function draw() {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, sheet.width, sheet.height);
    Object.assign(pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#10243a" });
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x, y);
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]); // a dot
      pen.stroke();
    }
  }

  function keep() {
    draw();
    drawn.value = strokes.length ? sheet.toDataURL("image/png") : "";
    undo.disabled = clear.disabled = !strokes.length;
  }

  function place(event) {
    const box = sheet.getBoundingClientRect();
    return [((event.clientX - box.left) * sheet.width) / box.width, ((event.clientY - box.top) * sheet.height) / box.height];
  }

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    strokes.push([place(event)]);
    draw();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!sheet.hasPointerCapture(event.pointerId)) return;
    strokes[strokes.length - 1].push(place(event));
    draw();
  });
  sheet.addEventListener("lostpointercapture", keep);

  const undo = button(words.undo, () => {
    strokes.pop();
    keep();
  });
  const clear = button(words.clear, () => {
    strokes.length = 0;
    keep();
  });
  drawn.addEventListener("portal:sent", () => {
    strokes.length = 0;
    keep();
  });
  const label = document.createElement("p");
  label.className = "help";
  label.textContent = words.sign;
  const buttons = document.createElement("p");
  buttons.className = "sheet-buttons";
  buttons.append(undo, clear);
  frame.querySelector(".upload").before(label, sheet, buttons);
  keep();
});
