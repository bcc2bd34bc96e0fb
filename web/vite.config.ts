import { defineConfig } from 'vite';

// `npm run dev` shows the page from sources, over an API that runs: STREAMGAUGE_API=http://localhost:8080
const api = process.env['STREAMGAUGE_API'] ?? 'http://localhost:8080';

export default defineConfig({
  base: './',
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: { '/v1': api, '/aggregates': api, '/health': api } },
});
