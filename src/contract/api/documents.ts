/** The documents of the API by the names they have in its OpenAPI description. What stands in one place only needs none. */
import { backupDetailDocument, backupDocument } from '#contract/api/backups.ts'
import { channelSettings } from '#contract/api/channels.ts'
import { apiKeyDocument } from '#contract/api/keys.ts'
import { sessionDocument } from '#contract/api/me.ts'
import { invitationDocument, memberDocument } from '#contract/api/members.ts'
import { policyTypeDocument } from '#contract/api/policies.ts'
import {
  assignmentDocument,
  assignmentsState,
  assignmentTarget,
  diffLine,
  freshnessDocument,
  policyDocument,
  policyRefDocument,
} from '#contract/api/policy-documents.ts'
import { restoreDocument, restoreItemDocument } from '#contract/api/restores.ts'
import { runDocument, runFailure, timelineEntry } from '#contract/api/runs.ts'
import { done, role, startedRun } from '#contract/api/schemas.ts'
import { tenantDocument } from '#contract/api/tenants.ts'
import { workspaceDocument } from '#contract/api/workspaces.ts'

export const documents = {
  ApiKey: apiKeyDocument,
  Assignment: assignmentDocument,
  AssignmentTarget: assignmentTarget,
  AssignmentsState: assignmentsState,
  BackupSet: backupDocument,
  BackupSetDetail: backupDetailDocument,
  ChannelSettings: channelSettings,
  DiffLine: diffLine,
  Done: done,
  Freshness: freshnessDocument,
  Invitation: invitationDocument,
  Member: memberDocument,
  Policy: policyDocument,
  PolicyRef: policyRefDocument,
  PolicyType: policyTypeDocument,
  Restore: restoreDocument,
  RestoreItem: restoreItemDocument,
  Role: role,
  Run: runDocument,
  RunFailure: runFailure,
  RunTimelineEntry: timelineEntry,
  Session: sessionDocument,
  StartedRun: startedRun,
  Tenant: tenantDocument,
  Workspace: workspaceDocument,
} as const
