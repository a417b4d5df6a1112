/* Streamlit goes to a page with a query in two entries of the history: this page with that query, then that page. Back
   would lead to the first, which never was, and lose the filters of a list: the two become one. */

/** Milliseconds within which the second follows the first. */
const PAIR = 8000;

/** Join such pairs from now on; once in a window. */
function joinEntries() {
  if (history.joinsEntries) return;
  history.joinsEntries = true;
  const push = history.pushState;
  let first = null;
  addEventListener("popstate", () => (first = null));
  history.pushState = (state, unused, url) => {
    const to = new URL(url ?? location.href, location.href);
    const same = to.pathname === location.pathname;
    const soon = first && performance.now() - first.at < PAIR;
    const second = soon && !same && first.search === to.search;
    first = same ? { search: to.search, at: performance.now() } : null;
    return (second ? history.replaceState : push).call(history, state, unused, url);
  };
}
