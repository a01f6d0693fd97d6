import { randomUUID } from 'node:crypto';
import type { JsonAnswer } from './http.ts';

/** An error of the token endpoint. Numbers: Microsoft's reference of Entra error codes. */
export interface TokenError {
  readonly number: number;
  readonly error: string;
  readonly text: string;
  readonly status?: number;
  readonly suberror?: string;
  /** What an interactive sign-in has to satisfy (Conditional Access), as a JSON string. */
  readonly claims?: string;
}

export const tokenErrors = {
  wrongSecret: {
    number: 7000215,
    error: 'invalid_client',
    text: 'Invalid client secret provided.',
    status: 401,
  },
  expiredSecret: {
    number: 7000222,
    error: 'invalid_client',
    text: 'The provided client secret keys are expired.',
    status: 401,
  },
  noCredential: {
    number: 7000218,
    error: 'invalid_client',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    status: 401,
  },
  badClientAssertion: {
    number: 50027,
    error: 'invalid_client',
    text: 'The client assertion is malformed.',
    status: 401,
  },
  badClientProof: {
    number: 700027,
    error: 'invalid_client',
    text: 'The certificate is not registered on the application, or the client assertion failed signature validation.',
    status: 401,
  },
  clientProofOutOfTime: {
    number: 700024,
    error: 'invalid_client',
    text: 'The client assertion is not within its valid time range.',
    status: 401,
  },
  clientProofForOthers: {
    number: 700023,
    error: 'invalid_client',
    text: 'The audience of the client assertion does not match the realm issuer.',
    status: 401,
  },
  clientProofOfOthers: {
    number: 700021,
    error: 'invalid_client',
    text: 'The application identifier of the client assertion does not match the client_id parameter.',
    status: 401,
  },
  noFederatedIdentity: {
    number: 70021,
    error: 'invalid_request',
    text: 'No matching federated identity record found for presented assertion.',
  },
  unknownApp: {
    number: 700016,
    error: 'unauthorized_client',
    text: 'Application was not found in the directory.',
  },
  unknownTenant: { number: 90002, error: 'invalid_request', text: 'Tenant not found.' },
  unknownGrant: { number: 70003, error: 'unsupported_grant_type', text: 'The grant type is not supported.' },
  missingParameter: {
    number: 900144,
    error: 'invalid_request',
    text: 'The request body lacks a required parameter.',
  },
  badScope: {
    number: 70011,
    error: 'invalid_scope',
    text: 'The provided value for the input parameter scope is not valid.',
  },
  unknownResource: {
    number: 500011,
    error: 'invalid_resource',
    text: 'The resource principal was not found in the tenant.',
  },
  badAssertion: {
    number: 50013,
    error: 'invalid_grant',
    text: 'Assertion failed signature, audience or issuer validation.',
  },
  expiredAssertion: {
    number: 500133,
    error: 'invalid_grant',
    text: 'Assertion is not within its valid time range.',
  },
  appOnlyAssertion: {
    number: 7000114,
    error: 'invalid_request',
    text: 'Application is not allowed to make application on-behalf-of calls.',
  },
  badCode: {
    number: 9002313,
    error: 'invalid_grant',
    text: 'The provided authorization code is malformed or invalid.',
  },
  usedCode: {
    number: 54005,
    error: 'invalid_grant',
    text: 'The authorization code was already redeemed.',
  },
  expiredCode: { number: 70008, error: 'invalid_grant', text: 'The authorization code is expired.' },
  otherRedirect: {
    number: 500112,
    error: 'invalid_client',
    text: 'The reply address does not match the one of the authorization code.',
  },
  wrongVerifier: {
    number: 501481,
    error: 'invalid_grant',
    text: 'The code_verifier does not match the code_challenge of the authorization request.',
  },
  noConsent: {
    number: 65001,
    error: 'invalid_grant',
    text: 'The user or administrator has not consented to use the application.',
    suberror: 'consent_required',
  },
} as const satisfies Record<string, TokenError>;

export function tokenErrorAnswer(problem: TokenError, now: number): JsonAnswer {
  const trace = randomUUID();
  const correlation = randomUUID();
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return {
    status: problem.status ?? 400,
    body: {
      error: problem.error,
      error_description: `AADSTS${problem.number}: ${problem.text} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
      error_codes: [problem.number],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
      error_uri: `https://login.microsoftonline.com/error?code=${problem.number}`,
      ...(problem.suberror === undefined ? {} : { suberror: problem.suberror }),
      ...(problem.claims === undefined ? {} : { claims: problem.claims }),
    },
  };
}
