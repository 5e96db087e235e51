// The gallery: loads texts in the language of the browser, and shows the view of the address.

import { render } from 'preact'
import { followArrivals } from './account/arrival.tsx'
import { App } from './app/app.tsx'
import { loadMe } from './app/session.ts'
import './styles/base.css'
import './styles/controls.css'
import './styles/views.css'
import { loadTexts } from './texts/texts.ts'

const root = document.getElementById('app')
if (!root) throw new Error('the page has no element "app"')
void loadMe()
// Not awaited by the module: the file of another language waits for the end of this one.
void loadTexts().then(() => {
  render(<App />, root)
  followArrivals()
})
