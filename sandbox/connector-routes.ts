import type { Answer } from './connector-operations.ts';
import {
  create,
  inConversation,
  listMembers,
  oneMember,
  pagedMembers,
  remove,
  send,
  update,
} from './connector-operations.ts';
import type { FaultTarget } from './faults.ts';

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: RegExp;
  readonly what: string;
  readonly fault?: FaultTarget;
  readonly answer: Answer;
}

const activities = '^/v3/conversations/([^/]+)/activities';
const members = '^/v3/conversations/([^/]+)';

/** Bot Connector REST API, version 3; the order matters only where two patterns would both match. */
export const operations: readonly Operation[] = [
  {
    method: 'POST',
    path: /^\/v3\/conversations\/?$/,
    what: 'POST conversation',
    fault: 'connector.create',
    answer: create,
  },
  {
    method: 'POST',
    path: new RegExp(`${activities}/?$`),
    what: 'POST message',
    fault: 'connector.send',
    answer: inConversation(send),
  },
  {
    method: 'POST',
    path: new RegExp(`${activities}/([^/]+)$`),
    what: 'POST reply',
    fault: 'connector.send',
    answer: inConversation(send),
  },
  {
    method: 'PUT',
    path: new RegExp(`${activities}/([^/]+)$`),
    what: 'PUT message',
    fault: 'connector.update',
    answer: inConversation(update),
  },
  {
    method: 'DELETE',
    path: new RegExp(`${activities}/([^/]+)$`),
    what: 'DELETE message',
    fault: 'connector.update',
    answer: inConversation(remove),
  },
  {
    method: 'GET',
    path: new RegExp(`${members}/members$`),
    what: 'GET members',
    answer: inConversation(listMembers),
  },
  {
    method: 'GET',
    path: new RegExp(`${members}/pagedmembers$`),
    what: 'GET members',
    answer: inConversation(pagedMembers),
  },
  {
    method: 'GET',
    path: new RegExp(`${members}/members/([^/]+)$`),
    what: 'GET member',
    fault: 'connector.member',
    answer: inConversation(oneMember),
  },
];
