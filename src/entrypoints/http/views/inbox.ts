import { html } from 'hono/html'
import type { NotificationView } from '#domain/notifications/list-notifications.ts'
import type { Workspace } from '#domain/workspaces/workspace.ts'
import { ago, badge, withCode } from '#entrypoints/http/views/badge.ts'
import type { Html } from '#entrypoints/http/views/layout.ts'

export interface Inbox {
  /** Whose it is. */
  readonly name: string
  readonly unread: number
  /** The latest, newest first. */
  readonly latest: readonly NotificationView[]
}

/** How many notifications are unread, and the latest of them for who opens it. */
export function inboxList({ name, unread, latest }: Inbox, { slug }: Workspace, now: Date): Html {
  return html`<details class="card inbox" id="inbox" data-keep>
    <summary id="inbox-summary">
      Notifications ${unread === 0 ? html`<span class="quiet">nothing unread</span>` : badge(unreadBadge(unread))}
    </summary>
    ${
      latest.length === 0
        ? html`<p class="quiet" id="inbox-note">
            There is one when a run that ${name} started has ended, or a credential ends soon.
          </p>`
        : html`<ul id="inbox-items" data-keep>
              ${latest.map((notification) => inboxItem(notification, slug, now))}
            </ul>
            <p class="quiet" id="inbox-note">${withCode(noteOf(name, unread))}</p>`
    }
  </details>`
}

function unreadBadge(unread: number) {
  return { word: `${unread.toLocaleString('en-US')} unread`, tone: 'active' } as const
}

function inboxItem({ id, runId, notice, createdAt, readAt }: NotificationView, slug: string, now: Date): Html {
  return html`<li id="notification-${id}">
    ${runId === null ? notice.title : html`<a id="notification-link-${id}" href="/w/${slug}/runs/${runId}">${notice.title}</a>`}
    <span class="quiet">${ago(createdAt, now)}</span>
    ${readAt === null ? badge({ word: 'Unread', tone: 'active' }) : ''}
    ${[...notice.problems.slice(0, 1), ...notice.next].map((line) => html`<p class="quiet">${withCode(line)}</p>`)}
  </li>`
}

function noteOf(name: string, unread: number): string {
  const all = `These are the latest of ${name}; \`tenantatlas notification list\` shows all.`
  return unread === 0 ? all : `${all} \`tenantatlas notification read --all\` marks them as read.`
}
