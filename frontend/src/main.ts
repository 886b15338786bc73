import { mount } from 'svelte';

import './styles/fonts.css';
import './styles/ground.css';
import './styles/page.css';
import App from './view/App.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('index.html has no #app');
mount(App, { target });
