// Builds the gallery into dist/gallery: one page, and scripts and styles whose names change with their content.

import { fileURLToPath } from 'node:url'

/** @type {import('vite').UserConfig} */
export default {
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative URLs: scripts find each other under any base path; the server puts the base path into the page.
  base: './',
  publicDir: false,
  // The classic form is 0.5 kB smaller than the runtime of the automatic one.
  oxc: {
    jsx: { runtime: 'classic', pragma: 'jsxNode', pragmaFrag: 'JsxFragment' },
    jsxInject: "import { Fragment as JsxFragment, h as jsxNode } from 'preact'",
  },
  build: {
    target: 'es2022',
    assetsDir: '',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What every view needs is one file: small files of their own compress worse.
        codeSplitting: {
          groups: [
            {
              name: 'main',
              test: /node_modules\/(preact|@preact|openapi-fetch|thumbhash)|src\/client\/|gallery\/(main|app|account\/(account-area|arrival)|upload\/(listen|state)|texts\/en|texts\/texts)|parts\/(icon|lazy|dialog|picture|sentinel|toast-list)/,
            },
          ],
        },
      },
    },
  },
}
