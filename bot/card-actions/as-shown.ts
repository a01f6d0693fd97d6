import type { ContainmentRequest } from '../../src/containment/request.ts';

/**
 * The devices that the presser has seen. Those that are lifted together join their card one by one, at its end; it began with
 * one, whose buttons say nothing of how many there are.
 */
export function asShown(request: ContainmentRequest, shown = 1): ContainmentRequest {
  const { members, lifts } = request;
  if (members === undefined || lifts === undefined) return request;
  return { ...request, members: members.filter(({ batch }) => batch !== undefined && batch.place <= shown) };
}
