import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { Inbound } from '../../bot/inbound.ts';
import { createSignIn } from '../../bot/sign-in.ts';
import type { TokenService } from '../../bot/token-service.ts';
import { IdentityError } from '../../src/identity/errors.ts';
import type { UserTokenVerdict, UserTokenVerifier } from '../../src/identity/verify-user-token.ts';
import { createLog } from '../../src/platform/log.ts';
import { alex } from '../support/requests.ts';

const activity: Inbound = {
  type: 'invoke',
  serviceUrl: 'https://smba.example/',
  from: { id: alex.teamsId, name: alex.name, aadObjectId: alex.objectId },
  conversation: { id: '19:c@thread.tacv2' },
  recipient: { id: '28:cordon' },
};

describe('a sign-in that cannot be checked', () => {
  const getUserToken = sinon.stub<unknown[], Promise<string | undefined>>();
  const exchange = sinon.stub<unknown[], Promise<unknown>>();
  const getToken = sinon.stub<unknown[], Promise<unknown>>();
  const signInResource = sinon.stub<unknown[], Promise<unknown>>();
  const verify = sinon.stub<unknown[], Promise<UserTokenVerdict>>();
  const tokenService: unknown = {
    getUserToken,
    exchange,
    getToken,
    signInResource,
  };
  const verifier: UserTokenVerifier = { verify };
  const signIn = createSignIn({
    tokenService: tokenService as TokenService,
    verifier,
    connectionName: 'cordon',
    log: createLog('silent'),
  });
  const answerTo = async (input: { token?: string; code?: string } = {}) => {
    const outcome = await signIn(activity, alex, input);
    return outcome.kind === 'answer' ? outcome.answer : assert.fail('verified');
  };

  beforeEach(() => {
    sinon.reset();
    getUserToken.resolves('kept');
    exchange.resolves({ ok: true, token: 'exchanged' });
    getToken.resolves({ token: 'redeemed' });
    signInResource.resolves({ signInLink: 'https://sign-in.example' });
    verify.resolves({ ok: false, reason: 'invalid' });
  });

  for (const code of ['app-token-refused', 'token-service-refused', 'credential-unreadable'] as const) {
    it(`for the bot’s own fault (${code}) is the administrator’s, and is not blamed on time`, async () => {
      getUserToken.rejects(new IdentityError(code));

      assert.match(String((await answerTo()).value), /its own credential.*cordon doctor/);
    });
  }

  it('because nobody answers is worth another press', async () => {
    getUserToken.rejects(new IdentityError('token-service-unavailable'));

    assert.match(String((await answerTo()).value), /Please press again/);
  });

  it('because a kept one does not fit leads to a new one', async () => {
    assert.match((await answerTo()).type, /loginRequest/);
  });

  it('is asked for in an address that does not grow with the words of an activity', async () => {
    const long = 'a'.repeat(20_000);
    const { recipient, conversation } = activity;
    const wordy = {
      ...activity,
      recipient: { ...recipient, name: long },
      conversation: { ...conversation, conversationType: long },
    };

    await signIn(wordy, alex, {});

    const [facts] = signInResource.firstCall.args;
    assert.ok(JSON.stringify(facts).length < 1_000);
  });

  for (const input of [{ token: 'from Teams' }, { code: '123456' }]) {
    it(`because the one just made does not fit ends the asking (${Object.keys(input).join()})`, async () => {
      assert.match(String((await answerTo(input)).value), /OAuth connection.*cordon doctor/);
    });
  }
});
