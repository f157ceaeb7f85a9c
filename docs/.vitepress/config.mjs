// The site of the documentation: `npm run site` writes it to site/, and refuses a link that leads nowhere.
import { defineConfig } from 'vitepress';

/** @param {string} text @param {string} link */
const page = (text, link) => ({ text, link });

const guides = [
  page('Guide for hosts', '/hosts'),
  page('Lifecycle', '/lifecycle'),
  page('Bootstrap and PoC', '/bootstrap'),
  page('Transactions', '/transactions'),
  page('My node lost its weight', '/poc'),
  page('Models and configs of your own', '/models'),
  page('Addresses and arguments', '/addresses'),
  page('CI and node images', '/ci'),
  page('Regressions', '/regressions'),
  page('Settings', '/settings'),
  page('References', '/references'),
  page('The decode scheme', '/decode'),
  page('Fleet and watch', '/fleet'),
  page('Simulators', '/simulate'),
];
const help = [page('Troubleshooting', '/troubleshooting'), page('Glossary', '/glossary')];
const engineering = [
  page('For engineers', '/dev/'),
  page('Architecture', '/architecture'),
  page('The truth of the verdict', '/truth'),
  page('Faults', '/faults'),
  page('Performance', '/performance'),
  page('Dependencies', '/dev/dependencies'),
];
const chinese = [
  page('主机指南', '/zh/hosts'),
  page('PASS 的含义', '/zh/verdict'),
  page('问题排查', '/zh/troubleshooting'),
];

export default defineConfig({
  title: 'mlnode-assay',
  description: 'Validates Gonka ML nodes',
  outDir: '../site',
  // One site for a folder, a disk or a server of any path: no address is known here.
  base: process.env.SITE_BASE ?? '/',
  themeConfig: {
    search: { provider: 'local' },
    sidebar: {
      '/zh/': [{ text: '中文', items: chinese }],
      '/': [
        { text: 'Guides', items: guides },
        { text: 'Help', items: help },
        { text: 'Engineering', items: engineering },
        { text: '中文', items: chinese },
      ],
    },
  },
  // README and examples stand outside of the site; test/docs holds their links.
  ignoreDeadLinks: [/^(?:\.\/)?(?:\.\.\/)+(?:README|CONTRIBUTING|examples|artifacts)/],
});
