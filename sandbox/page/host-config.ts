/**
 * Teams' host config: sizes and spacings as the Teams client renders them. Colours are CSS variables of colours.css,
 * so that switching between light and dark recolours a card without rendering it again.
 */
const colorNames = ['default', 'dark', 'light', 'accent', 'good', 'warning', 'attention'] as const;

function foregroundColors() {
  const pairs = colorNames.map((name) => [
    name,
    { default: `var(--card-${name})`, subtle: `var(--card-${name}-subtle, var(--card-${name}))` },
  ]);
  return Object.fromEntries(pairs) as Record<string, { default: string; subtle: string }>;
}

function containerStyle(name: string) {
  return {
    backgroundColor: `var(--card-bg-${name})`,
    borderColor: `var(--card-border-${name}, transparent)`,
    foregroundColors: foregroundColors(),
  };
}

const fontSizes = { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 };
const fontWeights = { lighter: 300, default: 400, bolder: 600 };

export const teamsHostConfig = {
  supportsInteractivity: true,
  fontTypes: {
    default: { fontFamily: 'var(--font)', fontSizes, fontWeights },
    monospace: { fontFamily: 'var(--font-mono)', fontSizes: { ...fontSizes, default: 13 }, fontWeights },
  },
  lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--card-separator)' },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: containerStyle('default'),
    emphasis: containerStyle('emphasis'),
    accent: containerStyle('accent'),
    good: containerStyle('good'),
    attention: containerStyle('attention'),
    warning: containerStyle('warning'),
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'bolder' },
    },
    errorMessage: { color: 'attention', weight: 'default' },
  },
  actions: {
    maxActions: 6,
    spacing: 'default',
    buttonSpacing: 8,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
    allowTitleToWrap: false,
  },
  adaptiveCard: { allowCustomStyle: false },
  factSet: {
    title: { weight: 'bolder', wrap: true, maxWidth: 150 },
    value: { wrap: true },
    spacing: 16,
  },
  textStyles: {
    heading: { size: 'large', weight: 'bolder', color: 'default', isSubtle: false, fontType: 'default' },
  },
} as const;
