/** Line icons on a 20×20 grid, drawn for this page. */
const paths = {
  chat: 'M3.5 4.5h13v9h-7l-3.5 3v-3h-2.5z',
  wire: 'M3 6.5h11m-3-3 3 3-3 3M17 13.5H6m3-3-3 3 3 3',
  fault: 'M10 3 17.5 16.5h-15zM10 8v4m0 2.2v.3',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5m0 13V18M2 10h1.5m13 0H18M4.3 4.3l1.1 1.1m9.2 9.2 1.1 1.1m0-11.4-1.1 1.1m-9.2 9.2-1.1 1.1',
  moon: 'M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z',
  contrast: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14v14',
  send: 'M3 3.5 17.5 10 3 16.5 5.5 10zM5.5 10h6',
  hint: 'M10 2.5a5 5 0 0 0-3 9c.7.6 1 1.2 1 2h4c0-.8.3-1.4 1-2a5 5 0 0 0-3-9M8 16h4m-3.3 1.8h2.6',
  lock: 'M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  reply: 'M8 5 3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5',
  close: 'm5 5 10 10M15 5 5 15',
  more: 'M4.5 10h.1m5.3 0h.1m5.3 0h.1',
  refresh: 'M15.5 6.5A6.5 6.5 0 1 0 16.5 10M16 3v4h-4',
  back: 'M12.5 4 6.5 10l6 6',
  people:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2 16.5c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5M13 4a2.8 2.8 0 0 1 0 5.3M15 12.3c1.8.7 2.7 2.2 3 4.2',
  shield: 'M10 2 16.5 4.5v5c0 4-2.6 6.9-6.5 8.5-3.9-1.6-6.5-4.5-6.5-8.5v-5zM7 10h6',
} as const;

export type IconName = keyof typeof paths;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Decorative: the control around it carries the name. */
export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
