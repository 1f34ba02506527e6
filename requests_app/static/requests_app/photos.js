// Photos are made lighter before they leave: the 4 MB of a phone become 400 kB at most.
// Whatever goes wrong, the photo leaves as it is; the server checks it either way.
const HEAVIEST = 400000; // bytes
const SIDES = [2000, 1600, 1280, 1000]; // pixels, of the longest side
const QUALITIES = [0.82, 0.7, 0.58];

// The photo upright, never enlarged, in a canvas; null when this browser cannot read it.
async function drawn(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const ground = canvas.getContext("2d");
  ground.fillStyle = "#fff"; // what is transparent would turn black
  ground.fillRect(0, 0, canvas.width, canvas.height);
  ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function encoded(canvas, quality) {
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

async function lightest(picture) {
  let photo = null;
  for (const side of SIDES) {
    const canvas = await drawn(picture, side);
    for (const quality of QUALITIES) {
      photo = await encoded(canvas, quality);
      if (photo && photo.size <= HEAVIEST) return photo;
    }
  }
  return photo;
}

// {file, preview}: what to send, and a small canvas to show (null for what is not a picture here).
export async function lighter(file) {
  if (!file.type.startsWith("image/")) return { file, preview: null };
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const preview = await drawn(picture, 160);
    const photo = file.size > HEAVIEST ? await lightest(picture) : null;
    if (picture.close) picture.close();
    if (!photo || photo.size >= file.size) return { file, preview };
    const name = `${file.name.replace(/\.\w+$/, "")}.jpg`;
    return { file: new File([photo], name, { type: "image/jpeg" }), preview };
  } catch (error) {
    return { file, preview: null };
  }
}
