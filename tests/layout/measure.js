// Measures the page as it is shown now. Each function returns a list of findings.

function shortened(text) {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > 60 ? line.slice(0, 57) + "..." : line;
}

function described(element) {
  const name = element.tagName.toLowerCase();
  const classes = [...element.classList].map((item) => "." + item).join("");
  return `${name}${classes} "${shortened(element.textContent)}"`;
}

// Furo moves its closed drawers out of the window.
function isShown(element) {
  const drawer = element.closest(".sidebar-drawer, .toc-drawer");
  if (drawer) {
    const box = drawer.getBoundingClientRect();
    if (box.right <= 0 || box.left >= innerWidth) return false;
  }
  return (
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !element.closest(".visually-hidden, .skip-to-content")
  );
}

function shownElements() {
  return [...document.body.querySelectorAll("*")].filter(
    (element) => !element.closest("svg") && isShown(element),
  );
}

// The lines of all texts, each with its rectangle.
function shownLines() {
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || !isShown(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width > 0.5 && box.height > 0.5) lines.push({ node, box });
    }
  }
  return lines;
}

function block(element) {
  let found = element;
  while (getComputedStyle(found).display.startsWith("inline")) {
    found = found.parentElement;
  }
  return found;
}

function findWide(lines) {
  const found = [];
  const page = document.scrollingElement;
  if (page.scrollWidth > innerWidth) found.push(`page: ${page.scrollWidth} px`);
  for (const element of shownElements()) {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const article = element.closest("article")?.getBoundingClientRect();
    // Headings and signatures of the theme are a little wider than the column of the text.
    const limit = Math.min(innerWidth, (article?.right ?? innerWidth) + 8);
    const more = element.scrollWidth - element.clientWidth;
    if (style.overflowX !== "visible" && more > 0) {
      found.push(`${described(element)} hides ${more} px`);
    } else if (style.display !== "inline" && box.right > limit + 1) {
      found.push(`${described(element)} ends at ${Math.round(box.right)} px`);
    }
  }
  for (const { node, box } of lines) {
    const limit = block(node.parentElement).getBoundingClientRect().right + 1;
    if (box.right <= limit) continue;
    for (const word of wordsOutside(node, limit)) {
      found.push(`"${word}" ends outside of "${shortened(node.data)}"`);
    }
  }
  return found;
}

// The browser keeps the spaces before a line break, which are not visible.
function wordsOutside(node, limit) {
  const range = document.createRange();
  return [...node.data.matchAll(/\S+/g)]
    .filter((word) => {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      return [...range.getClientRects()].some((box) => box.right > limit);
    })
    .map((word) => word[0]);
}

function findOverlaps(lines) {
  const found = [];
  const sorted = [...lines].sort((one, two) => one.box.top - two.box.top);
  sorted.forEach(({ node, box }, index) => {
    for (const other of sorted.slice(index + 1)) {
      if (other.box.top >= box.bottom) break;
      if (other.node === node) continue;
      const width =
        Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const height = Math.min(box.bottom, other.box.bottom) - other.box.top;
      // The boxes of neighbouring lines with different fonts may touch.
      if (width > 1 && height > 0.3 * Math.min(box.height, other.box.height)) {
        found.push(`"${shortened(node.data)}" and "${shortened(other.node.data)}"`);
      }
    }
  });
  return found;
}

function colour(text) {
  const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return { channels: [red, green, blue], alpha };
}

function blend(above, below, alpha) {
  return above.map((value, index) => value * alpha + below[index] * (1 - alpha));
}

function luminance(channels) {
  const [red, green, blue] = channels
    .map((value) => value / 255)
    .map((value) =>
      value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
    );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// Returns a function from elements to their background and opacity, which it remembers.
function surfaces() {
  const known = new Map([[null, { below: [255, 255, 255], opacity: 1 }]]);
  return function surface(element) {
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const parent = surface(element.parentElement);
      const { channels, alpha } = colour(style.backgroundColor);
      known.set(element, {
        below: blend(channels, parent.below, alpha),
        opacity: parent.opacity * Number(style.opacity),
      });
    }
    return known.get(element);
  };
}

// The minimum contrasts of WCAG 2.1, level AA.
function findFaint(lines) {
  const found = new Set();
  const surface = surfaces();
  for (const element of new Set(lines.map(({ node }) => node.parentElement))) {
    const style = getComputedStyle(element);
    const { below, opacity } = surface(element);
    const { channels, alpha } = colour(style.color);
    const text = blend(channels, below, alpha * opacity);
    const [light, dark] = [luminance(text), luminance(below)].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (large ? 3 : 4.5)) {
      const name = element.tagName.toLowerCase();
      const classes = [...element.classList].map((item) => "." + item).join("");
      const colours = `${style.color} on ${below.map(Math.round)}`;
      found.add(`${name}${classes}: ${contrast.toFixed(2)}, ${colours}`);
    }
  }
  return [...found];
}

function images() {
  return [...document.images].filter(isShown).map((image) => ({
    source: image.currentSrc,
    loaded: image.complete && image.naturalWidth > 0,
    width: image.getBoundingClientRect().width,
    right: image.getBoundingClientRect().right,
  }));
}

// The text of each code block, and what a reader copies by selecting it, and by its
// button.
function copies() {
  const selection = getSelection();
  const found = [];
  for (const block of document.querySelectorAll("pre:not(:has(div))")) {
    selection.selectAllChildren(block);
    const selected = selection.toString();
    const button = block.parentElement.querySelector(".copybtn");
    const code = block.cloneNode(true);
    code.querySelectorAll(".gp").forEach((prompt) => prompt.remove());
    found.push({
      text: block.textContent,
      code: code.textContent,
      selected,
      pressed: button ? copiedBy(button) : "",
    });
  }
  selection.removeAllRanges();
  return found;
}

// The clipboard of a headless browser is not readable, so its command is replaced.
function copiedBy(button) {
  const original = document.execCommand;
  let copied = "";
  document.execCommand = () => {
    copied = document.activeElement.value;
    return true;
  };
  button.click();
  document.execCommand = original;
  return copied;
}

// Without transitions, a change of the colours is complete at once.
function stopTransitions() {
  const style = document.createElement("style");
  style.textContent = "* { transition: none !important; animation: none !important }";
  document.head.append(style);
}

async function measureLayout(width) {
  await document.fonts.ready;
  while (innerWidth !== width) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  const lines = shownLines();
  return { wide: findWide(lines), overlaps: findOverlaps(lines) };
}

async function measureColours() {
  await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
  return { faint: findFaint(shownLines()), images: images() };
}
