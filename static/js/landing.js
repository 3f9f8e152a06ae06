// The example on the first page.

import { compare } from "./compare.js";

for (const node of document.querySelectorAll("[data-compare]")) compare(node);
