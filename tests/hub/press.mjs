// Which controls of a page cannot be pressed at their centre, at a given size of the screen.

/** Widths and heights: phones, tablets and desktops in both orientations. */
export const SCREENS = [
  [320, 568], [568, 320], [360, 740], [740, 360], [600, 960], [960, 600], [768, 1024], [1024, 768],
  [834, 1112], [1112, 834], [1280, 800], [800, 1280],
];

/** A window of 1280 x 800 at 200, 300 and 400 %: the page has so many pixels of its own. */
export const ZOOMED = [[640, 400], [427, 267], [320, 200]];

/**
 * Brings each visible control into view as a person would, and presses its centre: what is on top
 * there must be the control. Returns a line for each where it is not.
 */
export async function covered(page) {
  return page.evaluate(() => {
    const wanted = "main :is(button, summary, select, input, textarea, a.button, .call, .choice label, .card a, .tile), nav a, .kiosk-done, header a, footer a";
    const seen = [...document.querySelectorAll(wanted)].filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0);
    // A choice is pressed by its label, which covers its field. The link that skips to the content
    // is on the screen only while it has the focus.
    const controls = seen.filter((element) => !(element.labels?.length && element.closest(".choice")) && !element.matches(".skip-link"));
    const name = (element) => (element.innerText || element.getAttribute("aria-label") || element.id || element.outerHTML).trim().slice(0, 40);
    const faults = [];
    for (const element of controls) {
      element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
      const first = element.getClientRects()[0];
      const [x, y] = [first.x + first.width / 2, first.y + first.height / 2];
      if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) {
        faults.push(`${name(element)}: outside the screen at ${Math.round(x)}, ${Math.round(y)}`);
        continue;
      }
      const top = document.elementFromPoint(x, y);
      // A link that fills its card is pressed anywhere on the card.
      const isSame = top && (element.contains(top) || top.contains(element) && top.closest(".card, .tile, .call, .choice") !== null);
      if (!isSame) faults.push(`${name(element)}: under ${top ? `${top.tagName.toLowerCase()}.${top.className} "${name(top)}"` : "nothing"}`);
    }
    scrollTo(0, 0);
    return faults;
  });
}
