// Colours that can be read on each other (WCAG 2.2: a contrast of 4.5 and more), whatever the page chose.
const ENOUGH = 4.6;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const LIGHT = [238, 242, 246];
const DARK = [38, 49, 60];

function luminance(colour) {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** The colour, mixed with as little of another one as it takes to be read on a surface. */
function readable(colour, surface, towards) {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = colour.map((value, part) => Math.round(value + (towards[part] - value) * share));
    if (contrast(mixed, surface) >= ENOUGH) return mixed;
  }
  return towards;
}

/** CSS variables for a brand colour, as "rgb(r, g, b)"; null for what is no plain colour. */
export function palette(colour, dark) {
  const parts = /^rgba?\((\d+)[, ]+(\d+)[, ]+(\d+)/.exec(colour);
  if (!parts) return null;
  const brand = parts.slice(1, 4).map(Number);
  const accent = dark ? readable(brand, DARK, WHITE) : readable(brand, LIGHT, BLACK);
  const ink = contrast(brand, WHITE) >= ENOUGH ? WHITE : BLACK;
  const css = (value) => `rgb(${value.join(" ")})`;
  return { "--brand": css(ink === WHITE ? brand : readable(brand, BLACK, WHITE)), "--on-brand": css(ink), "--accent": css(accent) };
}
