/* The history of the window, as the person went. Streamlit writes more of it:
   - It goes to a page with a query in two entries: this page with that query, then that page. Back would lead to the
     first, which never was, and lose the filters of a list: the two become one.
   - After Back, a run of the page one came from may still begin: Streamlit goes there, and returns. Until the person does
     something, no entry is new. */

/** Milliseconds within which the second follows the first. */
const PAIR = 8000;

/** Keep the history so from now on; once in a window. */
function joinEntries() {
  if (history.joinsEntries) return;
  history.joinsEntries = true;
  const push = history.pushState;
  let first = null;
  let returned = false;
  addEventListener("popstate", () => {
    first = null;
    returned = true;
  });
  for (const act of ["keydown", "pointerdown"]) addEventListener(act, () => (returned = false), true);
  history.pushState = (state, unused, url) => {
    const to = new URL(url ?? location.href, location.href);
    const same = to.pathname === location.pathname;
    const soon = first && performance.now() - first.at < PAIR;
    const second = soon && !same && first.search === to.search;
    first = same && !returned ? { search: to.search, at: performance.now() } : null;
    return (second || returned ? history.replaceState : push).call(history, state, unused, url);
  };
}
