import type { IncomingMessage } from 'node:http';
import { ApiError } from './api-error.ts';

const maxBytes = 65_536;

/** Reads the whole body; undefined when it is larger than anything this API takes. */
export async function readBody(req: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Keeps reading, so that the caller gets to see the refusal; keeps nothing.
    if (bytes <= maxBytes) chunks.push(chunk);
  }
  return bytes <= maxBytes ? Buffer.concat(chunks).toString('utf8') : undefined;
}

/** Names in bodies are case-sensitive: `comment` is a missing `Comment`. */
export function requiredComment(text: string | undefined, contentType: string | undefined): string {
  const comment = optionalComment(text, contentType);
  if (comment === null || comment.trim() === '')
    throw new ApiError(400, 'MissingRequiredParameter', "The required parameter 'Comment' is missing.");
  return comment;
}

export function optionalComment(text: string | undefined, contentType: string | undefined): string | null {
  if (text === undefined) throw new ApiError(413, 'RequestEntityTooLarge', 'The request body is too large.');
  if (text === '') return null;
  if (!/^application\/json\b/i.test(contentType ?? ''))
    throw new ApiError(415, 'UnsupportedMediaType', 'The request body has to be application/json.');
  const body = parsed(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw invalidBody();
  const comment: unknown = 'Comment' in body ? body.Comment : null;
  if (comment !== null && typeof comment !== 'string') throw invalidBody();
  return comment;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidBody();
  }
}

function invalidBody(): ApiError {
  return new ApiError(400, 'InvalidRequestBody', 'The request body is incorrect.');
}
