import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { DeviceFacts } from '../containment/device.ts';
import type { FoundChange } from '../containment/elsewhere.ts';
import type { Person } from '../containment/person.ts';
import type { Hold } from '../containment/request.ts';
import type { State } from '../containment/state.ts';
import type { AlsoRestricted, Release, TimeBox } from '../containment/time-box.ts';
import type { QuestionSubject } from './question.ts';
import type { StepUpPurpose } from './step-up-purpose.ts';

type Time = ColumnType<Date, Date | string, Date | string>;
/** Written as text, so that the driver does not take an array for a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>;

export interface Tables {
  requests: {
    id: string;
    tenant_id: string;
    number: number;
    action: string;
    /** `name:…` while only a name is known. */
    device_id: string;
    device_name: string | null;
    device: Json<DeviceFacts> | null;
    reason: string;
    requestor: Json<Person>;
    conversation: string;
    thread: string;
    place_kind: string;
    also_requested_in: number | null;
    source_activity: string;
    status: string;
    state: Json<State>;
    revision: number;
    created_at: Time;
    expires_at: Time;
    changed_at: Time;
    state_format: Generated<number>;
    hold: Json<Hold> | null;
    look_first_until: Time | null;
    recorded_revision: number | null;
    record_hash: string | null;
    took_effect: GeneratedAlways<string | null>;
    box: Json<TimeBox> | null;
    box_until: Time | null;
    released: Json<Release> | null;
    lifts: string | null;
    also_restricted: Json<AlsoRestricted> | null;
    elsewhere: Json<readonly FoundChange[]> | null;
    lead: string | null;
    batch_place: number | null;
    batch_size: number | null;
    card_number: number | null;
    stands: Generated<boolean>;
    told_elsewhere: string | null;
    lift_word: string | null;
  };
  tenant_numbers: { tenant_id: string; last_number: number };
  cards: {
    request_id: string;
    activity_id: string | null;
    shown_revision: Generated<number>;
    updated_at: Time | null;
    held_until: Time | null;
    holder: string | null;
    given_up_revision: Generated<number>;
    told_end: string | null;
    replacements: Generated<number>;
    shown_picture: string | null;
    shown_standing: string | null;
    telling_until: Time | null;
    teller: string | null;
    told_elsewhere: string | null;
    due_revision: number | null;
    due_end: string | null;
  };
  drift_sweeps: { tenant_id: string; due_at: Time; swept_at: Time | null; compared_at: Time | null };
  drift_devices: { tenant_id: string; device_id: string; compared_at: Time };
  conversations: {
    conversation: string;
    tenant_id: string;
    reference: Json<unknown>;
    seen_at: Time;
    left_at: Time | null;
    team: string | null;
  };
  answered_messages: {
    conversation: string;
    activity_id: string;
    answered_at: Time;
    claimed_until: Time | null;
  };
  tracked_actions: {
    request_id: string;
    tenant_id: string;
    machine_action_id: string;
    approver: Json<Person>;
    last_reader: string | null;
    submitted_at: Time;
    next_look_at: Time;
    lease: string | null;
  };
  defender_calls: { tenant_id: string; kind: string; called_at: Time; asked_by: string | null };
  defender_limits: {
    tenant_id: string;
    kind: string;
    paused_until: Time | null;
    comment_length: number | null;
  };
  audit_chains: { chain: string; length: number; head: string };
  audit_records: {
    id: Generated<string>;
    chain: string;
    position: number;
    at: Time;
    record: Json<unknown>;
    previous_hash: string;
    hash: string;
  };
  submission_pauses: { kind: string; reason: string; paused_by: string; since: Time };
  instances: { id: string; started_at: Time; seen_at: Time };
  database_identity: { only_row: Generated<boolean>; identity: string; seen_at: Time };
  dead_jobs: {
    id: string;
    job: string;
    request_id: string;
    request_revision: number;
    failure: string;
    died_at: Time;
  };
  step_ups: {
    state_hash: string;
    tenant_id: string;
    person: Json<Person>;
    purpose: Json<StepUpPurpose>;
    claims: string | null;
    verifier: string;
    nonce: string;
    opened_at: Time;
    expires_at: Time;
    used_at: Time | null;
  };
  private_questions: {
    id: string;
    tenant_id: string;
    conversation: string;
    thread: string;
    kind: string;
    about: Json<QuestionSubject> | null;
    asked_by: Json<Person>;
    asked_at: Time;
    expires_at: Time;
  };
  handovers: {
    tenant_id: string;
    conversation: string;
    minutes: Json<readonly number[]>;
    due_at: Time;
    posted_at: Time | null;
    claimed_until: Time | null;
  };
  departures: { place: string; teams_id: string; left_at: Time };
  told_boxes: { request_id: string; news: string; of: Time; told_at: Time };
  thread_messages: { thread: string; sent_at: Time };
  thread_limits: { thread: string; paused_until: Time | null };
  schema_migrations: { version: number; applied_at: Time };
}
