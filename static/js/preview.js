// A small picture of a chosen file, made in the browser and kept for the life of the tab.

const WIDTH = 480;
const key = (id) => `visage:preview:${id}`;

/** Make the picture of `file` for the upload `id`; a file that the browser cannot show gets none. */
export async function remember(id, file) {
  const address = URL.createObjectURL(file);
  try {
    const source = file.type.startsWith("image/") ? await picture(address) : await frame(address);
    sessionStorage.setItem(key(id), draw(source));
  } catch {
    // HEVC and ProRes play in few browsers, and the tab's storage may be full: the icon stays.
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Show the picture of upload `id` in `place`, if there is one. */
export function show(id, place) {
  const data = sessionStorage.getItem(key(id));
  if (!data || place.querySelector("img")) return;
  const image = new Image();
  image.alt = "";
  image.src = data;
  place.replaceChildren(image);
}

async function picture(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return { node: image, width: image.naturalWidth, height: image.naturalHeight };
}

function frame(address) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, preload: "auto", src: address });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("slow")), 5000);
    video.onerror = reject;
    video.onloadedmetadata = () => {
      video.currentTime = Math.min(1, video.duration / 2);
    };
    video.onseeked = () => {
      clearTimeout(timer);
      resolve({ node: video, width: video.videoWidth, height: video.videoHeight });
    };
  });
}

function draw({ node, width, height }) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * height) / width);
  canvas.getContext("2d").drawImage(node, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.8);
}
