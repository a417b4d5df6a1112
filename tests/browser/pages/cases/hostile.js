/* What the page does to its own world before anything else runs, by the name after `?how=`. */
{
  const junk = () => { throw new Error('spoilt'); };
  const everywhere = ['pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click', 'keydown', 'keyup', 'input', 'change', 'focus', 'wheel'];
  const ways = {
    'stop-propagation'() {
      for (const name of everywhere) {
        window.addEventListener(name, (event) => {
          event.stopImmediatePropagation();
          if (name === 'click' && event.target.localName === 'button') say('pressed');
          if (name === 'keydown' && event.key === 'Enter') note(`entered ${event.target.value}`);
        }, true);
      }
    },
    'add-listener'() {
      EventTarget.prototype.addEventListener = junk;
      EventTarget.prototype.removeEventListener = junk;
      MutationObserver.prototype.observe = junk;
    },
    stringify() {
      JSON.stringify = () => '{"spoilt": true}';
      JSON.parse = junk;
    },
    'to-json'() {
      for (const type of [Object, Array, String, Number, Date]) type.prototype.toJSON = () => 'spoilt';
    },
    builtins() {
      Array.from = junk;
      for (const name of ['map', 'filter', 'push', 'join', 'includes', 'forEach', 'slice']) Array.prototype[name] = junk;
      for (const name of ['keys', 'entries', 'assign']) Object[name] = junk;
      for (const name of ['get', 'set', 'has']) Map.prototype[name] = junk;
      Element.prototype.getBoundingClientRect = () => ({ left: 0, top: 0, width: 1, height: 1 });
      Document.prototype.elementFromPoint = () => null;
      Document.prototype.querySelectorAll = junk;
      window.getComputedStyle = junk;
      window.MutationObserver = window.WeakMap = window.Promise = undefined;
    },
    frozen() {
      for (const type of [Object, Array, String, Function, Node, Element, HTMLElement, EventTarget, Document, Event]) {
        Object.freeze(type.prototype);
        Object.freeze(type);
      }
      Object.freeze(JSON);
    },
    'our-names'() {
      for (const name of ['__stepscope', 'stepscope', 'observe', 'memory']) {
        Object.defineProperty(window, name, { get() { note(`somebody asked for ${name}`); return junk; } });
      }
    },
    throws() {
      for (const name of everywhere) window.addEventListener(name, junk, true);
    },
    watches() {
      new MutationObserver((records) => {
        for (const record of records) {
          if (record.type === 'attributes') note(`foreign attribute ${record.attributeName}`);
          for (const node of record.addedNodes) if (!node.parentNode?.closest?.('#said') && node.id !== 'said') note(`foreign ${node.nodeName}`);
        }
      }).observe(document, { subtree: true, childList: true, attributes: true });
    },
  };
  const how = new URLSearchParams(location.search).get('how');
  if (how === 'watches') addEventListener('load', ways.watches);
  else ways[how]?.();
}
