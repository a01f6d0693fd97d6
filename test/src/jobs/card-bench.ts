import type { RequestId } from '../../../src/containment/ids.ts';
import { alex, sam } from '../../support/requests.ts';
import { anAwaitingRequest } from '../../support/running-request.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

/** A workbench for the job that shows cards, for the tests of one file. */
export function setCardBench() {
  let opened: Workbench | undefined;
  const bench = (): Workbench => {
    if (opened === undefined) throw new Error('The workbench is open only while tests run.');
    return opened;
  };
  before(async () => {
    opened = await openWorkbench();
  });
  after(() => bench().close());
  beforeEach(() => {
    bench().chatSays.said.length = 0;
    bench().chatSays.script.before = () => undefined;
  });
  const sync = (requestId: RequestId) => bench().handlers['sync-card']({ requestId });
  /** Longer than the least time between two edits of a card. */
  const laterOn = () => {
    bench().time.ahead += 2;
  };
  return {
    get bench() {
      return bench();
    },
    sync,
    laterOn,
    syncPress: (requestId: RequestId) => bench().handlers['sync-card']({ requestId, press: true }),
    click: (id: RequestId, clickId = 'clk') =>
      bench().requests.apply(id, { kind: 'approve-clicked', by: alex, clickId }),
    deny: (id: RequestId) => bench().requests.apply(id, { kind: 'deny-clicked', by: sam, comment: 'no' }),
    /** A request whose card people see, said nothing since. */
    shown: async (): Promise<RequestId> => {
      const { id } = await anAwaitingRequest(bench().requests);
      await sync(id);
      laterOn();
      bench().chatSays.said.length = 0;
      return id;
    },
  };
}
