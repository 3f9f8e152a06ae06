// The face library: adding a photo.

import { takePhotos } from "./faces.js";
import { refresh } from "./fragments.js";

takePhotos(document.querySelector("[data-library]"), () => refresh(location.href, ["faces"]));
