import { membersOf } from '../../src/containment/batch.ts';
import { type Person, isSamePerson } from '../../src/containment/person.ts';
import type { ContainmentRequest } from '../../src/containment/request.ts';

/** Whom an end concerns: requestor and approvers, whoever of them exists. */
export function concerned(request: ContainmentRequest): Person[] {
  const people = [request.requestor];
  for (const { state } of membersOf(request)) {
    const approver = 'approval' in state ? state.approval?.by : undefined;
    if (approver !== undefined && !people.some((one) => isSamePerson(one, approver))) people.push(approver);
  }
  return people;
}
