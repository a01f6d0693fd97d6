/** Imports point one way. Each comment names the remedy. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two modules that need each other are one module, or a third one is missing: move the shared part out.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'src-knows-no-bot',
      comment:
        'src/ is the security work and would be the same on Slack: declare a port in src/ and implement it in bot/.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(bot|sandbox|cards|test|bench)/' },
    },
    {
      name: 'teams-libraries-stay-in-bot',
      comment: 'Only bot/ may import the Bot Framework, restify and the card templating: put the code there.',
      severity: 'error',
      from: { pathNot: '^(bot|test/bot|bench)/' },
      to: { path: 'node_modules/(botbuilder|botframework|restify|adaptivecards-templating)' },
    },
    {
      name: 'containment-is-pure',
      comment: 'The domain imports nothing but itself: pass facts in as plain data.',
      severity: 'error',
      from: { path: '^src/containment/' },
      to: { pathNot: '^src/containment/' },
    },
    {
      name: 'sandbox-stands-alone',
      comment: 'The sandbox starts the bot as a child process; neither side may import the other.',
      severity: 'error',
      from: { path: '^sandbox/' },
      to: { path: '^(bot|src|test|bench)/' },
    },
    {
      name: 'nobody-imports-the-sandbox',
      comment: 'Only tests and benchmarks may start the simulated servers.',
      severity: 'error',
      from: { path: '^(bot|src)/' },
      to: { path: '^sandbox/' },
    },
    {
      name: 'rooms-do-not-construct',
      comment: 'Parts are put together in bot/compose.ts only: take the part as a parameter.',
      severity: 'error',
      from: { path: '^bot/', pathNot: '^bot/(compose|main)\\.ts$|^bot/cli/' },
      to: { path: '^bot/compose\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-test-code-in-the-product',
      comment: 'Move the shared helper into the product, or copy the idea into test/support.',
      severity: 'error',
      from: { path: '^(bot|src|sandbox)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'product-needs-no-dev-dependency',
      comment: 'An installation without dev dependencies must run: move the package to dependencies.',
      severity: 'error',
      from: { path: '^(bot|src)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'] },
  },
};
