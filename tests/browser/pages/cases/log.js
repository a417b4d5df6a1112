/* The page's own log: what it was done to it and when, told to its server; what it `say`s also stands on the page. */
{
  // What a page may spoil later is kept now; only plain texts are stringified, for those have no toJSON.
  const now = () => performance.timeOrigin + performance.now();
  const { stringify } = JSON;
  const listen = window.addEventListener;
  const tell = ({ kind, text }) => navigator.sendBeacon('/log',
    `{"at": ${now()}, "url": ${stringify(location.href)}, "kind": ${stringify(kind)}, "text": ${stringify(text)}}`);

  /** An effect: a line on the page that lies over nothing and moves nothing, and an entry of the log. */
  window.say = (text) => {
    tell({ kind: 'effect', text });
    let list = document.getElementById('said');
    if (!list) {
      list = document.createElement('div');
      list.id = 'said';
      list.style.cssText = 'position:fixed;right:4px;bottom:4px;text-align:right;pointer-events:none;font:11px sans-serif';
      (document.body ?? document.documentElement).append(list);
    }
    const line = document.createElement('div');
    line.textContent = text;
    list.append(line);
  };

  /** An effect that shows nothing: the log alone. */
  window.note = (text) => tell({ kind: 'note', text });

  for (const name of ['pointerdown', 'keydown', 'wheel', 'drop'])
    listen.call(window, name, (event) => event.isTrusted && tell({ kind: 'event', text: name }), { capture: true, passive: true });
}
