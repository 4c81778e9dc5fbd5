// The few things WebAssembly cannot do itself: sound, keys of the whole page, where the mouse is, width, focus, clipboard, files.

const patterns = {
  // [frequency Hz, start s, length s], loudness. The more urgent, the more, the higher and the faster.
  P1: { gain: 0.35, notes: [[880, 0, .14], [660, .18, .14], [880, .36, .14], [660, .54, .14], [988, .76, .3]] },
  P2: { gain: 0.22, notes: [[660, 0, .16], [660, .24, .16], [784, .48, .22]] },
  P3: { gain: 0.1, notes: [[440, 0, .18]] },
  lost: { gain: 0.25, notes: [[520, 0, .25], [390, .28, .25], [260, .56, .4]] },
};
let audio;

export function play(name) {
  audio ??= new AudioContext();
  if (audio.state !== 'running') return false;
  const { gain, notes } = patterns[name];
  for (const [frequency, start, length] of notes) {
    const at = audio.currentTime + start;
    const tone = new OscillatorNode(audio, { type: 'triangle', frequency });
    const level = new GainNode(audio, { gain: 0 });
    level.gain.setValueAtTime(0, at);
    level.gain.linearRampToValueAtTime(gain, at + .015);
    level.gain.setValueAtTime(gain, at + length - .03);
    level.gain.linearRampToValueAtTime(0, at + length);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
  }
  return true;
}

export async function enable() {
  audio ??= new AudioContext();
  if (audio.state !== 'running') await Promise.race([audio.resume(), new Promise(done => setTimeout(done, 500))]);
  return audio.state === 'running';
}

let keyTarget, keysHeard;
const known = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'j', 'k', 'a', 'd', 'c', 'n', 'h', 't', 'p', 'r', 's', 'x', 'Enter', '/', '?', 'Escape']);

export function listenKeys(target) {
  keyTarget = target;
  if (keysHeard) return;
  keysHeard = true;
  document.addEventListener('keydown', event => {
    const at = event.target;
    if (!keyTarget || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const typing = at.matches?.('input, textarea, select, [contenteditable]');
    if (typing && event.key !== 'Escape') return;
    if (event.key === 'Enter' && at.matches?.('a, button, summary')) return;
    // The choices of a form that is open have numbers.
    const choice = /^[1-9]$/.test(event.key) && at.closest('.ask')?.querySelectorAll('.chip')[event.key - 1];
    if (choice) { event.preventDefault(); choice.click(); return; }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!known.has(key)) return;
    event.preventDefault();
    if (typing && !at.closest('.ask')) at.blur();
    else keyTarget.invokeMethodAsync('Key', key);
  });
}

export function watchHover(id, target) {
  const element = document.getElementById(id);
  let over = false, timer;
  const here = keyTarget;
  const say = now => { if (now !== over && here === keyTarget) { over = now; target.invokeMethodAsync('Hover', now); } };
  const leave = () => { clearTimeout(timer); say(false); };
  element?.addEventListener('pointermove', event => {
    if (event.pointerType !== 'mouse') return;
    clearTimeout(timer);
    timer = setTimeout(leave, 10000); // a mouse left lying there must not hold the queue back for hours
    say(true);
  });
  element?.addEventListener('pointerleave', leave);
}

export function watchWidth(target) {
  const narrow = matchMedia('(max-width: 760px)');
  // A page that was left hears of nothing any more.
  const here = keyTarget;
  narrow.onchange = () => { if (here === keyTarget) target.invokeMethodAsync('Narrow', narrow.matches); };
  target.invokeMethodAsync('Narrow', narrow.matches);
}

let before;

export function focusInto(id) {
  before ??= document.activeElement;
  focusOn(id);
}

export function focusBack(fallback) {
  // Only a focus that went with the form is given back; a person who has gone elsewhere is not called away.
  const lost = !document.activeElement || document.activeElement === document.body;
  const usable = before?.isConnected && before !== document.body && !before.disabled;
  if (lost) (usable ? before : document.getElementById(fallback))?.focus({ preventScroll: true });
  before = undefined;
}

export function focusOn(id) {
  const element = document.getElementById(id);
  element?.focus();
  element?.scrollIntoView({ block: 'nearest' });
}

export function show(selector) { document.querySelector(selector)?.scrollIntoView({ block: 'nearest', inline: 'center' }); }

export function reveal(id, row, height) {
  const list = document.getElementById(id);
  if (!list) return;
  const top = row * height;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + height > list.scrollTop + list.clientHeight) list.scrollTop = top + height - list.clientHeight;
}

export async function copy(text) {
  // Plain http on a LAN address is no secure context and has no clipboard: the person copies by hand.
  try { await navigator.clipboard.writeText(text); return true; } catch { return false; }
}

export function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function markDocument(attribute, value) { document.documentElement.setAttribute(attribute, value); }
