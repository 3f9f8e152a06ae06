// The people of an upload, as far as the service has found them.

import { getJson, pause, request } from "./api.js";

const LOOK_EVERY = 600;

/** Have the people of an upload found; done once that has ended, well or not. */
export async function searched(upload) {
  const path = `/uploads/${upload}/persons`;
  await request("POST", `/api/v1${path}`);
  for (;;) {
    const cast = await getJson(path).catch((error) => {
      if (error.status && !error.passing) throw error;
    });
    if (cast && cast.state !== "searching") return;
    await pause(LOOK_EVERY);
  }
}
