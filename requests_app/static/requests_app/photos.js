// Photos are made lighter before they leave: the 4 MB of a phone become a few hundred kB.
// Without this file they leave as they are; the server checks them either way.
const LONGEST_SIDE = 2200;
const QUALITY = 0.82;
const ALREADY_LIGHT = 600_000; // bytes

async function lighter(file) {
  if (!file.type.startsWith("image/") || file.size < ALREADY_LIGHT) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const photo = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!photo || photo.size >= file.size) return file;
    return new File([photo], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file; // a picture this browser cannot read: the server says why
  }
}

for (const form of document.querySelectorAll("form[enctype='multipart/form-data']")) {
  let working = null;
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    working = Promise.all(Array.from(input.files, lighter)).then((photos) => {
      const chosen = new DataTransfer();
      for (const photo of photos) chosen.items.add(photo);
      input.files = chosen.files;
      working = null;
    });
  });
  form.addEventListener("submit", (event) => {
    if (!working) return;
    event.preventDefault();
    working.then(() => form.requestSubmit(event.submitter));
  });
}
