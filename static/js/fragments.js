// Parts of a page rendered again by the server and put in place: the row is the truth, one template shows it.

/** Fetch `address` and replace the elements whose data-fragment is in `names`. Returns the fetched document. */
export async function refresh(address, names) {
  const fresh = await load(address);
  for (const name of names) {
    const old = document.querySelector(`[data-fragment="${name}"]`);
    const next = fresh.querySelector(`[data-fragment="${name}"]`);
    if (old && next) old.replaceWith(document.adoptNode(next));
  }
  return fresh;
}

/** The page at `address` as a document of its own. */
export async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (answer.redirected && new URL(answer.url).pathname === "/login") location.reload();
  if (!answer.ok) throw new TypeError(`answer ${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
