import type { Config } from '../src/config.ts';
import type { Person } from '../src/containment/person.ts';
import { createDefenderClient } from '../src/defender/client.ts';
import { createBringUpToDate } from '../src/jobs/bring-up-to-date.ts';
import { createBury } from '../src/jobs/dead-letters.ts';
import { createGauges } from '../src/jobs/gauges.ts';
import { createDriftWatch } from '../src/jobs/drift-watch.ts';
import { createHandlers } from '../src/jobs/handlers.ts';
import { createHandoverWatch } from '../src/jobs/handover.ts';
import { createHousekeeping } from '../src/jobs/housekeeping.ts';
import type { JobParts } from '../src/jobs/parts.ts';
import { type JobQueue, createJobQueue } from '../src/jobs/queue.ts';
import { createRepair, resume, takeBackFromTheDead } from '../src/jobs/resume.ts';
import { createSubmissionWatch } from '../src/jobs/submission-watch.ts';
import { createTracker } from '../src/jobs/tracker.ts';
import { createLog } from '../src/platform/log.ts';
import { type Metrics, createMetrics } from '../src/platform/metrics.ts';
import { newInstanceId } from '../src/platform/ids.ts';
import { passed, traceSteps } from '../src/platform/steps.ts';
import { createAnsweredMessages } from '../src/store/answered-messages.ts';
import { createBoxes } from '../src/store/boxes.ts';
import { createCallBudget } from '../src/store/call-budget.ts';
import { createDeviceStandings } from '../src/store/device-standings.ts';
import { createCards } from '../src/store/cards.ts';
import { createCommentLimits } from '../src/store/comment-limits.ts';
import { createConversations } from '../src/store/conversations.ts';
import { createDepartures } from '../src/store/departures.ts';
import type { Database } from '../src/store/database-port.ts';
import { openDatabase } from '../src/store/database.ts';
import { createDigests } from '../src/store/digest.ts';
import { createDriftStore } from '../src/store/drift.ts';
import { createHandovers } from '../src/store/handovers.ts';
import { createLookFirst } from '../src/store/look-first.ts';
import { migrate } from '../src/store/migrate.ts';
import { databaseClock } from '../src/store/now.ts';
import { createOutcomeOrder } from '../src/store/outcome-order.ts';
import { readApprovedWork } from '../src/store/approved-work.ts';
import { createPrivateQuestions } from '../src/store/private-questions.ts';
import { createReports } from '../src/store/reports.ts';
import { createRequestLists } from '../src/store/request-lists.ts';
import { createRequestStore } from '../src/store/requests.ts';
import { createStepUps } from '../src/store/step-ups.ts';
import { createSubmissionPauses } from '../src/store/submission-pauses.ts';
import { createThreadPacer } from '../src/store/thread-pacer.ts';
import { createTrackedActions } from '../src/store/tracked-actions.ts';
import { TeamsAdapter } from './adapter.ts';
import { CordonBot } from './bot.ts';
import { composeIdentity, composePages, stepUpLinks } from './compose-identity.ts';
import { type Courier, createCourier } from './courier.ts';
import { createMembership } from './membership.ts';
import { RecentKeys } from './recent-keys.ts';
import { createReadiness } from './readiness.ts';
import { createRoster } from './roster.ts';
import { createMetricsServer, createServer } from './server.ts';
import { createSignIn } from './sign-in.ts';
import { threadLimits } from './thread-limits.ts';

export type Cordon = Awaited<ReturnType<typeof compose>>;

/** Builds the parts by hand, in order. Nothing has begun to work yet when it returns. */
export async function compose(config: Config, databaseLost: () => void) {
  const { credential } = config;
  const secrets = new Set(credential.kind === 'secret' ? [credential.secret] : []);
  const log = createLog(config.logLevel, secrets);
  if (config.logLevel === 'trace') traceSteps(log);
  const metrics = createMetrics();
  const database = await openDatabase(config.databaseUrl, databaseLost);
  const store = openStore(database, config);
  const instanceId = newInstanceId();
  const queue = createJobQueue({ database, log, metrics });
  const requests = createRequestStore({ sql: database.sql, clock: databaseClock, enqueue: queue.enqueue });
  const identity = composeIdentity(config, (secret) => secrets.add(secret));
  const defender = createDefenderClient({
    apiUrl: config.defenderApiUrl,
    fetch,
    governor: store.budget,
    onCall: (call) => metrics.defenderCalls.inc({ kind: call.kind, result: call.error ?? 'ok' }),
  });
  const courier = composeCourier(config, store, identity);
  const jobParts: JobParts = { ...store, ...identity, requests, defender, chat: courier, notes: queue, log };
  const work = composeWork(config, database, {
    ...jobParts,
    courier,
    ...store,
    ...identity,
    queue,
    metrics,
    instanceId,
  });
  const bot = composeBot(config, { ...jobParts, ...store, ...identity, courier, metrics, queue });
  const pages = composePages(config, { ...identity, ...store, jobs: jobParts, log });
  const server = createServer({
    adapter: new TeamsAdapter(identity.connector),
    bot,
    authentication: identity.inbound,
    readiness: createReadiness({ database, queue, instanceId }),
    metrics,
    metricsHere: config.metricsPort === undefined,
    pages: pages?.served,
    log,
  });
  let letKeysAge = (): void => undefined;
  return {
    log,
    server,
    metricsServer: config.metricsPort === undefined ? undefined : createMetricsServer(metrics),
    async start(): Promise<void> {
      letKeysAge = identity.inbound.keepKeysFresh();
      await migrate(database);
      passed('database-migrated');
      await work.start();
    },
    /** Turns that are under way keep the database until they are over. */
    async stop(turnsOver: Promise<unknown>): Promise<void> {
      letKeysAge();
      await Promise.all([work.stop(), turnsOver.then(() => pages?.over())]);
      passed('workers-stopped');
      await database.close();
    },
  };
}

type WorkNeeds = JobParts &
  ReturnType<typeof openStore> &
  Pick<ReturnType<typeof composeIdentity>, 'defenderReader'> & {
    readonly metrics: Metrics;
    readonly queue: JobQueue;
    readonly courier: Courier;
    readonly instanceId: string;
  };

/** All that goes on without anybody asking for it. */
function composeWork(config: Config, database: Database, needs: WorkNeeds) {
  const { queue } = needs;
  const at = { sql: database.sql, clock: databaseClock };
  const applicationToken = config.trackingIdentity === 'application' ? needs.defenderReader : undefined;
  const tracker = createTracker({
    ...needs,
    applicationToken,
    intervalSeconds: config.trackingIntervalSeconds,
  });
  const drift = createDriftWatch({
    ...needs,
    applicationToken,
    drift: createDriftStore({ ...at, requests: needs.requests }),
    tenants: config.allowedTenants,
    poorReaders: new Map(),
  });
  const submission = createSubmissionWatch({
    ...needs,
    database,
    clock: databaseClock,
    tenants: config.allowedTenants,
  });
  const housekeeping = createHousekeeping({ ...needs, database, clock: databaseClock });
  const handover = createHandoverWatch({
    ...needs,
    post: (due) => needs.courier.postHandover(due),
  });
  const gauges = createGauges({ ...needs, ...at });
  const repair = createRepair({ ...needs, database, clock: databaseClock });
  return {
    async start(): Promise<void> {
      await submission.begin();
      await takeBackFromTheDead({ database, clock: databaseClock });
      await queue.start(createHandlers(needs), createBury({ ...needs, ...at }));
      passed('workers-started');
      await resume({ database, clock: databaseClock, queue });
      tracker.start();
      submission.start();
      housekeeping.start();
      handover.start();
      drift.start();
      repair.start();
      gauges.start();
    },
    async stop(): Promise<void> {
      // All at once: what one of them waits for must not take the others' time.
      await Promise.all([
        submission.stop(),
        housekeeping.stop(),
        handover.stop(),
        drift.stop(),
        repair.stop(),
        gauges.stop(),
        tracker.stop(),
        queue.stop(),
      ]);
    },
  };
}

function composeCourier(
  config: Config,
  store: ReturnType<typeof openStore>,
  identity: ReturnType<typeof composeIdentity>,
): Courier {
  return createCourier({
    connect: (serviceUrl) => identity.connector.createConnectorClientFor(serviceUrl),
    conversations: store.conversations,
    cards: store.cards,
    pacer: store.pacer,
    portalUrl: config.defenderPortalUrl,
    setup: { hasSignInPage: config.publicUrl !== undefined },
  });
}

type BotNeeds = JobParts &
  ReturnType<typeof openStore> &
  ReturnType<typeof composeIdentity> & {
    readonly courier: Courier;
    readonly metrics: Metrics;
    readonly queue: JobQueue;
  };

/** Of a minute or two on a busy night. */
const rememberedLooks = 5_000;

function composeBot(config: Config, needs: BotNeeds): CordonBot {
  const signIn = createSignIn({ ...needs, connectionName: config.oauthConnection });
  const privateAnswers = { ...needs, userTokens: needs.tokenService };
  const connect = (serviceUrl: string) => needs.connector.createConnectorClientFor(serviceUrl);
  return new CordonBot({
    ...needs,
    membership: createMembership({ departures: needs.departures, roster: createRoster({ connect }) }),
    bringUpToDate: createBringUpToDate(needs.queue),
    cardActions: {
      ...needs,
      signIn,
      privateAnswers,
      stepUp: stepUpLinks(config, needs),
      portalUrl: config.defenderPortalUrl,
      expirySeconds: config.requestExpirySeconds,
      recentLooks: new RecentKeys(rememberedLooks),
    },
    messages: {
      ...needs,
      privateAnswers,
      expirySeconds: config.requestExpirySeconds,
      portalUrl: config.defenderPortalUrl,
    },
  });
}

function openStore(database: Database, config: Config) {
  const parts = { sql: database.sql, clock: databaseClock };
  return {
    cards: createCards(parts),
    conversations: createConversations(parts),
    departures: createDepartures(parts),
    pacer: createThreadPacer({ ...parts, limits: threadLimits }),
    answered: createAnsweredMessages(parts),
    stepUps: createStepUps(parts),
    questions: createPrivateQuestions(parts),
    lists: createRequestLists(parts),
    digests: createDigests(parts),
    handovers: createHandovers(parts),
    approvedWork: (person: Person) => readApprovedWork(database.sql, person),
    tracked: createTrackedActions(parts),
    commentLimits: createCommentLimits(database.sql),
    pauses: createSubmissionPauses({ ...parts, tenants: config.allowedTenants }),
    lookFirst: createLookFirst(database.sql),
    outcomes: createOutcomeOrder(parts),
    reports: createReports(parts),
    boxes: createBoxes(parts),
    standings: createDeviceStandings(parts),
    budget: createCallBudget({ ...parts, perMinute: config.callsPerMinute, perHour: config.callsPerHour }),
  };
}
