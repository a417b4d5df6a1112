/*
 * The page's own log. `rewrite(why, draw)` changes the page: it raises the running number, notes the time, and draws it.
 * The first event of every gesture (pointerdown, keydown, wheel) is noted before any handler of the page: with the number
 * that was current then. Everything is reported to the site as it happens; times are milliseconds since the epoch.
 */
(() => {
  const name = location.pathname.split("/").pop().replace(".html", "");
  const now = () => performance.timeOrigin + performance.now();
  let number = 0;
  let seq = 0;
  const tell = (entry) => navigator.sendBeacon(`/log/${name}`, JSON.stringify({ seq: seq++, at: now(), ...entry }));
  window.current = () => number;
  window.rewrite = (why, draw) => {
    number += 1;
    draw(number);
    tell({ change: number, why });
  };
  for (const type of ["pointerdown", "keydown", "wheel"]) {
    window.addEventListener(type, (event) => {
      if (event.isTrusted) tell({ gesture: type, current: number });
    }, { capture: true, passive: true });
  }
})();
