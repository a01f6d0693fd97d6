import type {
  Device,
  InvokeRequest,
  InvokeResponse,
  Message,
  PageState,
  Preset,
  ToastNotice,
  WireEntry,
} from './types.ts';

/** Teams gives up on an invoke after 15 s; the page server says so with a 504, so the page waits a little longer. */
const invokeTimeoutMs = 20_000;
const timeoutMs = 10_000;

export interface PageEvents {
  readonly message: (message: Message) => void;
  readonly update: (message: Message) => void;
  readonly toast: (notice: ToastNotice) => void;
  readonly wire: (entry: WireEntry) => void;
  readonly faults: (presets: readonly Preset[]) => void;
  readonly devices: (devices: readonly Device[]) => void;
  /** `false` when the stream broke; `true` when it stands (again). */
  readonly connection: (up: boolean) => void;
}

export interface OutgoingMessage {
  readonly conversationId: string;
  readonly threadId?: string;
  readonly text: string;
  readonly mention: boolean;
  readonly alone: boolean;
}

export type Api = ReturnType<typeof createApi>;

export function createApi(as: string) {
  const me = `as=${encodeURIComponent(as)}`;
  return {
    state: () => getJson<PageState>(`/api/state?${me}`),
    messages: (conversation: string) =>
      getJson<Message[]>(`/api/messages?${me}&conversation=${encodeURIComponent(conversation)}`),
    wire: (): Promise<WireEntry[]> => getJson('/api/wire?since=0'),
    send: (message: OutgoingMessage) => sendMessage(`/api/messages?${me}`, message),
    invoke: (request: InvokeRequest) => invoke(`/api/invoke?${me}`, request),
    setFault: (preset: string, on: boolean) => post('/api/faults', { preset, on }, timeoutMs),
    resetFaults: () => post('/api/faults', { reset: true }, timeoutMs),
    setDevice: (id: string, online: boolean) => post('/api/devices', { id, online }, timeoutMs),
    changeInPortal: (id: string, action: 'restrict' | 'unrestrict') =>
      post('/api/portal', { id, action }, timeoutMs),
    listen: (events: PageEvents) => listen(`/api/events?${me}`, events),
  };
}

async function getJson<T>(path: string): Promise<T> {
  const answer = await fetch(path, { signal: AbortSignal.timeout(timeoutMs) });
  if (!answer.ok) throw new Error(`The page server answered ${answer.status} to ${path}.`);
  return (await answer.json()) as T;
}

function post(path: string, body: object, timeout: number): Promise<Response> {
  return fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
}

/** Answers what went wrong, in words for the person, or nothing. */
async function sendMessage(path: string, message: OutgoingMessage): Promise<string | undefined> {
  try {
    // Sending waits for the bot's turn behind the server, hence the longer limit.
    const answer = await post(path, message, invokeTimeoutMs);
    const body = (await answer.json()) as { ok?: boolean; error?: string };
    return body.ok ? undefined : (body.error ?? 'Message not sent. Try again.');
  } catch {
    return 'Message not sent: the sandbox did not answer. Try again.';
  }
}

async function invoke(path: string, request: InvokeRequest): Promise<InvokeResponse> {
  try {
    const answer = await post(path, request, invokeTimeoutMs);
    return (await answer.json()) as InvokeResponse;
  } catch {
    return {
      statusCode: 504,
      type: 'application/vnd.microsoft.error',
      value: { code: 'Unreachable', message: 'Unable to reach app. Please try again.' },
    };
  }
}

interface EventData {
  readonly message: { readonly message: Message };
  readonly update: { readonly message: Message };
  readonly toast: ToastNotice;
  readonly wire: { readonly entry: WireEntry };
  readonly faults: { readonly presets: readonly Preset[] };
  readonly devices: { readonly devices: readonly Device[] };
}

function listen(path: string, events: PageEvents): void {
  const stream = new EventSource(path);
  const on = <K extends keyof EventData>(name: K, handle: (data: EventData[K]) => void) => {
    stream.addEventListener(name, (event) =>
      handle(JSON.parse((event as MessageEvent<string>).data) as EventData[K]),
    );
  };
  on('message', ({ message }) => events.message(message));
  on('update', ({ message }) => events.update(message));
  on('toast', events.toast);
  on('wire', ({ entry }) => events.wire(entry));
  on('faults', ({ presets }) => events.faults(presets));
  on('devices', ({ devices }) => events.devices(devices));
  stream.addEventListener('open', () => events.connection(true));
  stream.addEventListener('error', () => events.connection(false));
}
