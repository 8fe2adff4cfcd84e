import type { NounSpec } from '#entrypoints/cli/command-spec.ts'
import { limitOption } from '#entrypoints/cli/shared-options.ts'

export const notificationCommands: NounSpec = {
  noun: 'notification',
  summary: 'How the runs you started have ended',
  commands: [
    {
      usage: 'list',
      summary: 'List your notifications, the newest first',
      options: [{ flags: '--unread', description: 'only those not read yet' }, limitOption],
      examples: ['tenantatlas notification list', 'tenantatlas notification list --unread -o json'],
      load: () => import('#entrypoints/cli/commands/notification/list.ts').then((module) => module.notificationList),
    },
    {
      usage: 'read [notification]',
      summary: 'Mark one notification as read, or all',
      arguments: { notification: 'id of the notification; its last characters are enough' },
      options: [{ flags: '--all', description: 'all of them' }],
      examples: ['tenantatlas notification read --all', 'tenantatlas notification read 0190…'],
      load: () => import('#entrypoints/cli/commands/notification/read.ts').then((module) => module.notificationRead),
    },
  ],
}
