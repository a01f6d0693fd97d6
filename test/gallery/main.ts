import { openGallery } from './server.ts';

/** `npm run gallery`: every card in every state, theme and width on one page, drawn anew at each reload. */
const wantedPort = 3990;

const { origin } = await openGallery(wantedPort);
console.log(`Every card in every state: ${origin}`);
