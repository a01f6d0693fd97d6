import { badQuery } from './api-error.ts';
import { cursorOver } from './odata-cursor.ts';
import type { Cursor } from './odata-cursor.ts';
import { ticks } from './odata-tokens.ts';

/** What a field holds decides which literals it may be compared with. */
type FieldKind = 'text' | 'date' | 'number';
export type Fields = Readonly<Record<string, FieldKind>>;
export type Row = Readonly<Record<string, unknown>>;
export type Predicate = (row: Row) => boolean;

type Value = string | number | bigint | null;
interface Operand {
  readonly kind: FieldKind;
  readonly of: (row: Row) => Value;
}
interface Reading {
  readonly cursor: Cursor;
  readonly fields: Fields;
  readonly depth: number;
}

/** Far beyond any sensible filter, near enough to keep the recursion off the end of the stack. */
const maxDepth = 100;

/**
 * Reads the part of OData's `$filter` that Defender is known to understand: comparisons, `in`, `startswith`,
 * `and`, `or`, `not`, parentheses. Throws an `ODataError` for anything else.
 */
export function parseFilter(filter: string, fields: Fields): Predicate {
  const cursor = cursorOver(filter);
  const predicate = disjunction({ cursor, fields, depth: 0 });
  cursor.expectEnd();
  return predicate;
}

function disjunction(reading: Reading): Predicate {
  let left = conjunction(reading);
  while (reading.cursor.word('or') !== undefined) left = either(left, conjunction(reading));
  return left;
}

function conjunction(reading: Reading): Predicate {
  let left = unary(reading);
  while (reading.cursor.word('and') !== undefined) left = both(left, unary(reading));
  return left;
}

function unary(reading: Reading): Predicate {
  const { cursor, depth } = reading;
  if (depth > maxDepth) throw badQuery('The $filter is nested too deeply.');
  const deeper = { ...reading, depth: depth + 1 };
  if (cursor.word('not') !== undefined) {
    const inner = unary(deeper);
    return (row) => !inner(row);
  }
  if (!cursor.isMark('(')) {
    return cursor.word('startswith') === undefined ? comparison(reading) : startsWith(reading);
  }
  cursor.expect('(');
  const inner = disjunction(deeper);
  cursor.expect(')');
  return inner;
}

function startsWith({ cursor, fields }: Reading): Predicate {
  cursor.expect('(');
  const { kind, of } = field(cursor, fields);
  cursor.expect(',');
  const prefix = literal(cursor, 'text');
  cursor.expect(')');
  if (kind !== 'text' || typeof prefix !== 'string') throw badQuery('startswith takes text.');
  return (row) => String(of(row) ?? '').startsWith(prefix);
}

function comparison({ cursor, fields }: Reading): Predicate {
  const { kind, of } = field(cursor, fields);
  const operator = cursor.word('eq', 'ne', 'gt', 'ge', 'lt', 'le', 'in') ?? cursor.fail();
  if (operator !== 'in') {
    const wanted = literal(cursor, kind);
    return (row) => compare(operator, of(row), wanted);
  }
  cursor.expect('(');
  const wanted = new Set([literal(cursor, kind)]);
  while (cursor.isMark(',')) {
    cursor.advance();
    wanted.add(literal(cursor, kind));
  }
  cursor.expect(')');
  return (row) => wanted.has(of(row));
}

function field(cursor: Cursor, fields: Fields): Operand {
  const token = cursor.peek();
  if (token?.kind !== 'word') return cursor.fail();
  const name = token.value;
  const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (kind === undefined) throw badQuery(`Could not find a filterable property named '${name}'.`);
  cursor.advance();
  return { kind, of: (row) => valueOf(row[name], kind) };
}

function literal(cursor: Cursor, kind: FieldKind): Value {
  if (cursor.word('null') !== undefined) return null;
  const token = cursor.peek();
  if (token === undefined || token.kind === 'word' || token.kind === 'mark') return cursor.fail();
  if (token.kind !== kind) throw badQuery(`A ${kind} field was compared with a ${token.kind} literal.`);
  cursor.advance();
  return token.value;
}

function valueOf(value: unknown, kind: FieldKind): Value {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return kind === 'date' ? ticks(String(value)) : value;
}

function either(one: Predicate, other: Predicate): Predicate {
  return (row) => one(row) || other(row);
}

function both(one: Predicate, other: Predicate): Predicate {
  return (row) => one(row) && other(row);
}

/** OData: `null` equals only `null`, and no order relation holds for it. */
function compare(operator: 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le', left: Value, right: Value): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === null || right === null) return false;
  switch (operator) {
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
  }
}
