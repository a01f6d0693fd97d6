import { randomUUID } from 'node:crypto';

/** A refusal as https://learn.microsoft.com/defender-endpoint/api/common-errors describes it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  body(): unknown {
    return { error: { code: this.code, message: this.message, target: randomUUID() } };
  }
}

/** An unknown query option gets no code and no target: the query layer refuses before the API is reached. */
export class QueryOptionError extends ApiError {
  constructor(message: string) {
    super(400, '', message);
    this.name = 'QueryOptionError';
  }

  override body(): unknown {
    return { error: { code: '', message: this.message, details: [] } };
  }
}

export function unauthorized(): ApiError {
  return new ApiError(401, 'Unauthorized', 'The access token is missing, invalid or expired.', {
    'www-authenticate': 'Bearer',
  });
}

export function forbidden(message: string): ApiError {
  return new ApiError(403, 'Forbidden', message);
}

export function notFound(what: string): ApiError {
  return new ApiError(404, 'ResourceNotFound', `${what} was not found.`);
}

export function badQuery(message: string): ApiError {
  return new ApiError(400, 'ODataError', message);
}
