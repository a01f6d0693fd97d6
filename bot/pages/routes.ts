import type { Request, Response, Server } from 'restify';
import { IdentityError } from '../../src/identity/errors.ts';
import { toldHere } from '../../src/jobs/told-here.ts';
import type { Log } from '../../src/platform/log.ts';
import * as texts from '../texts/pages.ts';
import { type Page, htmlOf, pageHeaders } from './page.ts';
import { type PageAnswer, type StepUpParts, finishStepUp, startStepUp } from './step-up.ts';

export interface PageParts extends StepUpParts {
  readonly log: Log;
}

/** The two addresses of Cordon's own sign-in page, below the path of `PUBLIC_URL`. Their queries hold secrets: nothing of them is logged or shown. */
export function servePages(server: Server, basePath: string, parts: PageParts): void {
  server.get(`${basePath}/auth/start`, (req, res, next) => {
    void answer(parts, res, startStepUp(parts, queryOf(req))).then(() => next(false));
  });
  server.get(`${basePath}/auth/callback`, (req, res, next) => {
    void answer(parts, res, finishStepUp(parts, queryOf(req))).then(() => next(false));
  });
}

function queryOf(req: Request): URLSearchParams {
  return new URLSearchParams(req.getQuery());
}

async function answer(parts: PageParts, res: Response, work: Promise<PageAnswer>): Promise<void> {
  const { log } = parts;
  const result = await work.catch((error: unknown): PageAnswer => {
    if (error instanceof IdentityError) {
      log.warn({ code: error.code }, 'a sign-in page could not be shown');
      return { page: texts.entraAway };
    }
    log.error({ err: error }, 'a sign-in could not be finished');
    return { page: { ...texts.askTheCard, status: 503 } };
  });
  if ('redirect' in result) {
    const { 'content-type': _type, ...headers } = pageHeaders;
    res.sendRaw(302, '', { ...headers, location: result.redirect });
  } else {
    const { page, noteId } = result;
    res.once('finish', () => toldHere(parts.jobs, noteId));
    show(res, page);
  }
}

function show(res: Response, page: Page): void {
  res.sendRaw(page.status, htmlOf(page), { ...pageHeaders });
}
