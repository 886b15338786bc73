import { mount } from 'svelte';

import './styles/fonts.css';
import './styles/ground.css';
import './styles/page.css';
import './styles/forced.css';
import { AddressBar } from './interaction/address';
import { loadFonts, measureText } from './interaction/measure';
import { Session } from './state/session.svelte';
import App from './view/App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');

/** For so long the page waits with its own building until the program is on its way to the server. */
const PATIENCE_MS = 50;

const session = new Session(measureText);
const address = new AddressBar();
session.program.drawable = loadFonts();
// Server and page then work at the same time.
await Promise.race([
  session.start(address.begin()),
  new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
]);
mount(App, { target, props: { session, address } });
