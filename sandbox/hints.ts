import { addressBook } from './address-book.ts';

export interface Hint {
  readonly title: string;
  /** What to type; the chat page puts it into the composer. */
  readonly text: string;
}

/** What a newcomer may type first. */
export function hints(): Hint[] {
  const workstation = addressBook.device('ws-finance-017');
  const server = addressBook.device('srv-files-01');
  const laptop = addressBook.device('lt-sales-118');
  const mac = addressBook.device('mb-studio-05');
  return [
    {
      title: 'Ask to restrict the workstation of the finance team',
      text: `/restrict ${workstation.id} Opened the phishing attachment, beacon seen`,
    },
    {
      title: 'Ask for the file server (Sam may approve this one)',
      text: `/restrict ${server.id} Encryption started on a share`,
    },
    {
      title: 'A laptop that is offline: the action stays Pending',
      text: `/restrict ${laptop.id} Stolen at the airport`,
    },
    { title: 'A Mac: Defender cannot do this there', text: `/restrict ${mac.id} Unknown binary runs` },
    { title: 'Lift the restriction again', text: `/unrestrict ${workstation.id} Cleaned and checked` },
    { title: 'What else there is', text: '/help' },
  ];
}
