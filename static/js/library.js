// The face library, and the page of one face: adding photos.

import { takePhotos } from "./faces.js";
import { refresh } from "./fragments.js";

takePhotos(document.querySelector("[data-library]"), () => refresh(location.href, ["faces"]));
